// The module's own traps: memory that moves, objects of the host, calls that nobody waits for.

import { assert, test, within } from '../support/harness.mjs';
import { settle } from '@planguard/web/testing';
import { memoryStore, systemClock } from '@planguard/web';
import { Planguard } from '@planguard/web';
import { withGuard } from '../support/world.mjs';

test('much that is handed over arrives whole, in guard after guard', async () => {
  const kept = memoryStore();
  await withGuard({ store: kept }, async (guard) => {
    // Each round writes more than there is room for.
    for (let round = 0; round < 20; round++) {
      await guard.observe({ type: 'group', group: `${round}-${'g'.repeat(40)}`, members: round });
      const id = `k${round}`.padEnd(64, 'x');
      await guard.record({ type: 'push', messages: 1 }, { key: id });
    }
  });
  const seed = new TextEncoder().encode(JSON.stringify({
    schema: 1, revision: 2, sdk_app_id: 1400000001, catalog: 'intl-2024', edition: 'premium',
    issued_at: '2024-08-10T12:00:00+08:00', note: 'x'.repeat(900_000),
  }));
  const guards = [];
  for (let n = 0; n < 8; n++) guards.push(await Planguard.open({ sdkAppId: 1400000001, store: memoryStore(), tabs: false, seed }));
  for (const guard of guards) {
    assert.equal(guard.entitlements.edition, 'premium', 'the document arrived whole');
    guard.shutdown();
  }
});

test('sleeping ends when it is aborted, and does not reject', async () => {
  const nap = new AbortController();
  const slept = systemClock.sleep(3_600_000, { signal: nap.signal });
  nap.abort(new Error('gone'));
  assert.equal(await within(1_000, slept), undefined);
  // Aborted before it begins: nothing to wait for.
  assert.equal(await within(1_000, systemClock.sleep(3_600_000, { signal: nap.signal })), undefined);
});

test('a store that answers something else is a failure of the store, and the guard goes on in memory', async () => {
  for (const answer of [undefined, null, 7, 'x', { version: 'one' }, { version: -1, content: new Uint8Array() }]) {
    const store = { load: async () => answer, replace: async () => answer };
    try {
      await withGuard({ store }, async (guard) => assert.equal(guard.feature('community').granted, false));
    } catch (error) {
      assert.equal(error.type, 'store', `${JSON.stringify(answer)}: ${error}`);
    }
  }
});

test('a store that throws anything is bounded and typed', async () => {
  for (const thrown of [undefined, null, Object.create(null), 'text', new Error('disk')]) {
    const store = { load: () => Promise.reject(thrown), replace: () => Promise.reject(thrown) };
    const error = await assert.rejects(withGuard({ store }, async (guard) => guard.record({ type: 'search' })).then(() => {
      throw Object.assign(new Error('went on'), { type: 'store' });
    }));
    assert.equal(error.type, 'store');
  }
});

test('a clock that throws leaves the last time in force', async () => {
  let broken = false;
  const base = 1_723_262_400_000;
  const clock = {
    now: () => { if (broken) throw new Error('x'); return base; },
    elapsed: () => { if (broken) throw new Error('x'); return 5; },
    sleep: (_, { signal }) => new Promise((resolve) => signal.addEventListener('abort', resolve)),
  };
  await withGuard({ clock }, async (guard) => {
    const now = +guard.now;
    broken = true;
    assert.equal(+guard.now, now);
    broken = false;
  });
});

test('guards do not disturb each other', async () => {
  const open = (edition) => Planguard.open({ sdkAppId: 1400000001, fallback: ['intl-2024', edition], store: 'memory' });
  const [one, other] = await Promise.all([open('standard'), open('premium')]);
  assert.equal([one.feature('community').granted, other.feature('community').granted], [false, true]);
  one.shutdown();
  assert.equal(other.feature('community').granted, true);
  other.shutdown();
  await settle();
});
