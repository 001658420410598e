import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

export default {
  mode: 'production',
  context: path('.'),
  entry: { main: './src/main.mjs', 'service-worker': './src/service-worker.mjs' },
  output: { path: path('dist'), filename: '[name].js', clean: true },
  performance: { hints: false }, // The module is larger than what webpack expects of an asset.
};
