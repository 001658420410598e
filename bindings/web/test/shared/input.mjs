// What cannot be used is an error that names the field and the remedy.

import { Planguard, PlanguardError, parseFeature } from '@planguard/web';
import { assert, test } from '../support/harness.mjs';
import { withGuard } from '../support/world.mjs';

const bad = (field) => (error) => {
  assert.ok(error instanceof PlanguardError, String(error));
  assert.equal([error.type, error.field], ['invalid_input', field]);
  assert.ok(error.explain('en') && error.explain('zh-Hans'));
  assert.ok(error.message.startsWith(`${field.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)}`) || error.message.startsWith(field), error.message);
};

test('an id that is none names the field, and what to pass', () =>
  withGuard({}, async (guard) => {
    const error = assert.throws(() => guard.check({ type: 'add_friend', user: '', peer: 'bob' }), bad('userId'));
    assert.ok(error.remedy.includes('pass the id'), error.remedy);
    await assert.rejects(guard.login('', 'open_chat', () => 1), bad('userId'));
    assert.throws(() => guard.session(''), bad('userId'));
  }));

test('a word that is none is named with the known ones', () =>
  withGuard({}, async (guard) => {
    assert.throws(() => guard.check({ type: 'add_freind', user: 'ada', peer: 'bob' }), (error) => {
      bad('type')(error);
      assert.ok(error.message.includes('add_friend'));
    });
    assert.throws(() => guard.feature('comunity'), (error) => assert.equal(error.type, 'invalid_input'));
    await assert.rejects(guard.login('ada', 'opn_chat', () => 1), bad('intent'));
    assert.throws(() => parseFeature('comunity'), (error) => assert.ok(error.message.includes('community')));
  }));

test('a value of another type is an error, with its path', () =>
  withGuard({}, async (guard) => {
    assert.throws(() => guard.check({ type: 'push', messages: 1.5 }), bad('messages'));
    assert.throws(() => guard.check({ type: 'push', messages: -1 }), bad('messages'));
    assert.throws(() => guard.check({ type: 'add_friend', user: 7, peer: 'bob' }), bad('user'));
    assert.throws(() => guard.check(null), (error) => assert.equal(error.type, 'invalid_input'));
    await assert.rejects(guard.login('ada', 'open_chat', () => 1, { timeout: NaN }), bad('timeout'));
  }));

test('options that contradict each other are refused', async () => {
  const fails = (options, field) => assert.rejects(Planguard.open({ sdkAppId: 1400000001, store: 'memory', ...options }), bad(field));
  await fails({ sdkAppId: 0 }, 'sdkAppId');
  await fails({ sdkAppId: 1.5 }, 'sdkAppId');
  await fails({ endpoint: 'ftp://x' }, 'endpoint');
  await fails({ fallback: ['intl-2024', 'standrad'] }, 'fallback');
  await fails({ decisions: { thresholds: [90, 80] } }, 'decisions.thresholds');
});

test('after shutdown every call says that the guard is closed', () =>
  withGuard({}, async (guard) => {
    guard.feature('community');
    guard.shutdown();
    const closed = (error) => assert.equal(error.type, 'closed');
    assert.throws(() => guard.feature('community'), closed);
    assert.throws(() => guard.check({ type: 'search' }), closed);
    await assert.rejects(guard.login('ada', 'open_chat', () => 1), closed);
    await assert.rejects(guard.sync(), closed);
    assert.equal(guard.isShutDown, true);
  }));

test('a guard in a using declaration is shut down at its end', () =>
  withGuard({}, async (guard) => {
    guard[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    assert.equal(guard.isShutDown, true);
  }));
