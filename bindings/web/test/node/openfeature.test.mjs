// The provider for OpenFeature, with that SDK's own client.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { OpenFeature, ProviderEvents, ProviderStatus } from '@openfeature/web-sdk';
import { PlanguardProvider } from '@planguard/web/openfeature';
import { ScriptedEndpoint, settle } from '@planguard/web/testing';
import { within } from '../support/harness.mjs';
import { withGuard } from '../support/world.mjs';

const DOCUMENT = {
  schema: 1, revision: 1, sdk_app_id: 1400000001, catalog: 'intl-2024', edition: 'premium',
  issued_at: '2024-08-10T12:00:00+08:00',
};
const answer = (document) => ({ headers: { 'cache-control': 'max-age=3600' }, body: { ...DOCUMENT, ...document } });

/** Runs `body` with a guard and an OpenFeature client over it. */
function withClient(body, { answers = [answer()], provider: options, ...rest } = {}) {
  const transport = new ScriptedEndpoint(...answers);
  return within(30_000, withGuard({ endpoint: 'https://billing.example', transport, ...rest }, async (guard, clock) => {
    const provider = new PlanguardProvider(guard, options);
    try {
      await OpenFeature.setProviderAndWait(provider);
      await body({ client: OpenFeature.getClient(), clock, guard, provider });
    } finally {
      await OpenFeature.clearProviders();
      await OpenFeature.clearContexts();
      OpenFeature.clearHandlers();
    }
  }));
}

test('a feature is a boolean with the guard’s reason', () =>
  withClient(async ({ client, guard }) => {
    await guard.sync();
    const details = client.getBooleanDetails('community', false);
    assert.deepEqual([details.value, details.variant, details.reason, details.errorCode], [true, 'granted', 'STATIC', undefined]);
    const { generation, ...metadata } = details.flagMetadata;
    assert.equal(generation, guard.plan.generation);
    const explanation = guard.feature('community').explain('en');
    const lifecycle = guard.lifecycle.type;
    assert.deepEqual(metadata, { kind: 'feature', reason: 'included', stale: false, lifecycle, explanation });
  }));

test('every feature answers as the guard does', () =>
  withClient(async ({ client, guard }) => {
    await guard.sync();
    for (const { feature, granted } of guard.plan.features) assert.equal(client.getBooleanValue(feature, !granted), granted, feature);
  }));

test('a denied feature explains itself in the language that was asked for', () =>
  withClient(async ({ client, guard }) => {
    const details = client.getBooleanDetails('community', true);
    assert.deepEqual([details.value, details.variant, details.flagMetadata.reason], [false, 'denied', 'not_in_edition']);
    assert.equal(details.flagMetadata.explanation, guard.feature('community').explain('zh-Hans'));
  }, { provider: { locale: 'zh-Hans' } }));

test('a plan that is only assumed, or old, is stale by its reason', () =>
  withClient(async ({ client }) => {
    const details = client.getBooleanDetails('community', true);
    assert.deepEqual([details.reason, details.flagMetadata.stale], ['STALE', true]);
  }));

test('a limit is a number, and every known one answers as the guard does', () =>
  withClient(async ({ client, guard }) => {
    await guard.sync();
    let unlimited = 0;
    for (const { limit, effective } of guard.plan.limits) {
      const details = client.getNumberDetails(limit, -1);
      const bounded = effective.max.type === 'of';
      unlimited += bounded ? 0 : 1;
      assert.equal(details.value, bounded ? effective.max.value : Infinity, limit);
      assert.deepEqual([details.flagMetadata.authority, details.flagMetadata.unlimited], [effective.authority, !bounded]);
    }
    assert.ok(guard.plan.limits.length > unlimited && unlimited > 0, 'both kinds were seen');
  }));

test('a limit that the plan does not state is the caller’s default', () =>
  withClient(async ({ client, guard }) => {
    const silent = ['free_dau', 'free_peak_groups', 'max_users'].filter((limit) => guard.limit(limit) === undefined);
    assert.ok(silent.length > 0);
    const details = client.getNumberDetails(silent[0], 7);
    assert.deepEqual([details.value, details.reason, details.errorCode, details.flagMetadata.authority], [7, 'DEFAULT', undefined, 'unknown']);
  }));

test('an unknown flag is not found, and answers the default', () =>
  withClient(async ({ client }) => {
    const all = [
      [client.getBooleanDetails('dark_mode', true), true], [client.getNumberDetails('dark_mode', 3), 3],
      [client.getStringDetails('dark_mode', 'x'), 'x'],
    ];
    for (const [{ errorCode, reason, value }, fallback] of all) {
      assert.deepEqual([errorCode, reason, value], ['FLAG_NOT_FOUND', 'ERROR', fallback]);
    }
  }));

