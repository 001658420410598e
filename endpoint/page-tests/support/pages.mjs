// Tabs of headless Chromium on the page, signed in or not.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { launch } from './chromium.mjs';
import { APP, lived, world } from './world.mjs';

/** One endpoint and one browser for the tests of a file. Returns what runs a test in a tab of its own. */
export function pages() {
  let browser;
  let endpoint;
  before(async () => {
    endpoint = await world();
    await lived(endpoint);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await endpoint?.stop();
  });
  return async ({ signedIn = true, ...options }, body) => {
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 }, ...options });
    try {
      const page = await context.newPage();
      page.errors = [];
      page.on('pageerror', (error) => page.errors.push(String(error)));
      page.on('console', (message) => {
        // A refusal that is tested is an answer that the browser notes as well.
        if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) page.errors.push(message.text());
      });
      page.setDefaultTimeout(20_000);
      await page.goto(`${endpoint.url}/admin`);
      if (signedIn) await signIn(page, endpoint);
      await body(page, endpoint, context);
      assert.deepEqual(page.errors, []);
    } finally {
      await context.close();
    }
  };
}

export async function signIn(page, endpoint) {
  await page.fill('#credential', endpoint.admin);
  await page.press('#credential', 'Enter');
  await page.waitForSelector('.plan');
}

export const overview = (endpoint) => `${endpoint.url}/admin/apps/${APP}`;

/** Fills the form of the plan and asks for the preview. */
export async function preview(page, plan) {
  await page.selectOption('#plan-field', plan);
  await page.click('#plan button.primary');
  await page.waitForLoadState();
}
