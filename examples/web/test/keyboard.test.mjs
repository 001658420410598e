// The dashboard by keyboard alone: every control is reached in order, is seen to have the focus, and works.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { dashboards, done, log, status } from './support.mjs';

const withTab = dashboards();
const inTab = (body) => withTab({}, body);

/** What has the focus, and whether that is seen. */
const focus = (page) => page.evaluate(() => {
  const { activeElement: element } = document;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return { name: element.id || element.className || element.dataset.locale || element.tagName.toLowerCase(), seen: outlineStyle !== 'none' && outlineWidth !== '0px' };
});

/** Goes on with the Tab key until `name` has the focus. */
async function tabTo(page, name) {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    if ((await focus(page)).name === name) return;
  }
  throw new Error(`${name} is not reached`);
}

it('Tab reaches every control in its order, and each is seen to have the focus', () =>
  inTab(async (page) => {
    const reached = [];
    for (;;) {
      await page.keyboard.press('Tab');
      const { name, seen } = await focus(page);
      if (name === 'body' || reached.includes(name)) break;
      assert.ok(seen, `${name} has the focus, and nothing shows it`);
      reached.push(name);
    }
    assert.deepEqual(reached, [
      'skip', 'en', 'zh-Hans',
      'action-open', 'action-storm', 'action-push', 'action-kick', 'action-again',
      'action-friends', 'action-suspend', 'action-offline', 'action-turn', 'action-tab', 'action-everyTab', 'action-reset',
      'log', 'summary',
    ]);
  }));

it('on a phone what has the focus is in sight, and not behind the status line', () =>
  withTab({ viewport: { width: 375, height: 667 } }, async (page) => {
    for (let presses = 0; presses < 17; presses++) {
      await page.keyboard.press('Tab');
      const hidden = await page.evaluate(() => {
        const { activeElement: element } = document;
        const { bottom, height, left, top } = element.getBoundingClientRect();
        const middle = document.elementFromPoint(left + 4, Math.min(top + height / 2, top + 40));
        return top < 0 || (bottom > innerHeight && height < innerHeight) || !(element === middle || element.contains(middle));
      });
      assert.equal(hidden, false, (await focus(page)).name);
    }
  }));

it('the first stop skips to the buttons', () =>
  inTab(async (page) => {
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.equal((await focus(page)).name, 'action-open');
  }));

it('Enter and Space press buttons, which keep the focus', () =>
  inTab(async (page) => {
    await tabTo(page, 'action-open');
    await page.keyboard.press('Enter');
    await done(page);
    assert.match(await status(page), /^Logged in\./);
    assert.equal((await focus(page)).name, 'action-open');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await done(page);
    assert.equal((await log(page))[0].who, 'Push for Bob');
    assert.equal((await focus(page)).name, 'action-push');
  }));

it('the language is switched, and the log is scrolled', () =>
  inTab(async (page) => {
    await tabTo(page, 'action-storm');
    await page.keyboard.press('Enter');
    await done(page);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    assert.equal((await focus(page)).name, 'zh-Hans');
    await page.keyboard.press('Space');
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-Hans');
    assert.equal(await status(page), '1,000 次请求，聊天 SDK 登录 1 次；999 次请求无需登录即已答复。');
    assert.equal((await log(page))[0].who, 'Ada 的 1,000 次请求');
    await tabTo(page, 'log');
    await tabTo(page, 'summary');
    await page.keyboard.press('Enter');
    assert.equal(await page.$eval('details', (details) => details.open), true);
  }));
