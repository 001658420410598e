// The app's own objects doing what they must not do.

import { Catalog, Planguard, PlanguardError, bill, compare, explain, fetchTransport, init, memoryStore, systemClock } from '@planguard/web';
import { settle } from '@planguard/web/testing';
import { thrownMeanwhile } from '../support/globals.mjs';
import { assert, test, within } from '../support/harness.mjs';
import { APP, FALLBACK, withGuard } from '../support/world.mjs';

const ADD = { type: 'add_friend', user: 'ada', peer: 'bob' };
const invalid = (field) => (error) => {
  assert.ok(error instanceof PlanguardError, String(error));
  assert.equal([error.type, error.field], ['invalid_input', field], error.message);
};
const open = (options) => Planguard.open({ sdkAppId: APP, fallback: FALLBACK, store: 'memory', ...options });

/** Things that can be thrown and do not say what they are. */
const UNSPEAKABLE = [
  () => Object.assign(new Error('x'), { message: Symbol('s') }),
  () => Object.assign(new Error('x'), { message: { toString: () => { throw new Error('text'); } } }),
  () => new Proxy({}, { getPrototypeOf: () => { throw new Error('prototype'); }, get: () => { throw new Error('get'); } }),
  () => ({ get code() { throw new Error('code'); } }),
  () => Symbol('s'),
];

test('what is thrown and does not say what it is, is a failure as any other', async () => {
  for (const make of UNSPEAKABLE) {
    const thrown = make();
    const fails = () => { throw thrown; };
    await withGuard({}, async (guard) => {
      const login = await within(5_000, assert.rejects(guard.login('ada', 'open_chat', fails)));
      assert.equal(login.type, 'login');
      const action = await within(5_000, assert.rejects(guard.perform(ADD, fails)));
      assert.equal(action.type, 'handler_failed');
    });
    const store = await within(5_000, assert.rejects(open({ store: { load: fails, replace: fails } })));
    assert.equal(store.type, 'store');
    await withGuard({ endpoint: 'https://billing.test/', credential: fails, transport: { send: fails } }, async (guard) => {
      const error = await within(5_000, assert.rejects(guard.sync('fetch')));
      assert.equal(error.type, 'credential');
    });
  }
});

test('what the code of the app throws is in the cause and in no text', async () => {
  const secret = 'token-of-ada';
  const texts = (error) => [
    String(error), JSON.stringify(error), JSON.stringify(error.failure ?? null), error.explain('en'), error.explain('zh-Hans'),
  ];
  const silent = (error) => assert.ok(!texts(error).some((text) => text.includes(secret)), texts(error).join('\n'));
  const fails = () => { throw new Error(secret); };
  const refuses = () => { throw Object.assign(new Error(secret), { code: 6012 }); };
  await withGuard({}, async (guard) => {
    for (const [asked, user] of [[fails, 'ada'], [refuses, 'bob']]) {
      const error = await within(5_000, assert.rejects(guard.login(user, 'open_chat', asked)));
      silent(error);
      assert.equal(error.cause?.message, secret);
    }
    const error = await within(5_000, assert.rejects(guard.perform(ADD, fails)));
    silent(error);
    assert.equal(error.cause?.message, secret);
    const refused = await within(5_000, guard.perform(ADD, refuses));
    assert.ok(!JSON.stringify(refused).includes(secret), JSON.stringify(refused));
  });
  silent(await within(5_000, assert.rejects(open({ store: { load: fails, replace: fails } }))));
  for (const options of [{ credential: fails }, { transport: { send: fails } }]) {
    await withGuard({ endpoint: 'https://billing.test/', ...options }, async (guard) =>
      silent(await within(5_000, assert.rejects(guard.sync('fetch')))));
  }
});

