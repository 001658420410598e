// The tests that run everywhere, in headless Chromium: a page, a worker and a service worker.

import { describe, it } from 'node:test';
import { launch, tab } from '../support/chromium.mjs';
import { serve } from '../support/server.mjs';

/** How each place runs them. */
const PLACES = {
  page: (page) => page.evaluate(async () => (await import('/test/browser/suite.mjs')).suite()),
  worker: (page) =>
    page.evaluate(
      () =>
        new Promise((resolve, reject) => {
          const worker = new Worker('/test/browser/worker.mjs', { type: 'module' });
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = (event) => reject(new Error(event.message));
          worker.postMessage(0);
        }),
    ),
  'service worker': (page) =>
    page.evaluate(async () => {
      await navigator.serviceWorker.register('/test/browser/service-worker.mjs', { type: 'module', scope: '/' });
      const { active } = await navigator.serviceWorker.ready;
      const { port1, port2 } = new MessageChannel();
      const answer = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
      active.postMessage({ task: 'suite' }, [port2]);
      const { value, error } = await answer;
      if (error) throw new Error(error);
      return value;
    }),
};

const server = await serve();
const browser = await launch();
const results = {};
for (const [place, run] of Object.entries(PLACES)) {
  const context = await browser.newContext();
  results[place] = await run(await tab(context, server));
  await context.close();
}
await browser.close();
await server.close();

for (const [place, all] of Object.entries(results)) {
  describe(`in a ${place}`, () => {
    for (const { name, error } of all) {
      it(name, () => {
        if (error) throw new Error(error);
      });
    }
  });
}
