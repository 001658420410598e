// Objects of the host and memory of the module do not pile up.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Planguard, init } from '@planguard/web';
import { readFile } from 'node:fs/promises';

test('thousands of logins and guards do not make the memory of the module grow', async () => {
  const bytes = await readFile(new URL('../../dist/planguard.wasm', import.meta.url));
  const module = await WebAssembly.compile(bytes);
  const instantiate = WebAssembly.instantiate;
  let memory;
  WebAssembly.instantiate = async (...args) => {
    const instance = await instantiate(...args);
    memory = instance.exports.memory;
    return instance;
  };
  try {
    await init({ wasm: module });
  } finally {
    WebAssembly.instantiate = instantiate;
  }
  const round = async () => {
    const guard = await Planguard.open({ sdkAppId: 1400000001, fallback: ['intl-2024', 'standard'], store: 'memory' });
    const events = guard.events();
    for (let n = 0; n < 20; n++) {
      await guard.login('ada', 'open_chat', () => n);
      const { permit } = await guard.reserve({ type: 'add_friend', user: 'ada', peer: 'bob' });
      permit.release();
      permit[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
      guard.explainFeature('community');
    }
    await events.return();
    guard.shutdown();
  };
  for (let n = 0; n < 20; n++) await round();
  const before = memory.buffer.byteLength;
  for (let n = 0; n < 100; n++) await round();
  assert.ok(memory.buffer.byteLength - before < 2 ** 20, `it grew by ${memory.buffer.byteLength - before} bytes`);
});
