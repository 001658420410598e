// Tabs of one browser profile, each with a guard.

import assert from 'node:assert/strict';
import { tab } from './chromium.mjs';

export const OPTIONS = { sdkAppId: 1400000001, fallback: ['intl-2024', 'standard'] };

/** Runs `body` with so many tabs, each with a guard as `window.guard`; `before` is run in each before any script of it. */
export async function tabs({ browser, server, before }, count, options, body) {
  const context = await browser.newContext();
  if (before) await context.addInitScript(before);
  const pages = [];
  for (let n = 0; n < count; n++) pages.push(await tab(context, server));
  await Promise.all(pages.map((page) => open(page, options)));
  await body(...pages, context);
  for (const page of pages) if (!page.isClosed()) assert.deepEqual(page.errors, []);
  await context.close();
}

/** Opens a guard in a tab. */
export function open(page, options = {}) {
  return page.evaluate(async (options) => {
    const { Planguard } = await import('/dist/index.js');
    window.guard = await Planguard.open(options);
    window.calls = 0;
    /** Logs in with a chat SDK that takes as long as the test says. */
    window.login = (user = 'ada', intent = 'open_chat') =>
      window.guard.login(user, intent, async () => {
        window.calls += 1;
        window.onCalled?.();
        await window.answer;
      });
  }, { ...OPTIONS, ...options });
}
