// The page.

import { story } from '../../shared/story.mjs';

void story({
  worker: () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
  // Only the build makes one that can be loaded from the root of the site.
  serviceWorker: import.meta.env.DEV ? undefined : '/service-worker.js',
});
