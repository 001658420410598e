// The entry for mini programs, where the host has neither WebAssembly nor fetch nor a database, but a function that makes
// an instance.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';

const folder = new URL('../../../../tests/vectors/', import.meta.url);
const wasm = await readFile(new URL('../../dist/planguard-mini.wasm', import.meta.url));
const { instantiate: hosts } = WebAssembly;

for (const name of ['WebAssembly', 'fetch', 'indexedDB', 'TextEncoder', 'TextDecoder', 'crypto', 'localStorage']) {
  Reflect.deleteProperty(globalThis, name);
  assert.equal(typeof globalThis[name], 'undefined', name);
}

const { PlanguardError, load } = await import('@planguard/web/mini');

/** As mini programs have it: a path and imports. */
const instantiate = async (path, imports) => {
  assert.equal(path, 'planguard-mini.wasm');
  assert.deepEqual(Object.keys(imports), []);
  return hosts(wasm, imports);
};
const source = { instantiate, path: 'planguard-mini.wasm' };
const mini = await load(source);

const START = '2024-08-10T12:00:00+08:00';
const open = (more) => mini.open({ sdkAppId: 1400000001, now: () => new Date(START), fallback: ['intl-2024', 'standard'], ...more });

const camel = (fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.replace(/_(.)/g, (_, c) => c.toUpperCase()), value]));
const word = (value) => (typeof value === 'string' ? value : value?.type);
const texts = ({ explanation }) => ({ en: explanation.en, 'zh-Hans': explanation.zhHans });

/** A program that carries out what is decided, and keeps over a restart what it was told. */
class World {
  constructor(given) {
    this.given = given;
    this.at = new Date(given.now);
    this.active = new Map();
    this.ended = new Map();
    this.open();
  }

  open() {
    const { plan, document, now, multi_user, enforce, mau_budget } = this.given;
    this.decisions = mini.open({
      sdkAppId: 1400000001,
      now: () => this.at,
      ...(plan && { fallback: [plan.catalog, plan.edition] }),
      ...(document && { seed: JSON.stringify({ issued_at: now, ...document }) }),
      ...(multi_user && { sessionMode: 'multi_user' }),
      ...(enforce && { decisions: { allLimits: 'enforce', onStale: 'enforce' } }),
      ...(mau_budget !== undefined && { logins: { mauBudget: mau_budget, onBudget: 'enforce' } }),
    });
    for (const [user, at] of this.active) this.decisions.knownActive([user], at);
    for (const [user, event] of this.ended) this.decisions.session(user, event);
  }

  feature({ feature }) {
    const decision = this.decisions.feature(feature);
    return { granted: decision.granted, reason: word(decision.reason), ...texts(decision) };
  }

  check({ check }) {
    const verdict = this.decisions.check(camel(check));
    const found = { allowed: verdict.decision !== 'denied', reason: word(verdict.reason), ...texts(verdict) };
    if (verdict.tightest) {
      const { limit, used, max, fits } = verdict.tightest;
      Object.assign(found, { limit, used, max, fits });
    }
    return found;
  }

  perform({ perform, code }) {
    const allowed = this.decisions.check(camel(perform)).decision !== 'denied';
    if (allowed && code === 0) this.decisions.record(camel(perform));
    return { done: allowed && code === 0, calls: allowed ? 1 : 0 };
  }

  record({ record }) {
    this.decisions.record(camel(record));
  }

  observe({ observe }) {
    this.decisions.observe(camel(observe));
  }

  login({ login: user, intent, code }) {
    const answer = this.decisions.login({ user, intent });
    if (answer.type !== 'execute') {
      return { outcome: answer.type, reason: word(answer.reason), calls: 0, ...texts(answer) };
    }
    this.decisions.sent({ user, intent });
    assert.equal(this.decisions.login({ user, intent }).type, 'under_way');
    if (code !== 0) {
      const failure = this.decisions.failed(user, code);
      return { outcome: 'failed', class: failure.type, calls: 1, ...texts(failure) };
    }
    this.active.set(user, this.at);
    this.ended.delete(user);
    const effect = this.decisions.succeeded(user);
    assert.equal(effect.newInMonth, answer.mau.newInMonth);
    return { outcome: 'executed', new_in_month: effect.newInMonth, calls: 1 };
  }

  session({ session, event }) {
    if (['kicked_off', 'logged_out'].includes(event)) this.ended.set(session, event);
    this.decisions.session(session, event);
  }

  lifecycle() {
    return { state: this.decisions.lifecycle.type };
  }

  bill({ bill: month, catalog, edition, usage }) {
    const { total } = mini.bill({ catalog, edition, month, usage });
    return { total: total.amount, currency: total.currency };
  }

  advance({ advance }) {
    this.at = new Date(this.at.getTime() + advance * 1000);
  }

  restart() {
    this.decisions.close();
    this.open();
  }
}

const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();

test('every file of vectors is run', () => {
  assert.deepEqual(names, ['bills', 'checks', 'explanations', 'features', 'lifecycle', 'logins'].map((name) => `${name}.json`));
});

for (const name of names) {
  test(`${name}: answered as in every language`, async () => {
    const { cases } = JSON.parse(await readFile(new URL(name, folder), 'utf8'));
    let compared = 0;
    for (const given of cases) {
      const world = new World(given);
      for (const [number, step] of given.steps.entries()) {
        const kind = Object.keys(step).find((one) => typeof world[one] === 'function');
        const answer = world[kind](step) ?? {};
        for (const [field, expected] of Object.entries(step.expect ?? {})) {
          assert.deepEqual(answer[field], expected, `${given.name}, step ${number + 1}: ${field}`);
          compared += 1;
        }
      }
    }
    assert.ok(compared >= cases.length);
  });
}

