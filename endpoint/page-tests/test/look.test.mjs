// How the page looks and reads: in light and dark, in both languages, on a desk, on a phone and at 320 pixels. Screenshots
// go to `endpoint/page-tests/screenshots`, for people.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { before, describe, it } from 'node:test';
import axe from 'axe-core';
import { pages, preview } from '../support/pages.mjs';

const folder = fileURLToPath(new URL('../screenshots/', import.meta.url));

before(() => mkdir(folder, { recursive: true }));

const withPage = pages();

const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 375, height: 812 }, narrow: { width: 320, height: 640 } };

/** What axe finds, in short. */
async function findings(page) {
  await page.evaluate(axe.source);
  const { violations, incomplete } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations', 'incomplete'] }));
  const show = ({ id, nodes }) => nodes.map(({ failureSummary, target }) => `${id} at ${target.join(' ')}: ${failureSummary}`);
  return [...violations, ...incomplete].flatMap(show);
}

/** Elements that are wider than the page, or whose text is cut off. */
const overflowing = (page) => page.evaluate(() => {
  const found = [];
  const { clientWidth, scrollWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(`the page is ${scrollWidth} wide in a window of ${clientWidth}`);
  for (const element of document.body.querySelectorAll('main *, header *')) {
    const style = getComputedStyle(element);
    if (style.clipPath !== 'none' || element.closest('svg, .hidden, thead, select') || element.matches('textarea, input')) continue;
    const { right } = element.getBoundingClientRect();
    const name = `${element.tagName} ${element.id || element.className}`;
    if (right > clientWidth + 0.5) found.push(`${name} ends at ${right}`);
    const { clientWidth: room, scrollWidth: needed } = element;
    if (needed > room + 1 && style.display !== 'inline' && room > 0) found.push(`${name}: ${needed} in ${room}`);
  }
  return found;
});

async function good(page, name) {
  assert.deepEqual(await findings(page), []);
  assert.deepEqual(await overflowing(page), []);
  await page.screenshot({ path: `${folder}${name}.png`, fullPage: true });
}

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark']) {
    describe(`${size}, ${colorScheme}`, () => {
      for (const [locale, language] of [['en-GB', 'en'], ['zh-CN', 'zh-Hans']]) {
        it(`in ${language} nothing is found by axe, cut off or too wide`, () =>
          withPage({ viewport, colorScheme, locale, reducedMotion: 'reduce' }, async (page) => {
            assert.equal(await page.getAttribute('html', 'lang'), language);
            for (const summary of await page.$$('summary')) await summary.click();
            await good(page, `${size}-${colorScheme}-${language}`);
            await preview(page, 'intl-2024/premium');
            await page.waitForSelector('#confirm');
            await good(page, `${size}-${colorScheme}-${language}-preview`);
          }));
      }
    });
  }
}

it('the form that signs in is found good, too, also with an error', () =>
  withPage({ signedIn: false, viewport: SIZES.narrow }, async (page) => {
    await good(page, 'sign-in');
    await page.fill('#credential', 'wrong');
    await page.click('button.primary');
    await page.waitForSelector('[role=alert]');
    await good(page, 'sign-in-wrong');
  }));

it('what is pressed is large enough for a finger', () =>
  withPage({ viewport: SIZES.phone }, async (page) => {
    const small = await page.$$eval('button, .button, nav a, summary, input:not([type=hidden], [type=checkbox]), .tick, select', (all) =>
      all.filter((one) => one.getClientRects().length > 0 && one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML));
    assert.deepEqual(small, []);
  }));

it('with reduced motion nothing moves', () =>
  withPage({ reducedMotion: 'reduce' }, async (page) => {
    const moving = await page.$$eval('*', (all) => all.filter((one) => parseFloat(getComputedStyle(one).transitionDuration) > 0).length);
    assert.equal(moving, 0);
  }));
