// A browser that has less than it says: channels, locks and databases that refuse.

import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { Catalog, Planguard, StoreUnusable, forecast, indexedDbStore, localStorageStore, memoryStore } from '@planguard/web';
import { ManualClock } from '@planguard/web/testing';
import { thrownMeanwhile, withGlobals } from '../support/globals.mjs';

let app = 1_400_000_100;
const open = (options) => Planguard.open({ sdkAppId: ++app, fallback: ['intl-2024', 'standard'], ...options });
const signal = () => ({ signal: new AbortController().signal });
const navigatorWith = (request) => ({ navigator: { locks: { request, query: async () => ({}) } } });
const insecure = () => new DOMException('insecure', 'SecurityError');

test('where channels are blocked a guard opens without', async () => {
  class BroadcastChannel {
    constructor() {
      throw insecure();
    }
  }
  for (const blocked of [BroadcastChannel, undefined]) {
    await withGlobals({ BroadcastChannel: blocked }, async () => {
      const guard = await open();
      assert.equal((await guard.login('ada', 'open_chat', () => 1)).type, 'executed');
      guard.shutdown();
    });
  }
});

test('a guard that does not open leaves no channel behind', async () => {
  const { BroadcastChannel } = globalThis;
  let channels = 0;
  class Counted extends BroadcastChannel {
    constructor(name) {
      super(name);
      channels += 1;
    }

    close() {
      super.close();
      channels -= 1;
    }
  }
  await withGlobals({ BroadcastChannel: Counted }, async () => {
    for (const bad of [{ sdkAppId: 0 }, { endpoint: 'ftp://x' }, { clock: {} }, { credential: 5 }]) await assert.rejects(open(bad));
    const aborted = AbortSignal.abort(new Error('gone'));
    await assert.rejects(Planguard.open({ sdkAppId: 1 }, { signal: aborted }), /gone/);
  });
  assert.equal(channels, 0);
});

test('locks that throw, refuse or answer nothing are as good as none', async () => {
  const requests = [() => { throw insecure(); }, () => Promise.reject(insecure()), () => undefined];
  for (const request of requests) {
    await withGlobals(navigatorWith(request), async () => {
      const guard = await open({ store: memoryStore(), tabs: true });
      assert.equal((await guard.login('ada', 'open_chat', () => 1)).type, 'executed');
      guard.shutdown();
    });
  }
});

test('a lock that is never given is waited for no longer than the call', async () => {
  const clock = new ManualClock();
  await withGlobals(navigatorWith(() => new Promise(() => undefined)), async () => {
    const guard = await open({ store: memoryStore(), tabs: true, clock });
    const login = guard.login('ada', 'open_chat', () => 1);
    await clock.advance(60_000);
    assert.equal((await login).type, 'executed');
    guard.shutdown();
  });
});

test('a user that is no text is refused before a lock is asked for', async () => {
  const asked = [];
  const request = async (name, body) => (asked.push(name), body());
  await withGlobals(navigatorWith(request), async () => {
    const guard = await open({ store: memoryStore(), tabs: true });
    for (const user of [Symbol('u'), { toString: () => { throw new Error('text'); } }, 7]) {
      await assert.rejects(guard.login(user, 'open_chat', () => 1), ({ type, field }) => type === 'invalid_input' && field === 'user');
    }
    assert.deepEqual(asked, []);
    guard.shutdown();
  });
});

test('localStorage is written where locks are refused, and a full one is not written twice', async () => {
  const kept = new Map();
  let full = false;
  let writes = 0;
  const localStorage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem(key, value) {
      writes += 1;
      if (full) throw new DOMException('full', 'QuotaExceededError');
      kept.set(key, value);
    },
    removeItem: (key) => kept.delete(key),
  };
  await withGlobals({ localStorage, ...navigatorWith(() => Promise.reject(insecure())) }, async () => {
    assert.equal(await localStorageStore('k').replace(0, Uint8Array.of(65), signal()), 'replaced');
  });
  assert.equal(kept.get('k'), '1:A');
  full = true;
  writes = 0;
  await withGlobals({ localStorage, ...navigatorWith((_, body) => body()) }, async () => {
    await assert.rejects(localStorageStore('k').replace(1, Uint8Array.of(65), signal()), StoreUnusable);
  });
  assert.equal(writes, 1);
});

test('what localStorage holds and is no image is replaced', async () => {
  for (const junk of ['x', '0:A', '99999999999999999999:A', '1e3:A', '-1:A']) {
    const kept = new Map([['k', junk]]);
    const localStorage = {
      getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key),
    };
    await withGlobals({ localStorage }, async () => {
      const store = localStorageStore('k');
      assert.equal(await store.load(0, signal()), undefined, junk);
      assert.equal(await store.replace(0, Uint8Array.of(66), signal()), 'replaced');
    });
    assert.deepEqual([...kept], [['k', '1:B']]);
  }
});

test('dates and bytes of another window are dates and bytes', async () => {
  const foreign = (code) => runInNewContext(code);
  const catalog = Catalog.builtIn('intl-2024');
  const request = { catalog, edition: 'standard', month: '2024-08', zone: '+08:00', usage: { mau: 1 }, limits: {} };
  assert.equal(forecast(request, foreign('new Date(1723262400000)')).asOf.getTime(), 1723262400000);
  const invalid = ({ type }) => type === 'invalid_input';
  for (const none of [foreign('new Date(NaN)'), { [Symbol.toStringTag]: 'Date' }, 5]) assert.throws(() => forecast(request, none), invalid);
  const store = memoryStore();
  const framed = {
    load: async (...args) => {
      const image = await store.load(...args);
      return image && { ...image, content: runInNewContext('Uint8Array.from(bytes)', { bytes: [...image.content] }) };
    },
    replace: (...args) => store.replace(...args),
  };
  const guard = await open({ store: framed });
  assert.equal((await guard.login('ada', 'open_chat', () => 1)).type, 'executed');
  await guard.refresh();
  guard.shutdown();
  await assert.rejects(open({ seed: new Uint16Array(2) }), invalid);
  await assert.rejects(open({ seed: foreign('new Uint8Array([123])') }), /not JSON/);
});

