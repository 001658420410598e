// Memory that grows while bytes are handed over. In a process of its own: a module that has served other tests has room.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Catalog, Planguard, compare, memoryStore } from '@planguard/web';

let memory;
const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (...args) => {
  const made = await instantiate(...args);
  memory = (made.instance ?? made).exports.memory;
  return made;
};

const seed = (padding) =>
  new TextEncoder().encode(JSON.stringify({
    schema: 1, revision: 2, sdk_app_id: 1400000001, catalog: 'intl-2024', edition: 'premium',
    issued_at: '2024-08-10T12:00:00+08:00', note: 'x'.repeat(padding),
  }));
const open = (more) => Planguard.open({ sdkAppId: 1400000001, store: memoryStore(), tabs: false, ...more });

test('an argument for which memory has to grow arrives whole', async () => {
  (await open()).shutdown();
  const before = memory.buffer;
  const guard = await open({ seed: seed(900_000) });
  assert.equal(before.byteLength, 0, 'memory grew, and views of it from before are of nothing');
  assert.equal(guard.entitlements.edition, 'premium');
  guard.shutdown();
});

test('a call with an argument that is refused leaves nothing behind', async () => {
  const guard = await open();
  const catalog = Catalog.builtIn('intl-2024');
  const long = 'x'.repeat(1_000_000);
  const refused = { type: 'push', messages: -1 };
  const round = async (times) => {
    for (let n = 0; n < times / 500; n++) assert.throws(() => compare(catalog, long, 5));
    for (let n = 0; n < times; n++) {
      // The handler is given to the core only with a call that is made.
      await assert.rejects(guard.perform({ type: 'push', messages: 1 }, () => 1, { timeout: NaN }));
      assert.throws(() => guard.check(refused));
    }
  };
  await round(500);
  const before = memory.buffer.byteLength;
  await round(20_000);
  assert.ok(memory.buffer.byteLength - before < 500_000, `it grew by ${memory.buffer.byteLength - before} bytes`);
  guard.shutdown();
});
