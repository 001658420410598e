// What the plan says, and how it is said.

import { Catalog, explain, explainFeatureReason, parseFeature, parseLocale, version } from '@planguard/web';
import { assert, test } from '../support/harness.mjs';
import CONTRACT from '../support/contract.mjs';
import { STRICT, withGuard } from '../support/world.mjs';

test('a feature is answered with a word and a text in both languages', () =>
  withGuard({}, async (guard) => {
    const decision = guard.feature('community');
    assert.equal(decision.granted, false);
    assert.equal(decision.reason.type, 'not_in_edition');
    assert.ok(decision.explain('en').includes('Community') || decision.explain('en').length > 10);
    assert.ok(/社群/.test(decision.explain('zh-Hans')));
    assert.equal(explainFeatureReason(decision.reason, 'community', 'en').length > 0, true);
  }));

test('the answers of gates are kept until something changes', () =>
  withGuard({}, async (guard) => {
    assert.ok(guard.feature('community') === guard.feature('community'), 'the same object');
    const { plan } = guard;
    assert.ok(guard.plan === plan);
    guard.setPhase('background');
    assert.ok(guard.plan !== plan, 'another plan after the phase changed');
  }));

test('a table expires by the clock', async () => {
  const document = {
    schema: 1, revision: 1, sdk_app_id: 1400000001, catalog: 'intl-2024', edition: 'standard',
    issued_at: '2024-08-10T12:00:00+08:00',
    subscription: { starts_at: '2024-08-01T00:00:00+08:00', expires_at: '2024-08-10T13:00:00+08:00' },
  };
  const seed = new TextEncoder().encode(JSON.stringify(document));
  await withGuard({ seed, fallback: undefined }, async (guard, clock) => {
    assert.equal(guard.feature('global_coverage').granted, true);
    const seen = [];
    const stop = guard.onPlan((plan) => seen.push(plan.lifecycle.type));
    await clock.advance(26 * 3600 * 1000);
    assert.equal(guard.feature('global_coverage').granted, false);
    assert.ok(seen.includes('suspended'), `told of ${seen}`);
    stop();
  });
});

test('a remedy names the edition and the price', () =>
  withGuard({}, async (guard) => {
    const { remedies, explanation } = guard.explainFeature('community');
    const change = remedies.find((remedy) => remedy.type === 'change_edition');
    assert.ok(change, JSON.stringify(remedies));
    assert.ok(explanation.en.length > 0 && change.explain('zh-Hans').length > 0);
  }));

test('limits are plain numbers', () =>
  withGuard({}, async (guard) => {
    assert.equal(guard.limit('friends_per_user').max, { type: 'of', value: 3000 });
  }));

test('a check says which limit and how much fits', () =>
  withGuard({ decisions: STRICT }, async (guard) => {
    await guard.observe({ type: 'friends', user: 'ada', count: 2999 });
    const verdict = guard.check({ type: 'add_friend', user: 'ada', peer: 'bob' });
    assert.equal([verdict.decision, verdict.tightest.used, verdict.tightest.fits], ['warned', 2999, 1]);
  }));

test('instants are dates, amounts are text with a currency', () =>
  withGuard({}, async (guard) => {
    assert.ok(guard.now instanceof Date);
    assert.equal(guard.now.toISOString(), '2024-08-10T04:00:00.000Z');
    const forecast = guard.forecast();
    assert.equal(forecast.low.total, { amount: '399', currency: 'USD' });
    assert.equal(forecast.low.month, '2024-08');
  }));

test('no answer holds a bigint', () =>
  withGuard({}, async (guard) => {
    const answers = [guard.entitlements, guard.plan, guard.forecast(), guard.assess({ type: 'search' }), guard.explainFeature('community')];
    // JSON refuses one.
    for (const answer of answers) assert.ok(JSON.stringify(answer).length > 2);
  }));

test('price lists are objects', async () => {
  const catalog = Catalog.builtIn('intl-2024');
  assert.equal(catalog.id, 'intl-2024');
  assert.equal(catalog.currency, 'USD');
  assert.equal(catalog.pricePerMonth('standard'), { amount: '399', currency: 'USD' });
  assert.ok(catalog.editions.includes('premium'));
  assert.equal(Catalog.all().length > 1, true);
  assert.throws(() => Catalog.fromJson('{}'), (error) => assert.equal(error.type, 'invalid_input'));
  const own = Catalog.fromJson(JSON.stringify(CONTRACT));
  assert.equal([own.id, ...own.editions], ['our-contract', 'silver', 'gold']);
  await withGuard({ catalogs: [own], fallback: ['our-contract', 'gold'] }, async (guard) => {
    assert.equal(guard.feature('community').granted, true);
    assert.equal(guard.limit('friends_per_user').max, { type: 'of', value: 20 });
  });
});

test('words are read and explained', () => {
  assert.equal(parseFeature('community'), 'community');
  assert.equal(parseLocale('zh-CN'), 'zh-Hans');
  assert.ok(explain('Alternative', 'cached_conversations', 'en').length > 5);
  assert.ok(/^\d+\.\d+\.\d+$/.test(version()));
});
