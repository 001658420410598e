// The page by the keyboard alone.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { pages } from '../support/pages.mjs';

const withPage = pages();

/** What has the focus, and whether that is seen. */
const focus = (page) => page.evaluate(() => {
  const { activeElement: element } = document;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const name = element.id || element.getAttribute('aria-label') || element.textContent.trim().slice(0, 40);
  return { name: element === document.body ? 'body' : name, seen: outlineStyle !== 'none' && outlineWidth !== '0px' };
});

/** Goes on with the Tab key until `name` has the focus. */
async function tabTo(page, name) {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab');
    if ((await focus(page)).name === name) return;
  }
  throw new Error(`${name} is not reached`);
}

it('who signs in only types', () =>
  withPage({ signedIn: false }, async (page, endpoint) => {
    assert.equal((await focus(page)).name, 'credential');
    await page.keyboard.type(endpoint.admin);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.plan');
  }));

it('each control is reached, and is seen to have the focus', () =>
  withPage({}, async (page) => {
    const reached = new Set();
    for (let presses = 0; presses < 80; presses++) {
      await page.keyboard.press('Tab');
      const { name, seen } = await focus(page);
      if (name === 'body') break;
      assert.ok(seen, `${name} has the focus, and nothing shows it`);
      reached.add(name);
    }
    for (const name of ['Skip to the content', 'English', '中文', 'Sign out', 'plan-field', 'starts_at-field', 'expires_at-field', 'Preview the change']) {
      assert.ok(reached.has(name), `${name} is not among ${[...reached].join(', ')}`);
    }
  }));

it('the first stop skips to the content', () =>
  withPage({}, async (page) => {
    await page.keyboard.press('Tab');
    assert.equal((await focus(page)).name, 'Skip to the content');
    await page.keyboard.press('Enter');
    assert.equal((await focus(page)).name, 'main');
  }));

it('a change is previewed and made, and a section opened', () =>
  withPage({}, async (page) => {
    for (const [key, name] of [['ArrowDown', 'Premium'], ['ArrowUp', 'Standard']]) {
      await tabTo(page, 'plan-field');
      await page.keyboard.press(key);
      await tabTo(page, 'Preview the change');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#confirm');
      await tabTo(page, 'confirm');
      await page.keyboard.press('Space');
      await page.waitForSelector('[role=status]');
      assert.equal(await page.textContent('.edition'), name);
    }
    await tabTo(page, 'Rotate: add a key');
    await page.keyboard.press('Enter');
    assert.ok(await page.isVisible('#kid-field'));
  }));
