// What a service worker does with its own guard, whichever entry that is of.

import type { Planguard } from '@planguard/web';
import { woken } from '../../shared/woken.mjs';

/** Answers every message. */
export function answering(from: typeof Planguard): void {
  const worker = self as unknown as ServiceWorkerGlobalScope;
  worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
  worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
  worker.addEventListener('message', (event) => {
    event.waitUntil(woken(from, event.data as string).then((answer) => event.ports[0]?.postMessage(answer)));
  });
}
