// Browsers that lack something that tabs share a store by: Web Locks, channels, IndexedDB. Each is taken away before any
// script of the page runs.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, tab } from '../support/chromium.mjs';
import { serve } from '../support/server.mjs';
import { open, tabs } from '../support/tabs.mjs';

const STRICT = { decisions: { allLimits: 'enforce', onStale: 'enforce' } };

let server;
let browser;

before(async () => {
  server = await serve();
  browser = await launch();
});

after(async () => {
  await browser.close();
  await server.close();
});

const locks = () => void Reflect.deleteProperty(Navigator.prototype, 'locks');
const channels = () => void Reflect.deleteProperty(globalThis, 'BroadcastChannel');
const database = () => Object.defineProperty(globalThis, 'indexedDB', { get() { throw new DOMException('blocked', 'SecurityError'); } });

/** What is taken away, and what there is then: locks, channels, and where the state is. */
const BROWSERS = {
  'without Web Locks': [[locks], [false, true, 'indexeddb']],
  'without channels': [[channels], [true, false, 'indexeddb']],
  'without Web Locks and channels': [[locks, channels], [false, false, 'indexeddb']],
  'with IndexedDB blocked': [[database], [true, true, 'localstorage']],
  'with IndexedDB blocked, without Web Locks': [[database, locks], [false, true, 'localstorage']],
  'with IndexedDB blocked, without Web Locks and channels': [[database, locks, channels], [false, false, 'localstorage']],
};

for (const [name, [taken, left]] of Object.entries(BROWSERS)) {
  const script = taken.map((take) => `(${take})();`).join('\n');
  const withTabs = (count, options, body) => tabs({ browser, server, before: script }, count, options, body);

  describe(`a browser ${name}`, () => {
    it('is one, and says where the state is', () =>
      withTabs(1, {}, async (page) => {
        const found = await page.evaluate(() => [Boolean(navigator.locks), typeof BroadcastChannel === 'function', window.guard.storage.kind]);
        assert.deepEqual(found, left);
      }));

    it('two tabs that open chat at once make one upstream login', () =>
      withTabs(2, {}, async (one, other) => {
        const outcomes = await Promise.all([one, other].map((page) => page.evaluate(async () => (await window.login()).isLoggedIn())));
        const calls = await Promise.all([one, other].map((page) => page.evaluate(() => window.calls)));
        assert.deepEqual([calls[0] + calls[1], outcomes], [1, [true, true]]);
      }));

    it('a kick in one tab is known to a login in the other', () =>
      withTabs(2, {}, async (one, other) => {
        await one.evaluate(() => window.login());
        await one.evaluate(() => window.guard.session('ada').kickedOff());
        const outcome = await other.evaluate(async () => {
          const { type, reason } = await window.login('ada', 'reconnect');
          return [type, reason?.type ?? reason];
        });
        assert.deepEqual(outcome, ['denied', 'kicked_off']);
      }));

    it('200 reserves from two tabs with room for 20 grant exactly 20, and memory equals the store', () =>
      withTabs(2, STRICT, async (one, other) => {
        await one.evaluate(() => window.guard.observe({ type: 'friends', user: 'ada', count: 2980 }));
        await other.evaluate(() => window.guard.refresh());
        const many = (page, name) =>
          page.evaluate(async (name) => {
            const action = (n) => ({ type: 'add_friend', user: 'ada', peer: `${name}${n}` });
            const all = await Promise.all(Array.from({ length: 100 }, (_, n) => window.guard.reserve(action(n))));
            const held = all.filter(({ type }) => type === 'held');
            await Promise.all(held.map(({ permit }) => permit.commit()));
            return held.length;
          }, name);
        const granted = await Promise.all([many(one, 'a'), many(other, 'b')]);
        assert.equal(granted[0] + granted[1], 20);
        const used = (page) => page.evaluate(async () => {
          await window.guard.refresh();
          return window.guard.check({ type: 'add_friend', user: 'ada', peer: 'x' }).tightest.used;
        });
        assert.deepEqual(await Promise.all([used(one), used(other)]), [3000, 3000]);
      }));
  });
}

describe('without Web Locks the lease in the store', () => {
  it('lets another tab take a login over whose tab was closed', () =>
    tabs({ browser, server, before: `(${locks})();` }, 2, { logins: { leaseTtl: 500, leasePoll: 50 } }, async (one, other) => {
      await one.evaluate(async () => {
        window.answer = new Promise(() => {});
        const called = new Promise((resolve) => (window.onCalled = resolve));
        window.login().catch(() => {});
        await called;
      });
      const waiting = other.evaluate(async () => [(await window.login()).type, window.calls]);
      await one.close();
      assert.deepEqual(await waiting, ['executed', 1]);
    }));
});

describe('a browser whose own quota is used up', () => {
  it('keeps the state in localStorage, says why, and loses nothing', async () => {
    const context = await browser.newContext();
    const page = await tab(context, server);
    const devtools = await context.newCDPSession(page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.url, quotaSize: 1 });
    await open(page);
    await page.evaluate(() => window.guard.observe({ type: 'friends', user: 'ada', count: 17 }));
    assert.deepEqual(await page.evaluate(() => window.guard.storage), { kind: 'localstorage', reason: 'quota' });
    await page.reload();
    await open(page);
    assert.equal(await page.evaluate(() => window.guard.check({ type: 'add_friend', user: 'ada', peer: 'x' }).tightest.used), 17);
    await context.close();
  });
});

describe('localStorage of two tabs', () => {
  for (const [name, script, times] of [['with Web Locks', '', 500], ['without Web Locks', `(${locks})();`, 15]]) {
    it(`${name}: a version is replaced once`, () =>
      tabs({ browser, server, before: script }, 2, {}, async (one, other) => {
        const many = (page) => page.evaluate(async (times) => {
          const { localStorageStore } = await import('/dist/index.js');
          const store = localStorageStore('shared');
          const { signal } = new AbortController();
          // Both begin when the other one is there, so that they write at the same time.
          const { here, there } = window.names;
          localStorage.setItem(here, 'x');
          while (localStorage.getItem(there) === null) await new Promise((next) => requestAnimationFrame(next));
          let replaced = 0;
          for (let n = 0; n < times; n++) {
            const held = await store.load(0, { signal });
            if ((await store.replace(held?.version ?? 0, Uint8Array.of(65), { signal })) === 'replaced') replaced += 1;
          }
          return [replaced, (await store.load(0, { signal })).version];
        }, times);
        await one.evaluate(() => (window.names = { here: 'one', there: 'other' }));
        await other.evaluate(() => (window.names = { here: 'other', there: 'one' }));
        const both = await Promise.all([many(one), many(other)]);
        // The one that was the last to finish has written, or has heard of, the newest version.
        assert.equal(Math.max(both[0][1], both[1][1]), both[0][0] + both[1][0], JSON.stringify(both));
        assert.ok(both[0][0] > 0 && both[1][0] > 0, JSON.stringify(both));
      }));
  }
});
