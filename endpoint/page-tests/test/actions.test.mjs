// What an owner does on the page, and what the page refuses.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { APP, webhook } from '../support/world.mjs';
import { overview, pages, preview, signIn } from '../support/pages.mjs';

const withPage = pages();

const text = (page, selector) => page.textContent(selector);

/** How many active users the first figure shows. */
const mau = async (page) => Number((await text(page, '.figure .value')).trim().split(/\s/)[0]);

it('a wrong credential is told, and the right one signs in', () =>
  withPage({ signedIn: false }, async (page, endpoint) => {
    for (const wrong of ['pge_wrong', endpoint.device]) {
      await page.fill('#credential', wrong);
      await page.click('button.primary');
      assert.match(await text(page, '[role=alert]'), /no admin credential/);
      assert.equal(await page.getAttribute('#credential', 'aria-invalid'), 'true');
    }
    await signIn(page, endpoint);
    assert.match(page.url(), new RegExp(`/admin/apps/${APP}$`));
  }));

it('figures are those of the webhooks, and name nobody', () =>
  withPage({}, async (page) => {
    const figures = await page.$$eval('.figure', (all) => all.map((one) => one.querySelector('.value').textContent.trim()));
    assert.match(figures[0], /^5\s+of 10,000 included$/);
    assert.equal(figures[1], '5');
    assert.match(figures[2], /^1\s+of 10,000 a day$/);
    const main = await text(page, 'main');
    for (const said of ['Login put off', 'a push woke the app', 'Action denied at a limit', 'may still become active']) {
      assert.ok(main.includes(said), said);
    }
    for (const id of ['ada', 'cleo', '9f2c5a1e']) assert.ok(!main.includes(id), id);
  }));

it('a figure rises with the next webhook', () =>
  withPage({}, async (page, endpoint) => {
    const before = await mau(page);
    const Info = { Action: 'Login', To_Account: 'somebody new', Reason: 'Register' };
    await webhook(endpoint, 'State.StateChange', { Info });
    await page.reload();
    assert.equal(await mau(page), before + 1);
  }));

it('a change is previewed, confirmed, and changed back', () =>
  withPage({}, async (page) => {
    for (const [plan, name, said] of [['intl-2024/premium', 'Premium', '+300 USD'], ['intl-2024/standard', 'Standard', '-300 USD']]) {
      await preview(page, plan);
      assert.deepEqual(await page.$$eval('.diff tbody th', (all) => all.map((one) => one.textContent)), ['edition']);
      assert.ok((await text(page, 'main')).includes(said), said);
      await page.click('#confirm');
      await page.waitForSelector('[role=status]');
      assert.match(await text(page, '[role=status]'), /The plan was changed/);
      assert.equal(await text(page, '.edition'), name);
    }
  }));

it('a change that somebody else made meanwhile is a conflict', () =>
  withPage({}, async (page, endpoint, context) => {
    await preview(page, 'intl-2024/premium');
    const other = await context.newPage();
    await other.goto(overview(endpoint));
    await other.fill('#arrears_since-field', '2026-01-05T10:00');
    await other.click('#plan button.primary');
    await other.click('#confirm');
    await other.waitForSelector('[role=status]');
    await page.click('#confirm');
    await page.waitForSelector('[role=alert]');
    assert.match(await text(page, 'h1'), /Somebody else changed the plan/);
    assert.equal(await page.inputValue('#arrears_since-field'), '2026-01-05T10:00');
    await page.fill('#arrears_since-field', '');
    await page.click('#plan button.primary');
    await page.click('#confirm');
    await page.waitForSelector('[role=status]');
  }));

it('a plan that devices could not use is refused with its field', () =>
  withPage({}, async (page) => {
    await page.click('#plan summary');
    await page.fill('#rest-field', '{"limits": {"groups_per_user": -1}}');
    await page.click('#plan button.primary');
    await page.waitForSelector('[role=alert]');
    assert.equal(await page.$('#confirm'), null);
    assert.equal(await page.inputValue('#rest-field'), '{"limits": {"groups_per_user": -1}}');
    assert.ok(await page.isVisible('#rest-wrong'));
  }));

it('a form without the token of its session changes nothing', () =>
  withPage({}, async (page) => {
    await page.$eval('#plan input[name=token]', (input) => { input.value = 'x'; });
    await page.click('#plan button.primary');
    await page.waitForSelector('section.narrow');
    assert.match(await text(page, 'h1'), /not valid any more/);
  }));

it('a credential is shown once, works, and is revoked', () =>
  withPage({}, async (page, endpoint) => {
    await page.click('#credentials summary');
    await page.fill('#name-field', 'phones <b>');
    await page.fill('#days-field', '30');
    await page.click('#credentials details button');
    const token = await text(page, '#secret');
    const ask = () => fetch(`${endpoint.url}/v1/apps/${APP}/entitlements`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await ask()).status, 200);
    await page.click('a.button');
    await page.waitForSelector('.plan');
    assert.ok(!(await page.content()).includes(token));
    await page.click('button[aria-label="Revoke phones <b>"]');
    await page.waitForSelector('[role=status]');
    assert.equal((await ask()).status, 401);
  }));

it('a key is added, and signs later', () =>
  withPage({}, async (page, endpoint) => {
    await page.click('#keys summary');
    await page.fill('#kid-field', 'next');
    await page.click('#keys details button');
    await page.waitForSelector('[role=status]');
    assert.match(await text(page, '#keys'), /next\s*signs from/);
    const { keys } = await (await fetch(`${endpoint.url}/.well-known/jwks.json`)).json();
    assert.ok(keys.some(({ kid }) => kid === 'next'));
  }));

it('the key of accounts is rotated from the next month on, once', () =>
  withPage({}, async (page) => {
    assert.match(await text(page, '#account-key'), /k1\s*counts now/);
    await page.click('#account-key summary');
    await page.click('#account-key button');
    await page.waitForSelector('[role=status]');
    assert.match(await text(page, '#account-key'), /k2\s*from \d{4}-\d{2}/);
    assert.equal(await page.$('#account-key button'), null);
  }));

it('the language is switched and stays', () =>
  withPage({}, async (page) => {
    await page.click('nav.languages a[lang=zh-Hans]');
    await page.waitForSelector('html[lang=zh-Hans] .plan');
    assert.match(await text(page, 'main'), /本月活跃用户/);
    await page.reload();
    assert.equal(await page.getAttribute('html', 'lang'), 'zh-Hans');
    await page.click('nav.languages a[lang=en]');
    await page.waitForSelector('html[lang=en] .plan');
  }));

it('who signs out is out', () =>
  withPage({}, async (page, endpoint) => {
    await page.click('header button');
    await page.waitForSelector('#credential');
    await page.goto(overview(endpoint));
    await page.waitForSelector('#credential');
  }));

it('everything works without script', () =>
  withPage({ javaScriptEnabled: false }, async (page) => {
    for (const [plan, name] of [['intl-2024/premium', 'Premium'], ['intl-2024/standard', 'Standard']]) {
      await preview(page, plan);
      await page.click('#confirm');
      await page.waitForSelector('[role=status]');
      assert.equal(await text(page, '.edition'), name);
    }
  }));
