// A service worker, which has the module inside: there is nothing that it would have to fetch when a push wakes it.

import { Planguard } from '@planguard/web/service-worker';
import { woken } from '../../shared/woken.mjs';

addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
addEventListener('message', (event) => {
  event.waitUntil(woken(Planguard, event.data).then((answer) => event.ports[0].postMessage(answer)));
});
