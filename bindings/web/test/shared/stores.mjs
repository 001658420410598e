// The contract of a store, for each of ours.

import { indexedDbStore, localStorageStore, memoryStore } from '@planguard/web';
import { assert, test } from '../support/harness.mjs';

let count = 0;
const fresh = (kind) => `test-${kind}-${++count}-${Math.round(performance.timeOrigin)}`;
const open = () => ({ signal: new AbortController().signal });
const bytes = (...values) => Uint8Array.from(values);

/** Each store, and another one on the same content. */
const stores = {
  memory: () => {
    const store = memoryStore();
    return [store, store];
  },
  indexeddb: () => {
    const name = fresh('idb');
    return [indexedDbStore(name), indexedDbStore(name)];
  },
};
if (typeof localStorage !== 'undefined') {
  stores.localstorage = () => {
    const name = fresh('local');
    return [localStorageStore(name), localStorageStore(name)];
  };
}

for (const [kind, make] of Object.entries(stores)) {
  test(`${kind}: what is replaced is loaded, unless it is known`, async () => {
    const [store, other] = make();
    assert.equal(await store.load(0, open()), undefined);
    assert.equal((await store.load(3, open())).version, 0);
    assert.equal(await store.replace(0, bytes(65, 66), open()), 'replaced');
    const held = await other.load(0, open());
    assert.equal([held.version, ...held.content], [1, 65, 66]);
    assert.equal(await other.load(1, open()), undefined);
    store.close?.();
    other.close?.();
  });

  test(`${kind}: of many who replace the same version one does`, async () => {
    const [store, other] = make();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => (n % 2 ? store : other).replace(0, bytes(65 + n), open())),
    );
    assert.equal(answers.filter((answer) => answer === 'replaced').length, 1);
    assert.equal(await store.replace(0, bytes(1), open()), 'conflict');
    assert.equal(await store.replace(1, bytes(66), open()), 'replaced');
    assert.equal((await other.load(0, open())).version, 2);
    store.close?.();
    other.close?.();
  });

  test(`${kind}: an aborted call changes nothing`, async () => {
    const [store, other] = make();
    await store.replace(0, bytes(65), open());
    const controller = new AbortController();
    controller.abort(new Error('gone'));
    const error = await assert.rejects(store.replace(1, bytes(66), controller));
    assert.equal(error.message, 'gone');
    assert.equal((await other.load(0, open())).version, 1);
    store.close?.();
    other.close?.();
  });
}

test('indexeddb: a call that is aborted while it runs changes nothing', async () => {
  const store = indexedDbStore(fresh('idb'));
  await store.replace(0, bytes(65), open());
  const controller = new AbortController();
  const replace = store.replace(1, bytes(66), controller);
  await Promise.resolve();
  await Promise.resolve();
  controller.abort(new Error('gone'));
  await assert.rejects(replace);
  assert.equal((await store.load(0, open())).version, 1);
  store.close();
});

test('indexeddb: a connection that another tab closed is opened again', async () => {
  const name = fresh('idb');
  const store = indexedDbStore(name);
  await store.replace(0, bytes(65), open());
  await new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = resolve;
    request.onerror = reject;
  });
  assert.equal((await store.load(1, open())).version, 0, 'it was emptied');
  assert.equal(await store.replace(0, bytes(66), open()), 'replaced');
  store.close();
});

test('indexeddb: a database of a newer version is left alone', async () => {
  const name = fresh('idb');
  const newer = await new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 9);
    request.onupgradeneeded = () => request.result.createObjectStore('state');
    request.onsuccess = () => resolve(request.result);
    request.onerror = reject;
  });
  newer.close();
  const error = await assert.rejects(indexedDbStore(name).load(0, open()));
  assert.equal(error.reason, 'version');
});
