// Every button of the dashboard does what it says, and the page shows it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { dashboards, fact, follow, log, press, quota, ready, reset, status } from './support.mjs';

const withTab = dashboards();
const inTab = (body) => withTab({}, body);
const text = (page, id) => page.textContent(`#${id}`);

describe('at the start', () => {
  it('the plan, its quotas and its features are shown as the endpoint has them', () =>
    inTab(async (page) => {
      assert.equal(await text(page, 'edition'), 'Standard');
      assert.equal(await page.getAttribute('#plan', 'data-tone'), 'good');
      assert.equal(await fact(page, 'facts', 'Revision'), '42');
      assert.equal(await fact(page, 'facts', 'State kept in'), 'IndexedDB');
      assert.deepEqual(await quota(page, 'free_mau'), { figure: '8,123 of 10,000', state: 'near the limit', tone: 'warn' });
      assert.deepEqual(await quota(page, 'friends_per_user'), { figure: '2,380 of 3,000', state: 'fits', tone: 'good' });
      assert.equal((await page.$$('#features tr')).length, 14);
      const features = await page.$$eval('#features tr', (rows) => Object.fromEntries(rows.map((row) => [row.dataset.feature, row.innerText])));
      assert.match(features.community, /Included/);
      assert.match(features.group_read_receipts ?? '', /ncluded/);
      // A denial comes with its reason and a way out.
      const denied = Object.values(features).filter((row) => row.includes('Not included'));
      assert.ok(denied.length > 0);
      assert.ok(denied.some((row) => row.includes('Premium')), denied.join('\n'));
    }));
});

describe('logins', () => {
  it('a person who opens chat is logged in, once', () =>
    inTab(async (page) => {
      assert.match(await press(page, 'open'), /^Logged in\. A new active user of this month/);
      assert.equal((await quota(page, 'free_mau')).figure, '8,124 of 10,000');
      assert.equal(await fact(page, 'logins', 'New active users'), '1');
      await press(page, 'open');
      assert.equal((await log(page))[0].outcome, 'already_logged_in');
      assert.equal(await fact(page, 'facts', 'Chat SDK logins'), '1');
      assert.equal(await fact(page, 'logins', 'Answered without a login'), '1');
    }));

  it('a login storm reaches the chat SDK once', () =>
    inTab(async (page) => {
      assert.equal(await press(page, 'storm'), '1,000 requests, 1 login of the chat SDK; 999 were answered without one.');
      assert.equal(await fact(page, 'facts', 'Chat SDK logins'), '1');
      assert.equal(await fact(page, 'logins', 'Requests'), '1,000');
      assert.deepEqual((await log(page)).map(({ outcome, who }) => [outcome, who]), [['executed', '1,000 requests for Ada']]);
    }));

  it('a push for somebody who did not open chat is put off', () =>
    inTab(async (page) => {
      assert.match(await press(page, 'push'), /^The login was put off\./);
      assert.equal((await log(page))[0].outcome, 'deferred');
      assert.equal(await fact(page, 'facts', 'Chat SDK logins'), '0');
      assert.equal(await fact(page, 'logins', 'Users put off'), '1');
    }));

  it('after a kick nothing logs in again, until the person confirms', () =>
    inTab(async (page) => {
      await press(page, 'open');
      assert.equal(await press(page, 'kick'), 'The chat SDK reported the kick, and tried to reconnect.');
      assert.equal((await log(page))[0].outcome, 'denied');
      assert.equal(await fact(page, 'facts', 'Chat SDK logins'), '1');
      await press(page, 'again');
      assert.equal((await log(page))[0].outcome, 'executed');
      assert.equal(await fact(page, 'facts', 'Chat SDK logins'), '2');
      assert.equal(await fact(page, 'logins', 'New active users'), '1');
    }));
});

