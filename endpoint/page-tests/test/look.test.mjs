// How the page looks and reads: in light and dark, in both languages, on a desk, on a phone and at 320 pixels. Screenshots
// go to `endpoint/page-tests/screenshots`, for people.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { before, describe, it } from 'node:test';
import axe from 'axe-core';
import { findings, moving, overflowing, small } from '../../../bindings/web/test/support/look.mjs';
import { pages, preview } from '../support/pages.mjs';

const folder = fileURLToPath(new URL('../screenshots/', import.meta.url));

before(() => mkdir(folder, { recursive: true }));

const withPage = pages();

const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 375, height: 812 }, narrow: { width: 320, height: 640 } };

/** What may be cut off or scrolls by itself. */
const APART = 'svg, .hidden, thead, select, textarea, input';

async function good(page, name) {
  assert.deepEqual(await findings(page, axe), []);
  assert.deepEqual(await overflowing(page, APART), []);
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
    const pressed = 'button, .button, nav a, summary, input:not([type=hidden], [type=checkbox]), .tick, select';
    assert.deepEqual(await small(page, pressed), []);
  }));

it('with reduced motion nothing moves', () =>
  withPage({ reducedMotion: 'reduce' }, async (page) => {
    assert.equal(await moving(page), 0);
  }));