test('a flag asked for as another type is a type mismatch', () =>
  withClient(async ({ client }) => {
    const all = [
      client.getNumberDetails('community', 3), client.getStringDetails('community', 'x'), client.getObjectDetails('community', {}),
      client.getBooleanDetails('friends_per_user', true), client.getStringDetails('friends_per_user', 'x'),
    ];
    for (const { errorCode, flagKey } of all) assert.equal(errorCode, 'TYPE_MISMATCH', flagKey);
  }));

test('a context decides where a feature has conditions, and a bad one is refused', () =>
  withClient(async ({ client, guard }) => {
    await guard.sync();
    const context = { platform: 'web', groupType: 'community', sdkVersion: '3.6.6' };
    const inContext = { platform: 'web', groupType: 'community', sdkVersion: { major: 3, minor: 6, patch: 6 } };
    await OpenFeature.setContext(context);
    const unmet = [];
    for (const { feature } of guard.plan.features) {
      const decision = guard.featureIn(feature, inContext);
      const details = client.getBooleanDetails(feature, !decision.granted);
      assert.deepEqual([details.value, details.flagMetadata.reason], [decision.granted, decision.reason.type], feature);
      if (details.flagMetadata.reason === 'condition_unmet') unmet.push(feature);
    }
    assert.ok(unmet.length > 0, 'a condition mattered');
    for (const bad of [{ sdkVersion: 'latest' }, { platform: 'fridge' }, { groupSize: 'many' }]) {
      await OpenFeature.setContext(bad);
      assert.equal(client.getBooleanDetails('community', false).errorCode, 'INVALID_CONTEXT', JSON.stringify(bad));
    }
  }));

test('a context of other things changes nothing', () =>
  withClient(async ({ client, guard }) => {
    await guard.sync();
    await OpenFeature.setContext({ targetingKey: 'ada', theme: 'dark' });
    assert.equal(client.getBooleanValue('community', false), true);
  }));

test('another plan is an event that names the flags that changed', () =>
  withClient(async ({ client, guard }) => {
    const events = [];
    client.addHandler(ProviderEvents.ConfigurationChanged, (event) => events.push(event.flagsChanged));
    await guard.sync();
    await settle();
    assert.equal(events.length, 1);
    assert.ok(events[0].includes('community'));
    assert.ok(events[0].includes('friends_per_user'));
    assert.equal(client.getBooleanValue('community', false), true);
  }));

test('a plan that becomes stale is an event and a status, and so is a fresh one', () =>
  withClient(async ({ client, clock, guard }) => {
    await guard.sync();
    await settle();
    assert.equal(client.providerStatus, ProviderStatus.READY);
    await clock.advance(3 * 3_600_000);
    assert.equal(client.providerStatus, ProviderStatus.STALE);
    assert.equal(client.getBooleanDetails('community', false).reason, 'STALE');
    await guard.sync('fetch');
    await settle();
    assert.equal(client.providerStatus, ProviderStatus.READY);
    assert.equal(client.getBooleanDetails('community', false).reason, 'STATIC');
  }, { answers: [answer(), answer({ revision: 2 })] }));

test('after OpenFeature is closed the provider listens no more, and the guard is still open', () =>
  withClient(async ({ guard, provider }) => {
    let emitted = 0;
    provider.events.addHandler(ProviderEvents.ConfigurationChanged, () => (emitted += 1));
    await OpenFeature.close();
    await guard.sync();
    await settle();
    assert.equal(emitted, 0);
    assert.equal(guard.feature('community').granted, true);
  }));

test('a guard that was shut down answers defaults', () =>
  withClient(async ({ client, guard }) => {
    guard.shutdown();
    const { errorCode, value } = client.getBooleanDetails('community', true);
    assert.deepEqual([errorCode, value], ['GENERAL', true]);
  }));

test('a guard of another entry of the package is as good', async () => {
  const { Planguard } = await import('@planguard/web/inline');
  const guard = await Planguard.open({ sdkAppId: 1400000001, fallback: ['intl-2024', 'standard'], store: 'memory' });
  const provider = new PlanguardProvider(guard);
  assert.equal(provider.resolveNumberEvaluation('groups_per_user', 0).value, 500);
  assert.throws(() => provider.resolveNumberEvaluation('wings', 0), { code: 'FLAG_NOT_FOUND' });
  assert.throws(() => provider.resolveNumberEvaluation('community', 0), { code: 'TYPE_MISMATCH' });
  assert.throws(() => new PlanguardProvider(guard, { lcoale: 'en' }), { type: 'invalid_input', field: 'lcoale' });
  guard.shutdown();
});
