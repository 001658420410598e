// The entry for mini programs with what it must not be given: a wrong call breaks nothing.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { PlanguardError, load } from '@planguard/web/mini';

const file = (name) => new URL(`../../dist/${name}`, import.meta.url);
const wasm = await readFile(file('planguard-mini.wasm'));
const mini = await load({ instantiate: WebAssembly.instantiate, path: wasm });
const OPTIONS = { sdkAppId: 1400000001, now: () => new Date('2024-08-10T12:00:00+08:00'), fallback: ['intl-2024', 'standard'] };
const decisions = mini.open(OPTIONS);

function refused(call, field) {
  assert.throws(call, (error) => {
    assert.ok(error instanceof PlanguardError, String(error));
    assert.deepEqual([error.type, error.field], ['invalid_input', field], error.message);
    return true;
  });
  assert.equal(decisions.feature('community').granted, false, 'the module goes on');
}

test('an instance that is none is one kind of error', async () => {
  const internal = (error) => error instanceof PlanguardError && error.type === 'internal';
  const proxy = new Proxy({}, { has: () => { throw new Error('has'); } });
  for (const given of [null, undefined, 5, { instance: null }, {}, proxy]) {
    await assert.rejects(load({ instantiate: async () => given, path: 'x' }), internal);
  }
  const cause = new Error('no file');
  await assert.rejects(load({ instantiate: () => Promise.reject(cause), path: 'x' }), (error) => internal(error) && error.cause === cause);
  await assert.rejects(load({ instantiate: () => { throw cause; }, path: 'x' }), (error) => internal(error) && error.cause === cause);
  await assert.rejects(load({ path: 'x' }), internal);
  await assert.rejects(load(), internal);
});

test('a value that JSON has no word for is refused, and the module goes on', () => {
  const friends = (count) => ({ type: 'friends', user: 'ada', count });
  for (const count of [5n, NaN, Infinity, -Infinity]) refused(() => decisions.observe(friends(count)), 'count');
  refused(() => decisions.knownActive(['ada', 5n]), 'users');
  refused(() => mini.open({ ...OPTIONS, logins: { mauBudget: NaN } }), 'mauBudget');
  refused(() => decisions.feature('community', { groupSize: NaN }), 'groupSize');
  refused(() => decisions.failed('ada', NaN), 'code');
  refused(() => mini.bill({ catalog: 'intl-2024', edition: 'standard', month: '2024-08', usage: { mau: 5n } }), 'mau');
  for (const user of ['a\ud800', '\udfffa']) refused(() => decisions.login({ user, intent: 'open_chat' }), 'user');
  const cyclic = { type: 'friends' };
  cyclic.self = cyclic;
  refused(() => decisions.observe(cyclic), undefined);
  refused(() => decisions.observe({ get type() { throw new Error('get'); } }), undefined);
  refused(() => decisions.check({ type: 'search', toJSON: () => { throw new Error('json'); } }), undefined);
  refused(() => mini.bill(cyclic), undefined);
});

test('a time that is none is named', () => {
  for (const now of [() => 5, () => new Date(NaN), () => undefined, 5]) refused(() => mini.open({ ...OPTIONS, now }), 'now');
  for (const fetchedAt of [5, new Date(NaN), 'x']) refused(() => mini.open({ ...OPTIONS, fetchedAt }), 'fetchedAt');
  for (const at of ['x', 5, new Date(NaN)]) refused(() => decisions.knownActive(['ada'], at), 'at');
  for (const options of [undefined, null, 'x']) refused(() => mini.open(options), 'sdkAppId');
  const own = new Error('own');
  const fails = () => mini.open({ ...OPTIONS, now: () => { throw own; } });
  assert.throws(fails, ({ field, cause }) => field === 'now' && cause === own);
  assert.ok(mini.open({ ...OPTIONS, now: null }).lifecycle.type);
});

test('a request says what is asked, not of whom', () => {
  const request = { user: 'ada', intent: 'open_chat', op: 'lifecycle', on: 99, now: 'never' };
  assert.equal(decisions.login(request).type, 'execute');
  assert.equal(mini.open({ ...OPTIONS, op: 'catalog' }).feature('community').granted, false);
});

test('a name that is not known is refused, with the nearest that is', () => {
  const named = (call, field, nearest) =>
    assert.throws(call, (error) => {
      assert.deepEqual([error.type, error.field], ['invalid_input', field]);
      assert.match(error.message, new RegExp(`the nearest name is \`${nearest}\``));
      return true;
    });
  const friends = { type: 'friends', user: 'ada', count: 1 };
  named(() => mini.open({ ...OPTIONS, fallbck: OPTIONS.fallback }), 'fallbck', 'fallback');
  named(() => mini.open({ ...OPTIONS, decisions: { onstale: 'enforce' } }), 'onstale', 'onStale');
  named(() => mini.open({ ...OPTIONS, logins: { mauBuget: 5 } }), 'mauBuget', 'mauBudget');
  named(() => decisions.login({ user: 'ada', intent: 'open_chat', knownToProvidr: false }), 'knownToProvidr', 'knownToProvider');
  named(() => decisions.sent({ user: 'ada', intent: 'open_chat', intnet: 'x' }), 'intnet', 'intent');
  named(() => decisions.feature('community', { platfrom: 'web' }), 'platfrom', 'platform');
  named(() => decisions.observe({ ...friends, cuont: 2 }), 'cuont', 'count');
  named(() => decisions.check({ type: 'push', messages: 1, mesages: 2 }), 'mesages', 'messages');
  decisions.observe({ ...friends, other: undefined, another: null });
});

test('a login that was not sent cannot succeed or fail, and counts nobody', () => {
  const fresh = mini.open(OPTIONS);
  const counted = () => !fresh.login({ user: 'ada', intent: 'open_chat' }).mau.newInMonth;
  refused(() => fresh.succeeded('ada'), 'user');
  refused(() => fresh.failed('ada', 70001), 'user');
  assert.equal(counted(), false);
  fresh.sent({ user: 'ada', intent: 'open_chat' });
  refused(() => fresh.succeeded('bob'), 'user');
  assert.equal(fresh.succeeded('ada').newInMonth, true);
  refused(() => fresh.succeeded('ada'), 'user');
  fresh.session('ada', 'ended');
  assert.equal(counted(), true);
});

test('what is large, unknown or of another type is refused', () => {
  refused(() => decisions.login({ user: 'x'.repeat(10_000_000), intent: 'open_chat' }), 'user');
  decisions.knownActive(Array.from({ length: 100_000 }, (_, n) => `u${n}`));
  refused(() => decisions.check(null), 'type');
  refused(() => decisions.login(), 'intent');
  refused(() => decisions.limit(), 'limit');
  refused(() => decisions.feature('__proto__'), 'feature');
  refused(() => mini.catalog('__proto__'), 'catalog');
  refused(() => mini.open({ ...OPTIONS, seed: '['.repeat(100_000) }), 'seed');
  refused(() => mini.open({ ...OPTIONS, seed: {} }), 'seed');
});
