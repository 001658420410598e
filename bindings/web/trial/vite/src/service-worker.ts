// A service worker, which has the module inside: there is nothing that it would have to fetch when a push wakes it.

import { Planguard } from '@planguard/web/service-worker';
import { woken } from '../../shared/woken.mjs';

const worker = self as unknown as ServiceWorkerGlobalScope;
worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('message', (event) => {
  event.waitUntil(woken(Planguard, event.data as string).then((answer) => event.ports[0]?.postMessage(answer)));
});