describe('plan and network', () => {
  it('friends are added until the plan has no more room, with warnings on the way', () =>
    inTab(async (page) => {
      assert.equal(await press(page, 'friends'), '310 friends added, 0 not sent to the chat SDK.');
      await page.waitForSelector('#log [data-outcome="warned"]');
      assert.deepEqual(await quota(page, 'friends_per_user'), { figure: '2,690 of 3,000', state: 'near the limit', tone: 'warn' });
      await press(page, 'friends');
      assert.deepEqual(await quota(page, 'friends_per_user'), { figure: '3,000 of 3,000', state: 'used up', tone: 'bad' });
      assert.equal(await press(page, 'friends'), '0 friends added, 310 not sent to the chat SDK.');
      const refused = (await log(page, 60)).find(({ outcome }) => outcome === 'by_plan');
      assert.match(refused.text, /3,000/);
    }));

  it('a suspended app refuses features and logins, and a paid one has them again', () =>
    inTab(async (page) => {
      assert.equal(await press(page, 'suspend'), 'The endpoint says that the app is suspended.');
      assert.equal(await page.getAttribute('#plan', 'data-tone'), 'bad');
      assert.match(await text(page, 'lifecycle'), /suspended/);
      assert.equal((await page.$$('#features [data-tone="good"]')).length, 0);
      assert.equal((await log(page)).find(({ who }) => who === 'Ada opens chat').outcome, 'denied');
      assert.equal(await text(page, 'action-suspend'), 'Pay, and resume the app');
      assert.equal(await press(page, 'suspend'), 'The endpoint says that the plan runs.');
      assert.equal(await page.getAttribute('#plan', 'data-tone'), 'good');
      assert.equal((await log(page)).find(({ who }) => who === 'Ada opens chat').outcome, 'executed');
    }));

  it('offline the last plan stays, and the log says what failed', () =>
    inTab(async (page) => {
      assert.equal(await press(page, 'offline'), 'The network of this tab is off. The last plan stays.');
      assert.equal((await log(page))[0].outcome, 'failed');
      assert.equal(await text(page, 'edition'), 'Standard');
      assert.equal(await text(page, 'action-offline'), 'Go online');
      assert.equal(await press(page, 'offline'), 'The network is on, and the plan is confirmed.');
      assert.equal(await text(page, 'action-offline'), 'Go offline');
    }));

  it('when the month turns nobody is counted, and a push adds nobody', () =>
    inTab(async (page) => {
      await press(page, 'open');
      const month = await text(page, 'month-name');
      const said = await press(page, 'turn');
      assert.match(said, /^It is \w+ \d{4}\. Nobody is counted in it yet\.$/);
      assert.notEqual(await text(page, 'month-name'), month);
      assert.equal((await quota(page, 'free_mau')).figure, '0 of 10,000');
      assert.equal(await page.getAttribute('#plan', 'data-tone'), 'good');
      const pushed = (await log(page, 5)).find(({ who }) => who === 'Push for Ada');
      assert.equal(pushed.outcome, 'deferred');
      assert.equal(await fact(page, 'logins', 'New active users'), '0');
    }));
});

describe('tabs', () => {
  it('a second tab shares the state, and all tabs together log in once', () =>
    inTab(async (page, context) => {
      const opened = context.waitForEvent('page');
      assert.equal(await press(page, 'tab'), 'The second tab shares the state of this one.');
      const other = await follow(await opened);
      await press(page, 'friends');
      await other.waitForFunction(() => document.querySelector('#quotas [data-limit="friends_per_user"] .figure').textContent.startsWith('2,690'));

      await page.bringToFront();
      await press(page, 'everyTab');
      await other.waitForSelector('#log [data-outcome="joined"], #log [data-outcome="already_logged_in"], #log [data-outcome="executed"]');
      const calls = await Promise.all([page, other].map((one) => fact(one, 'facts', 'Chat SDK logins')));
      assert.deepEqual(calls.sort(), ['0', '1']);

      await other.close();
    }));

  it('starting over forgets what was counted', () =>
    inTab(async (page) => {
      await press(page, 'open');
      await press(page, 'friends');
      await reset(page);
      await ready(page);
      assert.equal((await quota(page, 'free_mau')).figure, '8,123 of 10,000');
      assert.equal((await quota(page, 'friends_per_user')).figure, '2,380 of 3,000');
      assert.equal(await status(page), 'Ready.');
    }));
});

it('every button is pressed by a test', () =>
  inTab(async (page) => {
    const ids = await page.$$eval('#actions button', (buttons) => buttons.map(({ id }) => id.replace('action-', '')));
    const source = await readFile(new URL(import.meta.url), 'utf8');
    assert.ok(ids.length >= 12);
    for (const id of ids) assert.ok(source.includes(id === 'reset' ? 'reset(page)' : `press(page, '${id}')`), id);
  }));
