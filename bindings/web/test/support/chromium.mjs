// Headless Chromium: Debian's, or the one that PLANGUARD_CHROMIUM names.

import { chromium } from 'playwright-core';

const ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];

/** Starts the browser. */
export function launch(args = []) {
  const executablePath = process.env.PLANGUARD_CHROMIUM ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, headless: true, args: [...ARGS, ...args] });
}

/** A tab on the test server; what it logs as an error fails the test that looks at `errors`. */
export async function tab(context, server) {
  const page = await context.newPage();
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(String(error)));
  await page.goto(server.url);
  return page;
}
