// How the dashboard looks and reads: in light and dark, in both languages, on a desk and on a phone. Screenshots go to
// `examples/web/screenshots`, for people.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { before, describe, it } from 'node:test';
import { dashboards, press } from './support.mjs';

const axe = createRequire(new URL('../../../bindings/web/package.json', import.meta.url))('axe-core');
const folder = fileURLToPath(new URL('../screenshots/', import.meta.url));

before(async () => {
  await mkdir(folder, { recursive: true });
});

const withTab = dashboards();

const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 375, height: 812 } };

/** What axe finds, in short. */
async function findings(page) {
  await page.evaluate(axe.source);
  const { violations, incomplete } = await page.evaluate(async () => {
    const [log, status] = ['#log', '#status'].map((id) => document.querySelector(id).style);
    // Of what is scrolled away, or behind the status line until it is scrolled to, it could say nothing.
    log.maxBlockSize = 'none';
    status.position = 'static';
    try {
      return await window.axe.run(document, { resultTypes: ['violations', 'incomplete'] });
    } finally {
      log.maxBlockSize = '';
      status.position = '';
    }
  });
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
    if (style.clipPath !== 'none' || element.closest('.track, .skip, thead')) continue;
    const { right } = element.getBoundingClientRect();
    if (right > clientWidth + 0.5) found.push(`${element.tagName} ${element.id || element.className} ends at ${right}`);
    if (element.scrollWidth > element.clientWidth + 1 && style.display !== 'inline' && element.clientWidth > 0) {
      found.push(`${element.tagName} ${element.id || element.className}: ${element.scrollWidth} in ${element.clientWidth}`);
    }
  }
  return found;
});

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
            assert.deepEqual(await overflowing(page), []);
            await page.screenshot({ path: `${folder}${size}-${colorScheme}-${language}.png`, fullPage: true });
            await press(page, 'offline');
            await press(page, 'suspend');
            assert.deepEqual(await findings(page), []);
            assert.deepEqual(await overflowing(page), []);
            await page.screenshot({ path: `${folder}${size}-${colorScheme}-${language}-suspended.png`, fullPage: true });
          }));
      }
    });
  }
}

it('with reduced motion nothing moves', () =>
  withTab({ reducedMotion: 'reduce' }, async (page) => {
    const moving = await page.$$eval('*', (all) => all.filter((one) => parseFloat(getComputedStyle(one).transitionDuration) > 0).length);
    assert.equal(moving, 0);
  }));

it('a button is large enough for a finger', () =>
  withTab({ viewport: SIZES.phone }, async (page) => {
    const small = await page.$$eval('#actions button', (all) => all.filter((one) => one.getBoundingClientRect().height < 44).map(({ id }) => id));
    assert.deepEqual(small, []);
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