test('usage that a document reports is counted', () => {
  const document = JSON.stringify({
    schema: 1, revision: 3, sdk_app_id: 1400000001, catalog: 'intl-2024', edition: 'standard', issued_at: START,
    subscription: { starts_at: '2024-08-01T00:00:00+08:00', expires_at: '2024-09-01T00:00:00+08:00' },
    usage: { as_of: START, mau: 10000 },
  });
  const decisions = open({ document, fetchedAt: new Date(START) });
  const { mau } = decisions.login({ user: 'ada', intent: 'open_chat' });
  assert.deepEqual([word(mau.warning), mau.price?.amount, mau.evidence.used], ['charged', '0.015', 10000]);
  assert.equal(decisions.feature('global_coverage').confirmed, true);
});

test('users known to be active count nobody, and may be logged in for a push', () => {
  const decisions = open();
  decisions.knownActive(['ada']);
  const answer = decisions.login({ user: 'ada', intent: 'push_wake' });
  assert.deepEqual([answer.type, answer.mau.newInMonth], ['execute', false]);
  assert.equal(decisions.login({ user: 'bob', intent: 'push_wake' }).type, 'deferred');
});

test('a suspension that a refusal shows is believed', () => {
  const decisions = open();
  decisions.sent({ user: 'ada', intent: 'open_chat' });
  assert.equal(decisions.failed('ada', 60020).type, 'suspended');
  assert.equal(word(decisions.login({ user: 'bob', intent: 'open_chat' }).reason), 'suspended');
  assert.equal(decisions.lifecycle.type, 'suspended');
});

test('ids and texts of any script cross whole', () => {
  const decisions = open();
  decisions.observe({ type: 'friends', user: '阿达😀', count: 3 });
  assert.equal(decisions.check({ type: 'add_friend', user: '阿达😀', peer: 'bob' }).tightest.used, 3);
});

test('a price list names its editions with limits, features and prices', () => {
  for (const id of ['intl-2022', 'intl-2024', 'cn-dau', 'intl-2026']) {
    assert.ok(mini.catalog(id).editions.length > 0, id);
  }
  const standard = mini.catalog('intl-2024').editions.find(({ id }) => id === 'standard');
  assert.deepEqual([standard.pricePerMonth, standard.limits.members_per_group, standard.features.community], ['399', 200, 'unsupported']);
});

test('an assessment lists every limit, and when it was made', () => {
  const decisions = open();
  const { checks, at } = decisions.assess({ type: 'create_group', owner: 'ada', kind: 'public', initialMembers: 5 });
  assert.ok(checks.length > 1 && checks.every(({ limit }) => typeof limit === 'string'));
  assert.equal(at.getTime(), Date.parse(START));
  assert.deepEqual(decisions.limit('friends_per_user'), { max: 3000, authority: 'fallback' });
  assert.equal(decisions.explainFeature('community').evidence.support, 'unsupported');
});

test('what cannot be answered names the field', () => {
  const refused = (call, field) =>
    assert.throws(call, (error) => {
      assert.ok(error instanceof PlanguardError, String(error));
      assert.deepEqual([error.type, error.field], ['invalid_input', field], error.message);
      return true;
    });
  const decisions = open();
  refused(() => mini.open({ sdkAppId: 0 }), 'sdkAppId');
  refused(() => open({ document: '{' }), 'document');
  refused(() => open({ zone: 'Moon' }), 'zone');
  refused(() => decisions.feature('wings'), 'feature');
  refused(() => decisions.check({ type: 'fly' }), 'type');
  refused(() => decisions.check({ type: 'add_friend', user: '', peer: 'bob' }), 'user');
  refused(() => decisions.login({ user: 'ada', intent: 'whim' }), 'intent');
  refused(() => decisions.failed('ada', 1.5), 'code');
  refused(() => mini.bill({ catalog: 'intl-2024', edition: 'pro', month: '2024-08' }), 'request');
  refused(() => mini.catalog('none'), 'catalog');
  refused(() => open({ fallback: ['nope', 'standard'] }), 'fallback');
  refused(() => open({ fallback: ['intl-2024', 'nope'] }), 'fallback');
  for (const field of ['decisions', 'logins']) refused(() => open({ [field]: 'enforce' }), field);
  for (const thresholds of [[90, 80], [80, 80], [0], [101], ['80']]) refused(() => open({ decisions: { thresholds } }), 'thresholds');
  refused(() => decisions.feature('community', 'ios'), 'context');
  decisions.close();
  refused(() => decisions.feature('community'), 'on');
});

test('a module of something else is refused, and one that broke is not used again', async () => {
  const wrong = load({ ...source, instantiate: async () => ({ instance: { exports: {} } }) });
  await assert.rejects(wrong, (error) => error instanceof PlanguardError && error.type === 'internal');
  const broken = await load({
    ...source,
    instantiate: async (path, imports) => {
      const { exports } = (await instantiate(path, imports)).instance;
      let calls = 0;
      const planguard_call = (...args) => {
        calls += 1;
        if (calls > 1) throw new Error('unreachable');
        return exports.planguard_call(...args);
      };
      return { exports: { ...exports, planguard_call } };
    },
  });
  const decisions = broken.open({ sdkAppId: 1400000001 });
  const internal = (error) => error.type === 'internal' && /load it anew/.test(error.message);
  assert.throws(() => decisions.feature('community'), internal);
  assert.throws(() => decisions.feature('community'), internal);
  assert.equal(open().feature('community').granted, false);
});
