// How the dashboard looks and reads: in light and dark, in both languages, on a desk and on a phone. Screenshots go to
// `examples/web/screenshots`, for people.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { before, describe, it } from 'node:test';
import { findings as found, moving, overflowing, small } from '../../../bindings/web/test/support/look.mjs';
import { dashboards, press } from './support.mjs';

const axe = createRequire(new URL('../../../bindings/web/package.json', import.meta.url))('axe-core');
const folder = fileURLToPath(new URL('../screenshots/', import.meta.url));

before(async () => {
  await mkdir(folder, { recursive: true });
});

const withTab = dashboards();

const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 375, height: 812 } };

/** What axe finds. Of what is scrolled away, or behind the status line until it is scrolled to, it could say nothing. */
async function findings(page) {
  const spread = (maxBlockSize, position) => page.evaluate(([maxBlockSize, position]) => {
    Object.assign(document.querySelector('#log').style, { maxBlockSize });
    Object.assign(document.querySelector('#status').style, { position });
  }, [maxBlockSize, position]);
  await spread('none', 'static');
  try {
    return await found(page, axe);
  } finally {
    await spread('', '');
  }
}

/** What scrolls by itself, or is not seen. */
const APART = '.track, .skip, thead';

/** A page on which much has happened. */
async function busy(page) {
  for (const id of ['push', 'storm', 'friends', 'kick', 'offline']) await press(page, id);
  await page.click('details summary');
}

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark']) {
    describe(`on a ${size}, ${colorScheme}`, () => {
      for (const [locale, language] of [['en-GB', 'en'], ['zh-CN', 'zh-Hans']]) {
        it(`in ${language} nothing is found by axe, cut off or too wide`, () =>
          withTab({ viewport, colorScheme, locale, reducedMotion: 'reduce' }, async (page) => {
            assert.equal(await page.evaluate(() => document.documentElement.lang), language);
            assert.deepEqual(await findings(page), []);
            await busy(page);
            assert.deepEqual(await findings(page), []);
            assert.deepEqual(await overflowing(page, APART), []);
            await page.screenshot({ path: `${folder}${size}-${colorScheme}-${language}.png`, fullPage: true });
            await press(page, 'offline');
            await press(page, 'suspend');
            assert.deepEqual(await findings(page), []);
            assert.deepEqual(await overflowing(page, APART), []);
            await page.screenshot({ path: `${folder}${size}-${colorScheme}-${language}-suspended.png`, fullPage: true });
          }));
      }
    });
  }
}

it('with reduced motion nothing moves', () =>
  withTab({ reducedMotion: 'reduce' }, async (page) => {
    assert.equal(await moving(page), 0);
  }));

it('a button is large enough for a finger', () =>
  withTab({ viewport: SIZES.phone }, async (page) => {
    assert.deepEqual(await small(page, '#actions button'), []);
  }));

it('the log and the status are polite live regions, and a switch of the language is no news', () =>
  withTab({}, async (page) => {
    const politeness = () => page.$$eval('#log, #status', (all) => all.map((one) => one.getAttribute('aria-live')));
    assert.deepEqual(await politeness(), ['polite', 'polite']);
    const during = await page.evaluate(() => {
      document.querySelector('[data-locale="zh-Hans"]').click();
      return document.querySelector('#log').getAttribute('aria-live');
    });
    assert.equal(during, 'off');
    await page.waitForFunction(() => document.querySelector('#log').getAttribute('aria-live') === 'polite');
  }));