test('a clock that gives no number, throws or cannot sleep breaks nothing', async () => {
  for (const bad of [() => 5n, () => Symbol('t'), () => ({ valueOf: () => { throw new Error('v'); } }), () => { throw new Error('t'); }]) {
    for (const name of ['now', 'elapsed']) {
      let broken = false;
      const clock = { ...systemClock, [name]: () => (broken ? bad() : systemClock[name]()) };
      await withGuard({ clock }, async (guard) => {
        broken = true;
        assert.equal(guard.feature('community').granted, false);
        assert.equal(guard.plan.feature.get('community').granted, false);
        guard.check(ADD);
        assert.equal((await guard.login('ada', 'open_chat', () => 1)).type, 'executed');
      });
    }
  }
  for (const sleep of [() => { throw new Error('sleep'); }, () => Promise.reject(new Error('sleep'))]) {
    await withGuard({ clock: { ...systemClock, sleep } }, async (guard) =>
      assert.equal((await guard.login('ada', 'open_chat', () => 1)).type, 'executed'));
  }
});

test('a clock without a time leaves room for others', async () => {
  let elapsed = 1_000;
  await withGuard({ clock: { ...systemClock, elapsed: () => elapsed } }, async (guard) => {
    elapsed = NaN;
    guard.onPlan(() => undefined);
    await within(5_000, settle());
  });
});

test('a listener that throws stands in nobody’s way', async () => {
  const heard = [];
  const thrown = await thrownMeanwhile(() =>
    withGuard({}, async (guard) => {
      guard.onPlan(() => { throw new Error('listener'); });
      guard.onPlan(() => heard.push('plan'));
      guard.setPhase('background');
      await guard.refresh();
      await settle();
    }));
  assert.equal([heard, thrown], [['plan'], ['listener']]);
});

test('a listener that is added twice is called until it is removed twice', () =>
  withGuard({}, async (guard) => {
    let calls = 0;
    const listener = () => (calls += 1);
    const [stop, stopAgain] = [guard.onPlan(listener), guard.onPlan(listener)];
    stop();
    guard.setPhase('background');
    assert.equal(calls, 1);
    stopAgain();
    guard.setPhase('foreground');
    assert.equal(calls, 1);
  }));

test('a store that cannot be closed does not keep the guard open', async () => {
  const ended = [];
  const store = { ...memoryStore(), close: () => { throw new Error('close'); } };
  const thrown = await thrownMeanwhile(async () => {
    const guard = await open({ store });
    guard.keepFresh();
    guard.shutdown();
    guard.shutdown();
    ended.push(guard.isShutDown);
    await settle();
  });
  assert.equal([ended, thrown], [[true], ['close']]);
});

test('a store whose closing fails later does not leave a rejection that nobody handles', async () => {
  const thrown = await thrownMeanwhile(async () => {
    const guard = await open({ store: { ...memoryStore(), close: () => Promise.reject(new Error('close')) } });
    guard.onPlan(() => Promise.reject(new Error('listener')));
    guard.setPhase('background');
    guard.shutdown();
    await settle();
  });
  assert.equal(thrown, ['listener', 'close']);
});

