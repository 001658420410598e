// Several tabs, a worker and a service worker on one store, in headless Chromium.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, tab } from '../support/chromium.mjs';
import { startEndpoint } from '../support/endpoint.mjs';
import { serve } from '../support/server.mjs';
import { OPTIONS, open, tabs } from '../support/tabs.mjs';

const STRICT = { decisions: { allLimits: 'enforce', onStale: 'enforce' } };

let endpoint;
let server;
let browser;

before(async () => {
  endpoint = await startEndpoint();
  server = await serve({ endpoint: endpoint.url });
  browser = await launch();
});

after(async () => {
  await browser.close();
  await server.close();
  await endpoint.stop();
});

const withTabs = (count, options, body) => tabs({ browser, server }, count, options, body);

describe('tabs that share a store', () => {
  it('two tabs that open chat at once make one upstream login', () =>
    withTabs(2, {}, async (one, other) => {
      const outcomes = await Promise.all([one, other].map((page) => page.evaluate(async () => (await window.login()).type)));
      const calls = await Promise.all([one, other].map((page) => page.evaluate(() => window.calls)));
      assert.equal(calls[0] + calls[1], 1);
      assert.equal(outcomes.filter((type) => type === 'executed').length, 1);
    }));

  it('1,000 concurrent logins from two tabs make one', () =>
    withTabs(2, {}, async (one, other) => {
      const many = (page) => page.evaluate(async () => {
        const outcomes = await Promise.all(Array.from({ length: 500 }, () => window.login()));
        return [window.calls, outcomes.every((outcome) => outcome.isLoggedIn())];
      });
      const [first, second] = await Promise.all([many(one), many(other)]);
      assert.equal(first[0] + second[0], 1);
      assert.ok(first[1] && second[1]);
    }));

  it('a tab that is closed in mid-login is taken over within a second', () =>
    withTabs(2, {}, async (one, other) => {
      await one.evaluate(async () => {
        window.answer = new Promise(() => {});
        const called = new Promise((resolve) => (window.onCalled = resolve));
        window.login().catch(() => {});
        await called;
      });
      const waiting = other.evaluate(async () => {
        const outcome = await window.login();
        return [outcome.type, window.calls, Date.now()];
      });
      // It waits for the lock, which a query shows.
      await other.waitForFunction(async () => (await navigator.locks.query()).pending.length > 0);
      const closed = Date.now();
      await one.close();
      const [type, calls, at] = await waiting;
      assert.equal(type, 'executed');
      assert.equal(calls, 1);
      assert.ok(at - closed < 1000, `it took ${at - closed} ms`);
    }));

  it('a kick in one tab is known in the other', () =>
    withTabs(2, {}, async (one, other) => {
      await one.evaluate(() => window.login());
      await one.evaluate(() => window.guard.session('ada').kickedOff());
      const outcome = await other.evaluate(async () => {
        const outcome = await window.login('ada', 'reconnect');
        return [outcome.type, outcome.reason?.type ?? outcome.reason];
      });
      assert.deepEqual(outcome, ['denied', 'kicked_off']);
    }));

  it('usage in one tab is known in the other without asking', () =>
    withTabs(2, {}, async (one, other) => {
      await one.evaluate(() => window.guard.observe({ type: 'friends', user: 'ada', count: 17 }));
      await other.waitForFunction(
        () => window.guard.check({ type: 'add_friend', user: 'ada', peer: 'bob' }).tightest.used === 17,
        undefined,
        { timeout: 5000 },
      );
    }));

  it('a plan that one tab fetched reaches the gates of the other', async () => {
    const path = '/v1/apps/1400000001/entitlements';
    const document = await endpoint.control('GET', path);
    await endpoint.control('PUT', path, { ...document, catalog: 'intl-2024', edition: 'premium', subscription: undefined });
    await withTabs(2, { endpoint: server.url }, async (one, other) => {
      await other.evaluate(() => {
        window.plans = [];
        window.guard.onPlan((plan) => window.plans.push(plan.feature.get('community').granted));
      });
      assert.equal(await other.evaluate(() => window.guard.feature('community').granted), false);
      assert.equal(await one.evaluate(async () => (await window.guard.sync('fetch')).type), 'updated_to');
      await other.waitForFunction(() => window.guard.feature('community').granted, undefined, { timeout: 5000 });
      assert.deepEqual(await other.evaluate(() => window.plans.at(-1)), true, 'its listener was told');
    });
  });

  it('1,000 reserves from two tabs with room for 100 grant exactly 100, and memory equals the store', () =>
    withTabs(2, STRICT, async (one, other) => {
      await one.evaluate(() => window.guard.observe({ type: 'friends', user: 'ada', count: 2900 }));
      const many = (page, name) =>
        page.evaluate(async (name) => {
          const action = (n) => ({ type: 'add_friend', user: 'ada', peer: `${name}${n}` });
          const all = await Promise.all(Array.from({ length: 500 }, (_, n) => window.guard.reserve(action(n))));
          const held = all.filter(({ type }) => type === 'held');
          await Promise.all(held.map(({ permit }) => permit.commit()));
          return held.length;
        }, name);
      const granted = await Promise.all([many(one, 'a'), many(other, 'b')]);
      assert.equal(granted[0] + granted[1], 100);
      const used = (page) => page.evaluate(async () => {
        await window.guard.refresh();
        return window.guard.check({ type: 'add_friend', user: 'ada', peer: 'x' }).tightest.used;
      });
      assert.deepEqual(await Promise.all([used(one), used(other)]), [3000, 3000]);
      // A guard that reads the store anew sees the same.
      await one.reload();
      await open(one, STRICT);
      assert.equal(await used(one), 3000);
    }));

  it('300 reserves aborted at random leave no room held', () =>
    withTabs(1, STRICT, async (page) => {
      const [reserved, aborted] = await page.evaluate(async () => {
        await window.guard.observe({ type: 'friends', user: 'ada', count: 0 });
        let aborted = 0;
        await Promise.all(Array.from({ length: 300 }, async (_, n) => {
          const controller = new AbortController();
          const reserve = window.guard.reserve({ type: 'add_friend', user: 'ada', peer: `p${n}` }, { signal: controller.signal });
          const turns = (n * 7919) % 60;
          for (let turn = 0; turn < turns; turn++) await new Promise((next) => { const c = new MessageChannel(); c.port1.onmessage = () => { c.port1.close(); next(); }; c.port2.postMessage(0); });
          controller.abort();
          try {
            (await reserve).permit.release();
          } catch {
            aborted += 1;
          }
        }));
        await window.guard.flush();
        return [window.guard.check({ type: 'add_friend', user: 'ada', peer: 'x' }).tightest.reserved, aborted];
      });
      assert.equal(reserved, 0);
      assert.ok(aborted > 0 && aborted <= 300, `${aborted} were aborted`);
    }));

  it('what was counted is there after a reload', () =>
    withTabs(1, {}, async (page) => {
      await page.evaluate(() => window.login());
      const guest = await page.evaluate(() => window.guard.stableGuestId);
      await page.reload();
      await open(page);
      const found = await page.evaluate(async () => [
        (await window.login('ada', 'push_wake')).type, window.calls, window.guard.stableGuestId, window.guard.storage.kind,
      ]);
      assert.deepEqual(found, ['executed', 1, guest, 'indexeddb']);
    }));

  it('a service worker shares the store of the page', () =>
    withTabs(1, {}, async (page) => {
      await page.evaluate(() => window.guard.observe({ type: 'friends', user: 'ada', count: 17 }));
      const push = (user) =>
        page.evaluate(async ({ options, user }) => {
          await navigator.serviceWorker.register('/test/browser/service-worker.mjs', { type: 'module', scope: '/' });
          const { active } = await navigator.serviceWorker.ready;
          const { port1, port2 } = new MessageChannel();
          const answer = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
          active.postMessage({ task: 'push', options, user }, [port2]);
          return answer;
        }, { options: OPTIONS, user });
      const before = await push('ada');
      assert.deepEqual(before.value, { type: 'deferred', calls: 0, used: 17 });
      await page.evaluate(() => window.login());
      const afterwards = await push('ada');
      assert.equal(afterwards.error, undefined);
      assert.notEqual(afterwards.value.type, 'deferred', 'the user is counted already');
    }));
});

