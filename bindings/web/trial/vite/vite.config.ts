import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  root: path('.'),
  worker: { format: 'es' },
  server: { headers: { 'service-worker-allowed': '/' } },
  // What workers import is found before a page asks for it: finding it later loads the page anew.
  optimizeDeps: { entries: ['index.html', 'src/*.ts'] },
  build: {
    rollupOptions: {
      input: { main: path('index.html'), 'service-worker': path('src/service-worker.ts') },
      // A service worker keeps its name: browsers look there for a newer one.
      output: { entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js') },
    },
  },
});
