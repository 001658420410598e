// The billing endpoint: documents, credentials, failures, and the transport on fetch.

import { fetchTransport } from '@planguard/web';
import { ManualClock, ScriptedEndpoint, settle } from '@planguard/web/testing';
import { assert, test } from '../support/harness.mjs';
import { withGuard } from '../support/world.mjs';

const DOCUMENT = {
  schema: 1, revision: 1, sdk_app_id: 1400000001, catalog: 'intl-2024', edition: 'premium',
  issued_at: '2024-08-10T12:00:00+08:00',
};
const answer = (document = DOCUMENT, headers = {}) => ({ headers: { 'cache-control': 'max-age=3600', ...headers }, body: document });
const ENDPOINT = 'https://billing.example';

test('a sync brings the plan, and its listeners hear of it', () => {
  const transport = new ScriptedEndpoint(answer());
  return withGuard({ endpoint: ENDPOINT, transport }, async (guard) => {
    assert.equal(guard.feature('community').granted, false);
    const seen = [];
    guard.onPlan((plan) => seen.push(plan.feature.get('community').granted));
    const outcome = await guard.sync();
    assert.equal([outcome.type, outcome.document.edition], ['updated_to', 'premium']);
    assert.equal(guard.feature('community').granted, true);
    assert.equal(seen, [true]);
    assert.equal((await guard.sync()).type, 'from_cache');
    const [request] = transport.requests;
    assert.equal([request.method, request.url], ['GET', `${ENDPOINT}/v1/apps/1400000001/entitlements`]);
  });
});

test('listeners hear that a plan became stale, also one that came after they did', () =>
  withGuard({ endpoint: ENDPOINT, transport: new ScriptedEndpoint(answer()) }, async (guard, clock) => {
    const seen = [];
    const stop = guard.onPlan((plan) => seen.push(plan.stale));
    assert.equal(guard.plan.stale, true);
    await guard.sync();
    await clock.advance(3_600_000);
    assert.equal(seen, [false, true]);
    stop();
    await settle();
    assert.equal(clock.sleepers, 0);
  }));

test('an endpoint that cannot be reached is an error with a time, and the last plan stays', () =>
  withGuard({ endpoint: ENDPOINT, transport: new ScriptedEndpoint(answer(), new Error('offline')) }, async (guard) => {
    await guard.sync();
    const error = await assert.rejects(guard.sync('fetch'));
    assert.equal(error.type, 'try_later');
    assert.ok(error.retryAt === undefined || error.retryAt instanceof Date);
    assert.equal(guard.feature('community').granted, true);
  }));

test('a credential is asked for before every request', () => {
  let asked = 0;
  const transport = new ScriptedEndpoint(answer());
  return withGuard({ endpoint: ENDPOINT, transport, credential: async () => `token-${++asked}` }, async (guard) => {
    await guard.sync('fetch');
    const sent = transport.requests[0].headers.find(({ name }) => name === 'authorization');
    assert.equal([asked, sent.value], [1, 'Bearer token-1']);
  });
});

test('a credential that cannot be had is an error of its own', () =>
  withGuard({ endpoint: ENDPOINT, transport: new ScriptedEndpoint(answer()), credential: () => Promise.reject(null) }, async (guard) => {
    const error = await assert.rejects(guard.sync('fetch'));
    assert.equal(error.type, 'credential');
  }));

test('without an endpoint a sync says so', () =>
  withGuard({}, async (guard) => {
    const error = await assert.rejects(guard.sync());
    assert.equal([error.type, error.word], ['invalid_input', 'no_endpoint']);
  }));

test('a transport that never answers is given up in time', () => {
  let aborted = false;
  const transport = { send: (request, most, { signal }) => new Promise(() => signal.addEventListener('abort', () => (aborted = true))) };
  return withGuard({ endpoint: ENDPOINT, transport }, async (guard, clock) => {
    const failed = assert.rejects(guard.sync('fetch'), (error) => assert.equal(error.type, 'try_later'));
    await clock.advance(61_000);
    await failed;
    await settle();
    assert.ok(aborted);
  });
});

test('upkeep syncs by itself, again when it is due, and ends', () => {
  const transport = new ScriptedEndpoint(answer(DOCUMENT, { 'cache-control': 'max-age=60' }));
  const clock = new ManualClock();
  return withGuard({ endpoint: ENDPOINT, transport, clock }, async (guard) => {
    const stop = guard.keepFresh(60_000);
    await settle();
    assert.equal(transport.requests.length, 1);
    await clock.advance(61_000);
    assert.equal(transport.requests.length, 2);
    stop();
    await clock.advance(600_000);
    assert.equal(transport.requests.length, 2);
  });
});

/** A `fetch` that answers with these bytes, and keeps what it was asked. */
function scripted(parts, init) {
  const asked = [];
  const send = async (url, options) => {
    asked.push({ url, ...options });
    const body = new ReadableStream({
      pull(controller) {
        const part = parts.shift();
        if (part instanceof Error) controller.error(part);
        else if (part) controller.enqueue(part);
        else controller.close();
      },
    });
    return new Response(body, init);
  };
  return { send, asked };
}

const request = { method: 'GET', url: 'https://billing.example/x', headers: [{ name: 'accept', value: 'application/json' }], body: new Uint8Array() };
const context = () => ({ signal: new AbortController().signal });

test('fetch follows no redirect, sends no cookie and uses no cache', async () => {
  const { send, asked } = scripted([new Uint8Array([1, 2])], { headers: { etag: '"1"', 'content-encoding': 'gzip' } });
  const response = await fetchTransport({ fetch: send }).send(request, 10, context());
  const { redirect, credentials, cache, body } = asked[0];
  assert.equal([redirect, credentials, cache, body], ['error', 'omit', 'no-store', null]);
  assert.equal([...response.body], [1, 2]);
  assert.equal(response.headers, [{ name: 'etag', value: '"1"' }], 'it was decoded already');
});

test('a body that is too large is not read to its end', async () => {
  const part = () => new Uint8Array(6);
  const parts = [part(), part(), part(), part()];
  const { send } = scripted(parts, {});
  const error = await assert.rejects(fetchTransport({ fetch: send }).send(request, 10, context()));
  assert.equal(error.value, { type: 'too_large', limit: 10 });
  assert.ok(parts.length > 0, 'the rest was left');
});

test('a body that breaks off and a network that is not there are told apart', async () => {
  const broken = scripted([new Uint8Array(2), new Error('reset')], {});
  assert.equal((await assert.rejects(fetchTransport({ fetch: broken.send }).send(request, 10, context()))).value.type, 'cut_off');
  const offline = () => Promise.reject(new TypeError('Failed to fetch'));
  assert.equal((await assert.rejects(fetchTransport({ fetch: offline }).send(request, 10, context()))).value.type, 'unreachable');
});
