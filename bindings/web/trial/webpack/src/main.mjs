// The page.

import { story } from '../../shared/story.mjs';

story({
  worker: () => new Worker(new URL('./worker.mjs', import.meta.url)),
  serviceWorker: '/service-worker.js',
});