describe('a strict content security policy', () => {
  const open = async (policy) => {
    const strict = await serve({ headers: { 'content-security-policy': policy } });
    const context = await browser.newContext();
    const page = await tab(context, strict);
    try {
      return await page.evaluate(async (options) => {
        const violations = [];
        addEventListener('securitypolicyviolation', (event) => violations.push(event.blockedURI));
        const { Planguard } = await import('/dist/index.js');
        try {
          const guard = await Planguard.open(options);
          const outcome = await guard.login('ada', 'open_chat', () => 1);
          return [outcome.type, violations];
        } catch (error) {
          return [error.name, violations];
        }
      }, OPTIONS);
    } finally {
      await context.close();
      await strict.close();
    }
  };

  it("with 'wasm-unsafe-eval' nothing is refused", async () => {
    const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";
    assert.deepEqual(await open(policy), ['executed', []]);
  });

  it('without it the module does not load, and that is an error', async () => {
    const [name] = await open("default-src 'none'; script-src 'self'; connect-src 'self'");
    assert.notEqual(name, 'executed');
  });
});

describe('a browser that takes things away', () => {
  it('without IndexedDB the state goes to localStorage, and the guard says so', async () => {
    const context = await browser.newContext();
    await context.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { value: undefined }));
    const page = await tab(context, server);
    await open(page);
    await page.evaluate(() => window.login());
    assert.deepEqual(await page.evaluate(() => window.guard.storage), { kind: 'localstorage', reason: 'unavailable' });
    await page.reload();
    await open(page);
    assert.equal(await page.evaluate(async () => (await window.login('ada', 'push_wake')).type), 'executed');
    await context.close();
  });

  it('with storage blocked the state is in memory, and the guard works', async () => {
    const context = await browser.newContext();
    await context.addInitScript(() => {
      const blocked = { get() { throw new DOMException('blocked', 'SecurityError'); } };
      Object.defineProperty(globalThis, 'indexedDB', blocked);
      Object.defineProperty(globalThis, 'localStorage', blocked);
    });
    const page = await tab(context, server);
    await open(page);
    assert.equal(await page.evaluate(async () => (await window.login()).type), 'executed');
    assert.deepEqual(await page.evaluate(() => window.guard.storage), { kind: 'memory', reason: 'unavailable' });
    await context.close();
  });

  it('when the quota is used up the guard falls back, tells its listener, and loses nothing', () =>
    withTabs(1, {}, async (page) => {
      const [storages, used] = await page.evaluate(async () => {
        const storages = [];
        window.guard.onStorage((storage) => storages.push(storage));
        await window.guard.observe({ type: 'friends', user: 'ada', count: 17 });
        // What a browser does when it has no room: the transaction ends with this error.
        const { put } = IDBObjectStore.prototype;
        IDBObjectStore.prototype.put = function (...args) {
          const { transaction } = this;
          const request = put.apply(this, args);
          Object.defineProperty(transaction, 'error', { value: new DOMException('full', 'QuotaExceededError') });
          transaction.abort();
          return request;
        };
        await window.guard.observe({ type: 'friends', user: 'bob', count: 3 });
        const used = (user) => window.guard.check({ type: 'add_friend', user, peer: 'x' }).tightest.used;
        return [storages, [used('ada'), used('bob')]];
      });
      assert.deepEqual(used, [17, 3]);
      assert.deepEqual(storages, [{ kind: 'localstorage', reason: 'quota' }]);
      // It is kept there.
      await page.reload();
      assert.ok(await page.evaluate(() => localStorage.getItem('planguard-1400000001')?.length > 100));
    }));

  it('offline the last plan stays, and online it is asked for again', async () => {
    const context = await browser.newContext();
    const page = await tab(context, server);
    let asked = 0;
    const document = { schema: 1, revision: 1, sdk_app_id: 1400000001, catalog: 'intl-2024', edition: 'premium', issued_at: new Date().toISOString() };
    await context.route('**/v1/**', (route) => {
      asked += 1;
      return route.fulfill({ json: document, headers: { 'cache-control': 'max-age=1', date: new Date().toUTCString() } });
    });
    await open(page, { endpoint: server.url });
    await page.evaluate(() => window.guard.sync());
    assert.equal(asked, 1);
    await context.setOffline(true);
    await context.unroute('**/v1/**');
    const error = await page.evaluate(() => window.guard.sync('fetch').catch((error) => [error.type, error.word]));
    assert.equal(error[0], 'try_later', String(error));
    assert.equal(await page.evaluate(() => window.guard.feature('community').granted), true);
    await context.close();
  });

  it('a hidden page is in the background, a shown one syncs', async () => {
    const context = await browser.newContext();
    const page = await tab(context, server);
    await open(page);
    const phases = await page.evaluate(async () => {
      const seen = [];
      window.guard.keepFresh();
      for (const state of ['hidden', 'visible']) {
        Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
        seen.push(window.guard.entitlements.phase);
      }
      return seen;
    });
    assert.deepEqual(phases, ['background', 'foreground']);
    assert.deepEqual(page.errors, []);
    await context.close();
  });
});