/** A database of that name, as something else left it. */
async function left(name, upgrade, put) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => upgrade(request.result);
  const database = await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  if (put) {
    const transaction = database.transaction('state', 'readwrite');
    transaction.objectStore('state').put(put, 'state');
    await new Promise((resolve) => (transaction.oncomplete = resolve));
  }
  database.close();
}

test('what is kept and is no image is replaced', async () => {
  for (const junk of [7, 'x', {}, { version: 1.5, content: Uint8Array.of(1) }, { version: 1, content: 'x' }]) {
    const guard = await (async () => {
      await left(`planguard-${app + 1}`, (database) => database.createObjectStore('state'), junk);
      return open();
    })();
    await guard.login('ada', 'open_chat', () => 1);
    await guard.flush();
    assert.deepEqual(guard.storage, { kind: 'indexeddb' });
    guard.shutdown();
  }
});

test('a database of the same name without the table is not used', async () => {
  await left(`planguard-${app + 1}`, () => undefined);
  const guard = await open();
  assert.deepEqual(guard.storage, { kind: 'memory', reason: 'unavailable' });
  assert.equal((await guard.login('ada', 'open_chat', () => 1)).type, 'executed');
  guard.shutdown();
});

test('a database that does not open is given up, and one that opens later is closed', async () => {
  for (const [reason, length] of [['unavailable', 4_000], ['blocked', 2_000]]) {
    const request = {};
    const timers = new Map();
    let next = 0;
    let closed = 0;
    const fakes = {
      indexedDB: { open: () => request },
      setTimeout: (body, after) => (timers.set(++next, { body, after }), next),
      clearTimeout: (timer) => timers.delete(timer),
    };
    await withGlobals(fakes, async () => {
      const load = indexedDbStore('silent').load(0, signal());
      if (reason === 'blocked') request.onblocked();
      const [{ body, after }] = timers.values();
      assert.equal(after, length);
      body();
      await assert.rejects(load, (error) => error instanceof StoreUnusable && error.reason === reason);
      request.result = { close: () => (closed += 1) };
      request.onsuccess();
    });
    assert.deepEqual([closed, timers.size], [1, 0]);
  }
});

/** A request to open, whose upgrade the browser ends with this error. */
function failing(error) {
  const transaction = { error };
  const request = { transaction, result: { objectStoreNames: { contains: () => false }, createObjectStore: () => undefined } };
  return () => {
    queueMicrotask(() => {
      request.onupgradeneeded();
      transaction.onabort();
      request.error = new DOMException('aborted', 'AbortError');
      request.onerror();
    });
    return request;
  };
}

test('a browser without room says so wherever it notices', async () => {
  const full = (name = 'QuotaExceededError') => Object.assign(new Error('full'), { name });
  const throwing = (error) => () => { throw error; };
  const reason = (expected) => (error) => error instanceof StoreUnusable && error.reason === expected;
  for (const [open, expected] of [
    [throwing(full()), 'quota'],
    [throwing(insecure()), 'unavailable'],
    [failing(full()), 'quota'],
    [failing(insecure()), 'unavailable'],
  ]) {
    await withGlobals({ indexedDB: { open } }, () => assert.rejects(indexedDbStore('full').load(0, signal()), reason(expected)));
  }
  const localStorage = { getItem: () => null, setItem: throwing(full('NS_ERROR_DOM_QUOTA_REACHED')) };
  await withGlobals({ localStorage }, () => assert.rejects(localStorageStore('k').replace(0, Uint8Array.of(65), signal()), reason('quota')));
  // Without room in the one and without the other, it is the room that is missing.
  await withGlobals({ indexedDB: { open: throwing(full()) }, localStorage: undefined }, async () => {
    const guard = await open();
    assert.deepEqual(guard.storage, { kind: 'memory', reason: 'quota' });
    guard.shutdown();
  });
});

test('a call that is aborted while the database is opened again changes nothing', async () => {
  const name = 'reopened';
  const store = indexedDbStore(name);
  assert.equal(await store.replace(0, Uint8Array.of(65), signal()), 'replaced');
  const controller = new AbortController();
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function closed() {
    IDBDatabase.prototype.transaction = transaction;
    controller.abort(new Error('gone'));
    throw new DOMException('closed', 'InvalidStateError');
  };
  await assert.rejects(store.replace(1, Uint8Array.of(66), controller), /gone/);
  assert.equal((await store.load(0, signal())).version, 1);
  store.close();
});

test('a listener of the storage that throws keeps nothing from being stored', async () => {
  const guard = await open({ tabs: false });
  const kinds = [];
  const thrown = await thrownMeanwhile(async () => {
    guard.onStorage(() => { throw new Error('listener'); });
    guard.onStorage(({ kind }) => kinds.push(kind));
    // The browser takes the storage away.
    await new Promise((resolve) => (indexedDB.deleteDatabase(`planguard-${app}`).onsuccess = resolve));
    await withGlobals({ indexedDB: { open: () => { throw insecure(); } } }, async () => {
      assert.equal((await guard.login('ada', 'open_chat', () => 1)).type, 'executed');
      await guard.flush();
    });
  });
  assert.deepEqual([kinds, thrown], [['localstorage', 'memory'], ['listener', 'listener']]);
  guard.shutdown();
});