test('a name that is not known is refused, with the nearest that is', () =>
  withGuard({}, async (guard) => {
    const named = (field, nearest) => (error) => {
      invalid(field)(error);
      assert.ok(error.message.endsWith(`the nearest name is \`${nearest}\``), error.message);
    };
    const rejects = (promise, field, nearest) => assert.rejects(promise, named(field, nearest));
    const throws = (call, field, nearest) => assert.throws(call, named(field, nearest));
    let calls = 0;
    const handler = () => (calls += 1);
    await rejects(open({ fallbck: FALLBACK }), 'fallbck', 'fallback');
    await rejects(open({ sdkAppID: APP }), 'sdkAppID', 'sdkAppId');
    await rejects(open({ decisions: { onstale: 'enforce' } }), 'decisions.onstale', 'onStale');
    await rejects(open({ logins: { mauBuget: 5 } }), 'logins.mauBuget', 'mauBudget');
    await rejects(Planguard.open({ sdkAppId: APP }, { singal: 1 }), 'singal', 'signal');
    await rejects(init({ wsam: 'x' }), 'wsam', 'wasm');
    throws(() => fetchTransport({ fech: fetch }), 'fech', 'fetch');
    await rejects(guard.login('ada', 'open_chat', handler, { timout: 5 }), 'timout', 'timeout');
    await rejects(guard.beginLogin('ada', 'open_chat', { nowait: true }), 'nowait', 'noWait');
    await rejects(guard.login('ada', { type: 'after_kick', confirmed: true, confirmd: true }, handler), 'intent.confirmd', 'confirmed');
    await rejects(guard.perform(ADD, handler, { Done: handler }), 'Done', 'done');
    await rejects(guard.perform({ ...ADD, per: 'x' }, handler), 'per', 'peer');
    await rejects(guard.reserve(ADD, { lenght: 5 }), 'lenght', 'length');
    await rejects(guard.record(ADD, { kee: 'x' }), 'kee', 'key');
    await rejects(guard.sync('cache_only', { Signal: 1 }), 'Signal', 'signal');
    await rejects(guard.observe({ type: 'friends', user: 'ada', count: 1, cuont: 2 }), 'cuont', 'count');
    throws(() => guard.events({ onLaged: handler }), 'onLaged', 'onLagged');
    throws(() => guard.featureIn('community', { platfrom: 'web' }), 'platfrom', 'platform');
    await rejects(guard.reportRejection(10004, 'x', { Action: ADD }), 'Action', 'action');
    for (const options of [5, 'x', handler]) await assert.rejects(guard.sync('cache_only', options), invalid('options'));
    assert.equal([calls, (await guard.loginReport()).asked], [0, 0], 'nobody was called, and nothing was counted');
    // What is left out in another way is left out.
    for (const options of [null, undefined, {}, { other: undefined }]) await guard.flush(options);
    assert.equal(guard.check({ __proto__: null, ...ADD }).decision, 'allowed');
    // What the core answered goes back to it with what was added to it.
    const outcome = await guard.login('ada', 'open_chat', () => 'value');
    assert.equal([outcome.value, outcome.isLoggedIn()], ['value', true]);
  }));

test('what is no function, signal or object is named, and nobody is called', () =>
  withGuard({}, async (guard) => {
    for (const handler of [undefined, null, 'x', {}]) {
      await assert.rejects(guard.login('ada', 'open_chat', handler), invalid('handler'));
      await assert.rejects(guard.perform(ADD, handler), invalid('handler'));
    }
    await assert.rejects(guard.perform(ADD, () => 1, { done: 5 }), invalid('done'));
    assert.equal((await guard.loginReport()).asked, 0, 'nothing was counted');
    for (const signal of ['x', {}, new AbortController()]) {
      await assert.rejects(guard.sync('cache_only', { signal }), invalid('signal'));
      await assert.rejects(guard.login('ada', 'open_chat', () => 1, { signal }), invalid('signal'));
      assert.throws(() => guard.events({ signal }), invalid('signal'));
    }
    assert.equal((await guard.login('ada', 'open_chat', () => 1, { signal: null })).type, 'executed');
  }));

test('options of another type are named', async () => {
  const refused = (options, field) => assert.rejects(open(options), invalid(field));
  await assert.rejects(Planguard.open(), invalid('options'));
  await assert.rejects(Planguard.open(null), invalid('options'));
  await refused({ credential: 5 }, 'credential');
  await refused({ store: 'memroy' }, 'store');
  await refused({ store: {} }, 'store');
  await refused({ transport: 5 }, 'transport');
  await refused({ transport: {} }, 'transport');
  await refused({ clock: {} }, 'clock');
  await refused({ tabs: 'no' }, 'tabs');
  await refused({ catalogs: new Array(2) }, 'catalogs[0]');
  // What is null is left out, as everywhere.
  (await open({ sdkAppId: APP + 77, store: null, tabs: null, transport: null, clock: null, credential: null })).shutdown();
});

test('where the state is kept is not what an own store says of itself', async () => {
  const guard = await open({ store: { ...memoryStore(), storage: 'its own' } });
  assert.equal(guard.storage, { kind: 'custom' });
  guard.shutdown();
});

test('what the handler of an action or its measure threw is the cause', () =>
  withGuard({}, async (guard) => {
    const thrown = new Error('own');
    const fails = () => { throw thrown; };
    assert.ok((await assert.rejects(guard.perform(ADD, fails))).cause === thrown);
    assert.ok((await assert.rejects(guard.perform(ADD, () => 1, { done: fails }))).cause === thrown);
  }));

