// End to end in Node: a guard, and the reference endpoint as a process of its own.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Planguard, PlanguardError } from '@planguard/web';
import { startEndpoint } from '../support/endpoint.mjs';

const APP = 1400000001;
const options = { sdkAppId: APP, fallback: ['intl-2024', 'standard'], store: 'memory' };

let endpoint;
let locked;

before(async () => {
  endpoint = await startEndpoint();
  locked = await startEndpoint('--credential', 'secret');
});

after(async () => {
  await endpoint.stop();
  await locked.stop();
});

/** A guard that is shut down at the end of `body`. */
async function withGuard(more, body) {
  const guard = await Planguard.open({ ...options, endpoint: endpoint.url, ...more });
  try {
    await body(guard);
  } finally {
    guard.shutdown();
  }
}

test('a sync replaces the fallback, and another one confirms it', () =>
  withGuard({ endpoint: locked.url, credential: 'secret' }, async (guard) => {
    assert.equal(guard.entitlements.standing, 'fallback');
    assert.equal((await guard.sync('fetch')).type, 'updated_to');
    assert.equal((await guard.sync('fetch')).type, 'not_modified');
    assert.equal(guard.entitlements.standing, 'known');
  }));

test('a wrong credential is an error of its own, which does not show it', () =>
  withGuard({ endpoint: locked.url, credential: async () => 'wrong' }, async (guard) => {
    await assert.rejects(guard.sync('fetch'), (error) => {
      assert.ok(error instanceof PlanguardError);
      assert.equal(error.type, 'credential');
      assert.ok(!`${error.stack}${JSON.stringify(error)}`.includes('wrong'));
      return true;
    });
  }));

test('a change of plan reaches the gates', () =>
  withGuard({}, async (guard) => {
    await guard.sync('fetch');
    const path = `/v1/apps/${APP}/entitlements`;
    const document = await endpoint.control('GET', path);
    document.edition = document.edition === 'free_trial' ? 'premium' : 'free_trial';
    document.catalog = 'intl-2024';
    delete document.subscription;
    await endpoint.control('PUT', path, document);
    const seen = [];
    guard.onPlan((plan) => seen.push(plan.generation));
    await guard.sync('fetch');
    assert.equal(guard.entitlements.edition, document.edition);
    assert.equal(seen.length, 1);
  }));

test('usage events arrive once', () =>
  withGuard({}, async (guard) => {
    await guard.sync('fetch');
    await guard.login('ada', 'open_chat', () => 1);
    await guard.perform({ type: 'add_friend', user: 'ada', peer: 'bob' }, () => 1);
    const flushed = await guard.flush();
    assert.equal(flushed.stopped, undefined);
    assert.ok(flushed.delivered > 0);
    const stats = await endpoint.control('GET', '/_stats');
    assert.equal(stats.events.received.length, flushed.delivered);
    assert.equal((await guard.flush()).delivered, 0);
  }));

test('what goes wrong on a network is to be tried later', async () => {
  for (const fault of [{ status: { code: 503, retry_after: { secs: 5 } } }, 'garbage', 'cut_off', 'wrong_app']) {
    await withGuard({}, async (guard) => {
      await endpoint.control('PUT', '/_faults', { fault, on: 'get' });
      await assert.rejects(guard.sync('fetch'), (error) => error.type === 'try_later', JSON.stringify(fault));
      assert.equal(guard.entitlements.standing, 'fallback');
    });
  }
});

test('nothing is requested before a sync', async () => {
  const before = (await endpoint.control('GET', '/_stats')).requests.total;
  await withGuard({}, async (guard) => guard.feature('community'));
  assert.equal((await endpoint.control('GET', '/_stats')).requests.total, before);
});
