// Whole actions, and permits.

import { Chat } from '../support/chat.mjs';
import { settle } from '@planguard/web/testing';
import { assert, test } from '../support/harness.mjs';
import { STRICT, withGuard } from '../support/world.mjs';

const ADD = { type: 'add_friend', user: 'ada', peer: 'bob' };

test('an action that fits is carried out and counted', () =>
  withGuard({}, async (guard) => {
    await guard.observe({ type: 'friends', user: 'ada', count: 10 });
    const done = await guard.perform(ADD, async () => 'added');
    assert.equal([done.type, done.value], ['done', 'added']);
    assert.equal(guard.check({ ...ADD, peer: 'cyd' }).tightest.used, 11);
  }));

test('an action that does not fit calls nobody, and says why', () =>
  withGuard({ decisions: STRICT }, async (guard) => {
    await guard.observe({ type: 'friends', user: 'ada', count: 3000 });
    const chat = new Chat();
    const refused = await guard.perform(ADD, chat.call);
    assert.equal([refused.type, chat.calls, refused.assessment.decision], ['by_plan', 0, 'denied']);
    assert.ok(refused.explain('en').length > 0 && refused.assessment.remedies.length > 0);
  }));

test('a refusal of the provider is explained, and carries what was thrown', () =>
  withGuard({}, async (guard) => {
    const refusal = Object.assign(new Error('peer is full'), { code: 30014 });
    const refused = await guard.perform(ADD, () => Promise.reject(refusal));
    assert.equal([refused.type, refused.rejection.code, refused.rejection.rejectionClass], ['by_provider', 30014, 'limit_reached']);
    assert.ok(refused.error === refusal);
  }));

test('an action of which a part happened counts that part', () =>
  withGuard({}, async (guard) => {
    await guard.observe({ type: 'group', group: 'g', members: 10 });
    const action = { type: 'add_members', group: 'g', kind: 'public', count: 5 };
    await guard.perform(action, async () => 3, { done: (value) => ({ type: 'amount', value }) });
    assert.equal(guard.check(action).tightest.used, 13);
  }));

test('a permit holds room until it is finished', () =>
  withGuard({ decisions: STRICT }, async (guard) => {
    await guard.observe({ type: 'friends', user: 'ada', count: 2999 });
    const held = await guard.reserve(ADD);
    assert.equal(held.type, 'held');
    assert.ok(held.permit.expires instanceof Date && held.permit.id.length > 0);
    assert.equal((await guard.reserve({ ...ADD, peer: 'cyd' })).type, 'denied');
    held.permit.release();
    await settle();
    const again = await guard.reserve(ADD);
    assert.equal(await again.permit.commit(), 'in_time');
    await assert.rejects(again.permit.commit(), (error) => assert.equal(error.type, 'finished'));
  }));

test('a permit that is disposed of gives its room back', () =>
  withGuard({ decisions: STRICT }, async (guard) => {
    await guard.observe({ type: 'friends', user: 'ada', count: 2999 });
    const { permit } = await guard.reserve(ADD);
    permit[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    await settle();
    assert.equal((await guard.reserve(ADD)).type, 'held');
  }));

test('a permit that expires gives its room back', () =>
  withGuard({ decisions: STRICT }, async (guard, clock) => {
    await guard.observe({ type: 'friends', user: 'ada', count: 2999 });
    const { permit } = await guard.reserve(ADD, { length: 10_000 });
    const id = permit.keep();
    await clock.advance(11_000);
    assert.equal((await guard.reserve(ADD)).type, 'held');
    assert.equal(await guard.commitPermit(id, { type: 'all' }), 'after_expiry');
  }));

test('1,000 reserves with room for 100 grant exactly 100', () =>
  withGuard({ decisions: STRICT }, async (guard) => {
    await guard.observe({ type: 'friends', user: 'ada', count: 2900 });
    const all = await Promise.all(Array.from({ length: 1000 }, (_, n) => guard.reserve({ ...ADD, peer: `p${n}` })));
    assert.equal(all.filter(({ type }) => type === 'held').length, 100);
  }));

test('300 reserves aborted at random leave no room held', () =>
  withGuard({ decisions: STRICT }, async (guard) => {
    await guard.observe({ type: 'friends', user: 'ada', count: 0 });
    let seed = 7;
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    const results = await Promise.all(
      Array.from({ length: 300 }, async (_, n) => {
        const controller = new AbortController();
        const turns = Math.floor(random() * 40);
        const reserve = guard.reserve({ ...ADD, peer: `p${n}` }, { signal: controller.signal });
        const abort = (async () => {
          for (let turn = 0; turn < turns; turn++) await Promise.resolve();
          controller.abort();
        })();
        const [result] = await Promise.allSettled([reserve, abort]);
        if (result.status === 'fulfilled') result.value.permit.release();
        return result.status;
      }),
    );
    await guard.flush();
    await settle();
    const { tightest } = guard.check(ADD);
    assert.equal([tightest.reserved, results.length], [0, 300]);
    assert.ok(results.includes('rejected'), 'some were aborted');
  }));

test('an action is counted once for a key', () =>
  withGuard({}, async (guard) => {
    assert.equal(await guard.record({ type: 'push', messages: 3 }, { key: 'k' }), true);
    assert.equal(await guard.record({ type: 'push', messages: 3 }, { key: 'k' }), false);
  }));