test('what is said where the app’s own code failed is true also where the action took place', () =>
  withGuard({}, async (guard) => {
    await guard.observe({ type: 'friends', user: 'ada', count: 10 });
    const tooFew = { type: 'amount', value: -1 };
    for (const done of [() => { throw new Error('own'); }, () => tooFew, () => ({ type: 'created', value: '' })]) {
      const error = await assert.rejects(guard.perform(ADD, () => 'added', { done }));
      const said = 'The app’s own code failed, and whether the action took place is not known. Nothing was counted.';
      assert.equal([error.type, error.explain('en').replace("'", '’')], ['handler_failed', said]);
      assert.equal(error.message.includes('before'), false, error.message);
      const { used, reserved } = guard.check(ADD).tightest;
      assert.equal([used, reserved], [10, 0], 'nothing was counted');
    }
    await guard.record(ADD);
    assert.equal(guard.check({ ...ADD, peer: 'cyd' }).tightest.used, 11);
  }));

test('a text with half a character is refused, and of the provider’s it is replaced', () =>
  withGuard({}, async (guard) => {
    await assert.rejects(guard.login('a\ud800', 'open_chat', () => 1), invalid('user'));
    assert.throws(() => guard.check({ ...ADD, peer: 'b\udfff' }), invalid('peer'));
    const refusal = { code: 70001, message: '\ufeffa\ud800' };
    const error = await assert.rejects(guard.login('ada', 'open_chat', () => Promise.reject(refusal)));
    assert.equal([error.failure.code, error.failure.detail], [70001, '\ufeffa\ufffd']);
    assert.equal((await guard.reportRejection(10004, 'x\ud800')).code, 10004);
    const { ticket } = await guard.beginLogin('bob', 'open_chat');
    const failed = await assert.rejects(ticket.fail(70001, 'x\ud800'));
    assert.equal(failed.type, 'login');
  }));

test('a list with holes is refused where the first one is', () => {
  const catalog = Catalog.builtIn('intl-2024');
  const request = (pushCallsByDay) =>
    ({ catalog, edition: 'standard', month: '2024-08', zone: '+08:00', usage: { mau: 1, pushCallsByDay }, limits: {} });
  assert.throws(() => bill(request(new Array(31))), invalid('usage.pushCallsByDay[0]'));
  assert.throws(() => bill(request([1, , 3])), invalid('usage.pushCallsByDay[1]'));
  assert.ok(bill(request([1, 2, 3])).total);
  return Promise.resolve();
});

test('words that are none are named', () =>
  withGuard({}, async (guard) => {
    assert.throws(() => guard.limit('freinds_per_user'), (error) => assert.equal(error.type, 'invalid_input'));
    assert.throws(() => explain('Nope', 'x', 'en'), invalid('kind'));
    assert.throws(() => explain(null, 'x', 'en'), invalid('kind'));
    assert.throws(() => compare(Catalog.builtIn('intl-2024'), 'standard', 5), (error) => assert.equal(error.type, 'invalid_input'));
  }));

test('a guard is kept fresh as often as can be, and not once it is shut down', () =>
  withGuard({}, async (guard) => {
    for (const every of [NaN, -1, Infinity, 'x', null]) assert.throws(() => guard.keepFresh(every), invalid('every'));
    guard.shutdown();
    assert.throws(() => guard.keepFresh(), (error) => assert.equal(error.type, 'closed'));
  }));

test('a loop over events ends where its own listener throws', () =>
  withGuard({}, async (guard) => {
    const events = guard.events({ onLagged: () => { throw new Error('lagged'); } });
    for (let n = 0; n < 600; n++) await guard.login(`u${n}`, 'open_chat', () => 1).catch(() => undefined);
    let thrown;
    for (let n = 0; n < 3 && !thrown; n++) await events.next().catch((error) => (thrown = error));
    assert.equal(thrown?.message, 'lagged');
    assert.equal(await events.next(), { done: true, value: undefined });
  }));
