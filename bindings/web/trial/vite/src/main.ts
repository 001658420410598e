// The page.

import { story } from '../../shared/story.mjs';

void story({
  worker: () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
  // The build puts it at the root of the site; the developer's server has the source, and says that it may act for the root.
  serviceWorker: import.meta.env.DEV ? '/src/service-worker.dev.ts' : '/service-worker.js',
});
