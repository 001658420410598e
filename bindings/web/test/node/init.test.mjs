// What is given as the module and is none. In a process of its own: the first module that loads stays.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Planguard, PlanguardError, init, version } from '@planguard/web';

const file = (name) => new URL(`../../dist/${name}`, import.meta.url);
const internal = (error) => {
  assert.ok(error instanceof PlanguardError, String(error));
  assert.equal(error.type, 'internal');
  assert.ok(error.remedy?.includes('planguard.wasm'), error.message);
  assert.ok(error.cause !== undefined);
  return true;
};

test('whatever is no module is one kind of error, and the next call may succeed', async () => {
  const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  for (const wasm of [Uint8Array.of(1, 2, 3), 5, {}, empty, await readFile(file('planguard-mini.wasm')), 'no url', file('none.wasm')]) {
    await assert.rejects(init({ wasm }), internal);
  }
  const both = [init({ wasm: empty }), Planguard.open({ sdkAppId: 1400000001, store: 'memory' })];
  for (const { reason } of await Promise.allSettled(both)) internal(reason);
  assert.throws(version, (error) => error instanceof PlanguardError && error.type === 'internal');
});

test('in Node the address of a file is one that is found', async () => {
  await init({ wasm: file('planguard.wasm') });
  assert.match(version(), /^\d+\.\d+\.\d+/);
  // One that is loaded stays, whatever a later call is given.
  await init({ wasm: Uint8Array.of(1) });
  assert.match(version(), /^\d+\.\d+\.\d+/);
});
