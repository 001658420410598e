// Next: a page that the server renders with a guard of its own, and that the browser hydrates and opens one in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort, run, serve } from '../support/programs.mjs';
import { withPage } from '../support/seen.mjs';

const NEXT = 'next/dist/bin/next';
const SERVER = 'On the server: The plan includes communities. The plan was never confirmed by the billing endpoint.';
const FEATURE = 'The plan does not include communities. The plan was never confirmed by the billing endpoint.';
const LOGIN = 'Logged in. A new active user of this month, included in the plan. Before this login: 0 of 10,000 active users.';

test('a page is rendered on the server, hydrated, and logs in', async () => {
  await run(NEXT, ['build', 'next']);
  const server = await serve(NEXT, ['start', '--hostname', '127.0.0.1', '--port', await freePort(), 'next']);
  try {
    // As it comes from the server, before any script runs.
    const html = (await (await fetch(server.url)).text()).replaceAll('<!-- -->', '');
    assert.ok(html.includes(`<p id="server">${SERVER}</p>`), html);
    assert.ok(html.includes('<p id="feature">Opening</p>'), html);
    await withPage(server.url, async (page) => {
      await page.waitForFunction(() => document.querySelector('#feature')?.textContent !== 'Opening');
      assert.equal(await page.textContent('#server'), SERVER);
      assert.equal(await page.textContent('#feature'), FEATURE);
      await page.click('button');
      await page.waitForSelector('#login, #error');
      assert.equal(await page.textContent('#login'), LOGIN);
    });
  } finally {
    await server.stop();
  }
});
