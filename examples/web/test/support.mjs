// The dashboard as a person starts it: its server as a process, and tabs of headless Chromium.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch } from '../../../bindings/web/test/support/chromium.mjs';

export { launch };

/** Starts `serve.mjs` on a free port. */
export async function serve() {
  const script = fileURLToPath(new URL('../serve.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const line = await Promise.race([
    new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    ended.then((code) => Promise.reject(new Error(`serve.mjs ended with ${code}`))),
  ]);
  return {
    url: line.match(/http:\/\/localhost:\d+/)[0],
    async stop() {
      child.kill();
      await ended;
    },
  };
}

/** A tab of the dashboard, ready; `page.errors` is everything that went wrong in it. */
export async function open(context, url) {
  return follow(await context.newPage(), (page) => page.goto(url));
}

/** Collects errors of a page, and waits until the dashboard in it is ready. */
export async function follow(page, load = async () => {}) {
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && page.errors.push(message.text()));
  page.setDefaultTimeout(20_000);
  await load(page);
  return ready(page);
}

/** Waits until the dashboard is ready. */
export async function ready(page) {
  await page.waitForFunction(() => /^(Ready\.|就绪。)$/.test(document.querySelector('#status').textContent));
  await page.waitForSelector('[data-drawn]');
  return page;
}

/** The server and the browser of one file's tests. Returns what runs a test on the dashboard, in a tab of its own. */
export function dashboards() {
  let server;
  let browser;
  before(async () => {
    server = await serve();
    browser = await launch();
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });
  return (options, body) => withDashboard({ browser, url: server.url, ...options }, body);
}

/** Runs `body` in a fresh browser profile with one tab, and starts the endpoint over afterwards. */
export async function withDashboard({ browser, url, ...options }, body) {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 }, ...options });
  try {
    const page = await open(context, url);
    await body(page, context);
    for (const one of context.pages()) assert.deepEqual(one.errors, []);
    await reset(page);
  } finally {
    await context.close();
  }
}

/** Waits until an action is over, and everything it changed is drawn. */
export async function done(page) {
  await page.waitForFunction(() => document.querySelector('#actions')?.ariaBusy === 'false');
  const drawn = Number(await page.evaluate(() => document.body.dataset.drawn));
  await page.waitForFunction((before) => Number(document.body.dataset.drawn) > before, drawn - 1);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** Has the endpoint and the browser as they were, and waits for the page that is loaded then. */
export async function reset(page) {
  const loaded = page.waitForEvent('load');
  await page.click('#action-reset');
  await loaded;
}

/** Clicks a button and waits for its end. Resolves with what the status line says. */
export async function press(page, id) {
  await page.click(`#action-${id}`);
  await done(page);
  return status(page);
}

export const status = (page) => page.textContent('#status');

/** The latest entries of the log. */
export function log(page, many = 1) {
  return page.$$eval('#log li', (lines, many) => lines.slice(0, many).map((line) => ({
    outcome: line.dataset.outcome, who: line.querySelector('strong').textContent, text: line.querySelector('p').textContent,
  })), many);
}

/** A row of a `<dl>`, by the start of its term. */
export function fact(page, list, term) {
  return page.$eval(`#${list}`, (dl, term) => {
    const row = [...dl.children].find((one) => one.querySelector('dt').textContent.startsWith(term));
    return row?.querySelector('dd').firstChild.textContent;
  }, term);
}

/** A quota: what is written of it. */
export function quota(page, limit) {
  return page.$eval(`#quotas [data-limit="${limit}"]`, (row) => ({
    figure: row.querySelector('.figure').textContent, state: row.querySelector('.badge').textContent, tone: row.dataset.tone,
  }));
}
