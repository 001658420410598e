// What a person sees of an app in the browser.

import assert from 'node:assert/strict';
import { launch } from './chromium.mjs';

/** Opens `url` and gives the page to `body`. What the page logs as an error or fails to load fails the test. */
export async function withPage(url, body) {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('requestfailed', (request) => errors.push(`${request.url()}: ${request.failure()?.errorText}`));
    page.on('response', (response) => response.status() >= 400 && errors.push(`${response.url()}: ${response.status()}`));
    await page.goto(url);
    page.setDefaultTimeout(20_000);
    try {
      await body(page);
    } catch (error) {
      throw new Error(`${error.message}\nThe page logged: ${JSON.stringify(errors)}\nIt shows: ${await page.innerText('body')}`);
    }
    assert.deepEqual(errors, []);
  } finally {
    await browser.close();
  }
}

/** What `shared/story.mjs` writes into the page, line by line. */
const STORY = {
  feature: 'The plan does not include communities. The plan was never confirmed by the billing endpoint.',
  push: 'deferred, with 17 friends',
  login: 'Logged in. A new active user of this month, included in the plan. Before this login: 0 of 10,000 active users. Calls of the chat SDK: 1.',
  worker: 'executed, with 17 friends',
  storage: 'indexeddb',
};

/** The story is told to its end. */
export async function tellsStory(page) {
  await page.waitForSelector('#storage, #error', { state: 'attached' });
  const seen = await page.$$eval('p', (lines) => Object.fromEntries(lines.map((line) => [line.id, line.textContent])));
  assert.deepEqual(seen, STORY);
}
