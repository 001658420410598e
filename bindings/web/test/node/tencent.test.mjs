// The adapter for the chat SDK, with the real one.

import { Provider, STAND_IN, refused } from '../support/provider.mjs';
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { PlanguardError } from '@planguard/web';
import { TencentChat } from '@planguard/web/tencent';
import { ManualClock, settle } from '@planguard/web/testing';
import TencentCloudChat from '@tencentcloud/chat';
import { within } from '../support/harness.mjs';
import { APP, STRICT, withGuard } from '../support/world.mjs';

const WAIT = 30_000;
const { EVENT, TYPES } = TencentCloudChat;

/** Runs `body` with a guard, the real chat SDK and its adapter. */
function withChat(body, options = {}) {
  return within(WAIT, withGuard(options, async (guard, clock) => {
    const provider = new Provider();
    const chat = TencentCloudChat.create({ SDKAppID: APP, proxyServer: STAND_IN });
    chat.setLogLevel(4);
    const errors = [];
    const adapter = new TencentChat(guard, chat, { onError: (error) => errors.push(error) });
    try {
      await body({ adapter, chat, clock, guard, provider });
      assert.deepEqual(errors, []);
    } finally {
      adapter.stop();
      await chat.destroy().catch((error) => assert.equal(error.code, 2024, 'only that no user is logged in'));
    }
  }));
}

/** The next event of the chat SDK of this name, and what the guard made of it. */
async function next(chat, name) {
  const event = await new Promise((resolve) => {
    const handler = (event) => {
      chat.off(name, handler);
      resolve(event);
    };
    chat.on(name, handler);
  });
  await settle();
  return event;
}

/** Logs a user in and waits until the chat SDK is ready. */
async function ready({ adapter, chat }, user) {
  const complete = next(chat, EVENT.SDK_READY);
  const outcome = await adapter.login(user, `sig-${user}`, 'open_chat');
  assert.equal(outcome.type, 'executed');
  await complete;
  return outcome;
}

after(() => assert.deepEqual(refused, [], 'nothing left the machine'));

test('every way out of the process but the stand-in is refused and recorded', async () => {
  const { connect } = await import('node:net');
  const { get } = await import('node:https');
  const ways = {
    'wss://example.com/binfo': () => new WebSocket('wss://example.com/binfo'),
    'https://example.com/': () => fetch('https://example.com/'),
    '127.0.0.1:9': () => connect({ host: '127.0.0.1', port: 9 }),
    'example.com:443': () => get('https://example.com/'),
  };
  for (const [address, way] of Object.entries(ways)) {
    await assert.rejects(async () => way(), new RegExp(`tried to reach ${address}`));
  }
  assert.deepEqual(refused.splice(0), Object.keys(ways));
});

test('a login goes through the guard, and its result is the chat SDK’s', () =>
  withChat(async (world) => {
    const outcome = await ready(world, 'ada');
    assert.equal(outcome.value.actionStatus, 'OK');
    assert.equal(outcome.mau.newInMonth, true);
    assert.equal(world.adapter.user, 'ada');
    assert.equal(world.guard.session('ada').state, 'logged_in');
    assert.deepEqual(world.provider.logins, ['ada']);
  }));

test('1,000 concurrent logins send one, and ask for one UserSig', () =>
  withChat(async ({ adapter, provider }) => {
    let asked = 0;
    const sig = async () => `sig-${++asked}`;
    const outcomes = await Promise.all(Array.from({ length: 1000 }, () => adapter.login('ada', sig, 'open_chat')));
    assert.ok(outcomes.every((outcome) => outcome.isLoggedIn()));
    assert.deepEqual([provider.logins.length, asked], [1, 1]);
  }));

test('trap: the chat SDK’s own login of another user resolves and keeps the old one', () =>
  withChat(async (world) => {
    await ready(world, 'ada');
    const { code, data } = await world.chat.login({ userID: 'bob', userSig: 'sig-bob' });
    assert.deepEqual([code, data.repeatLogin, world.chat.getLoginUser()], [0, true, 'ada']);
    assert.deepEqual(world.provider.logins, ['ada']);
  }));

test('the adapter’s login of another user logs the old one out first', () =>
  withChat(async (world) => {
    await ready(world, 'ada');
    const outcome = await world.adapter.login('bob', 'sig-bob', 'open_chat');
    assert.deepEqual([outcome.type, outcome.value.repeatLogin, world.adapter.user], ['executed', undefined, 'bob']);
    assert.deepEqual(world.provider.logins, ['ada', 'bob']);
    assert.equal(world.provider.commands.filter((command) => command === 'wslogout').length, 1);
    assert.deepEqual([world.guard.session('ada').state, world.guard.session('bob').state], ['logged_out', 'logged_in']);
  }));

test('a user whom the chat SDK has already is answered as logged in, without a second login', () =>
  withChat(async ({ adapter, chat, provider }) => {
    await chat.login({ userID: 'ada', userSig: 'sig-ada' });
    const outcome = await adapter.login('ada', 'sig-ada', 'open_chat');
    assert.deepEqual([outcome.type, outcome.value.repeatLogin], ['executed', true]);
    assert.deepEqual(provider.logins, ['ada']);
  }));

test('trap: the kick of type userSigExpired is an expiry, and the new UserSig logs in without a question', () =>
  withChat(async (world) => {
    await ready(world, 'ada');
    const kicked = next(world.chat, EVENT.KICKED_OUT);
    world.provider.refuse('portrait_set', 70001, 'UserSig expired');
    await assert.rejects(world.chat.updateMyProfile({ nick: 'Ada' }), { code: 70001 });
    assert.equal((await kicked).data.type, TYPES.KICKED_OUT_USERSIG_EXPIRED);
    assert.equal(world.guard.session('ada').state, 'sig_expired');
    const renewed = await world.adapter.renew('ada', 'sig-ada-2');
    assert.equal(renewed.type, 'executed');
    assert.equal(world.guard.session('ada').state, 'logged_in');
  }));

for (const [kick, type] of [[1, TYPES.KICKED_OUT_MULT_ACCOUNT], [2, TYPES.KICKED_OUT_MULT_DEVICE], [3, TYPES.KICKED_OUT_REST_API]]) {
  test(`a kick of type ${type} lets only a person log in again`, () =>
    withChat(async (world) => {
      await ready(world, 'ada');
      const kicked = next(world.chat, EVENT.KICKED_OUT);
      world.provider.kick(kick);
      assert.equal((await kicked).data.type, type);
      assert.equal(world.guard.session('ada').state, 'kicked_off');
      assert.equal((await world.adapter.login('ada', 'sig-ada', 'reconnect')).type, 'denied');
      const back = await world.adapter.login('ada', 'sig-ada', { type: 'after_kick', confirmed: true });
      assert.equal(back.type, 'executed');
    }));
}

test('trap: when the chat SDK says that it is not ready, it names no user, and the adapter still knows whose session ended', () =>
  withChat(async (world) => {
    await ready(world, 'ada');
    let named;
    world.chat.on(EVENT.SDK_NOT_READY, () => (named = world.chat.getLoginUser()));
    await world.chat.logout();
    await settle();
    assert.equal(named, '');
    assert.equal(world.guard.session('ada').state, 'logged_out');
    const woken = await world.adapter.login('ada', 'sig-ada', 'push_wake');
    assert.ok(woken.isLoggedIn(), 'an ended session forbids nothing');
  }));

test('a log-out by the person holds back every login but a person’s', () =>
  withChat(async (world) => {
    await ready(world, 'ada');
    await world.adapter.logout();
    assert.equal(world.adapter.user, undefined);
    assert.equal((await world.adapter.login('ada', 'sig-ada', 'push_wake')).isLoggedIn(), false);
    assert.equal((await world.adapter.login('ada', 'sig-ada', 'open_chat')).type, 'executed');
  }));

test('trap: a second login while one runs is refused by the chat SDK, so the adapter waits for the first', () =>
  withChat(async ({ adapter, chat, guard, provider }) => {
    const held = provider.hold('wslogin');
    const ada = adapter.login('ada', 'sig-ada', 'open_chat');
    await held.arrived;
    await assert.rejects(chat.login({ userID: 'bob', userSig: 'sig-bob' }), { code: 2025 });
    const bob = adapter.login('bob', 'sig-bob', 'open_chat');
    await settle();
    assert.deepEqual(provider.logins, ['ada']);
    held.release();
    assert.equal((await ada).type, 'shed');
    assert.equal((await bob).type, 'executed');
    assert.deepEqual([adapter.user, guard.session('bob').state], ['bob', 'logged_in']);
  }));

test('a refused login is a typed error with the chat SDK’s code', () =>
  withChat(async ({ adapter, guard, provider }) => {
    provider.refuse('wslogin', 70003, 'bad UserSig');
    await assert.rejects(adapter.login('ada', 'sig-ada', 'open_chat'), (error) => {
      assert.ok(error instanceof PlanguardError);
      assert.deepEqual([error.type, error.failure.code], ['login', 70003]);
      return true;
    });
    assert.equal(guard.session('ada').state, 'logged_out');
  }));

test('a UserSig that cannot be had is a failure of the login, and nothing is sent', () =>
  withChat(async ({ adapter, provider }) => {
    const down = new Error('server down');
    const login = adapter.login('ada', () => Promise.reject(down), 'open_chat');
    await assert.rejects(login, (error) => error.type === 'login' && error.cause === down);
    assert.deepEqual(provider.logins, []);
  }));

test('an aborted login that has not been sent is not sent', () =>
  withChat(async ({ adapter, provider }) => {
    const controller = new AbortController();
    let give;
    const sig = () => new Promise((resolve) => (give = resolve));
    const login = adapter.login('ada', sig, 'open_chat', { signal: controller.signal });
    await settle();
    controller.abort(new Error('page left'));
    await assert.rejects(login, /page left/);
    give('sig-ada');
    await settle();
    assert.deepEqual(provider.logins, []);
  }));

test('a lost connection ends no session', () =>
  withChat(async (world) => {
    await ready(world, 'ada');
    const lost = next(world.chat, EVENT.NET_STATE_CHANGE);
    world.provider.disconnect();
    assert.equal((await lost).data.state, TYPES.NET_STATE_DISCONNECTED);
    assert.equal(world.guard.session('ada').state, 'logged_in');
    const found = next(world.chat, EVENT.NET_STATE_CHANGE);
    await world.chat.updateMyProfile({ nick: 'Ada' }); // The chat SDK reconnects for a call.
    assert.equal((await found).data.state, TYPES.NET_STATE_CONNECTED);
    assert.equal((await world.adapter.login('ada', 'sig-ada', 'reconnect')).type, 'already_logged_in');
  }));

test('a connection that is made anew ends waits for the network', () =>
  withChat(async (world) => {
    const { adapter, chat, provider } = world;
    await ready(world, 'ada');
    await chat.logout();
    await settle();
    provider.refuse('wslogin', 2801, 'timed out');
    await assert.rejects(adapter.login('ada', 'sig-ada', 'open_chat'));
    provider.refuse('wslogin', 0);
    assert.equal((await adapter.login('ada', 'sig-ada', 'reconnect')).isLoggedIn(), false);
    const lost = next(chat, EVENT.NET_STATE_CHANGE);
    provider.reconnect();
    assert.equal((await lost).data.state, TYPES.NET_STATE_CONNECTING);
    assert.equal((await adapter.login('ada', 'sig-ada', 'reconnect')).type, 'executed');
  }));

test('a log-out while a login runs waits for the chat SDK, and no login is left', () =>
  withChat(async ({ adapter, guard, provider }) => {
    const held = provider.hold('wslogin');
    const login = adapter.login('ada', 'sig-ada', 'open_chat');
    await held.arrived;
    const logout = adapter.logout();
    await settle();
    held.release();
    await logout;
    assert.equal((await login).type, 'shed');
    assert.deepEqual([adapter.user, guard.session('ada').state], [undefined, 'logged_out']);
    assert.ok(provider.commands.includes('wslogout'));
    assert.equal((await adapter.login('ada', 'sig-ada', 'push_wake')).isLoggedIn(), false);
  }));

test('what the guard refuses of an event is an error for the app, not for the chat SDK', () =>
  withGuard({}, async (guard) => {
    const handlers = {};
    const user = 'x'.repeat(99);
    const chat = { on: (name, handler) => (handlers[name] = handler), off() {}, getLoginUser: () => user };
    const errors = [];
    const adapter = new TencentChat(guard, chat, { onError: (error) => errors.push(error.field) });
    for (const name of ['sdkStateReady', 'netStateChange', 'kickedOut']) handlers[name]({});
    await settle();
    assert.deepEqual(errors, ['userId', 'userId', 'userId']);
    const refusal = { code: 2 ** 31 };
    await assert.rejects(adapter.call(() => Promise.reject(refusal)), (error) => error === refusal);
    const unspeakable = { get code() { throw new TypeError('code'); } };
    await assert.rejects(adapter.call(() => Promise.reject(unspeakable)), (error) => error === unspeakable);
    assert.deepEqual([errors.length, errors.at(-1)], [4, undefined], 'a code that is none is reported to nobody');
  }));

test('a person logs out also where the guard was shut down', () =>
  withChat(async (world) => {
    await ready(world, 'ada');
    world.guard.shutdown();
    await world.adapter.logout();
    assert.equal(world.adapter.user, undefined);
    assert.ok(world.provider.commands.includes('wslogout'));
  }));

/** A chat SDK that logs nobody in or out as long as it is stuck. */
function stuckChat() {
  let user = '';
  const calls = [];
  const chat = { stuck: true, calls, on() {}, off() {}, getLoginUser: () => user };
  const turn = (name, after) => (calls.push(name), chat.stuck ? new Promise(() => undefined) : Promise.resolve(after()));
  chat.login = ({ userID }) => turn(`login ${userID}`, () => ((user = userID), { data: { actionStatus: 'OK' } }));
  chat.logout = () => turn('logout', () => (user = ''));
  return chat;
}

test('a login of the chat SDK that never settles holds no later one up', () =>
  withGuard({}, async (guard, clock) => {
    const chat = stuckChat();
    const adapter = new TencentChat(guard, chat, { patience: 1 });
    const timedOut = ({ type, failure }) => type === 'login' && failure.failureClass.type === 'timed_out';
    const stuck = assert.rejects(adapter.login('ada', 'sig-ada', 'open_chat'), timedOut);
    await settle();
    assert.deepEqual(chat.calls, ['login ada']);
    await clock.advance(60_000);
    await stuck;
    chat.stuck = false;
    await clock.advance(60_000);
    const back = await within(5_000, adapter.login('ada', 'sig-ada', 'open_chat'));
    assert.deepEqual([back.type, adapter.user], ['executed', 'ada']);
    assert.equal((await within(5_000, adapter.login('bob', 'sig-bob', 'open_chat'))).type, 'executed');
    assert.deepEqual(chat.calls, ['login ada', 'login ada', 'logout', 'login bob']);
    chat.stuck = true;
    await assert.rejects(within(5_000, adapter.logout()), (error) => {
      assert.ok(error instanceof PlanguardError);
      assert.deepEqual([error.type, error.message], ['timed_out', 'the logout of the chat SDK did not answer in time; whether it did its work is not known']);
      return true;
    });
    chat.stuck = false;
    await within(5_000, adapter.logout());
    assert.equal(adapter.user, undefined);
  }));

test('a patience that is no length of time is refused, and one that is null is left out', () =>
  withGuard({}, async (guard) => {
    const refused = (error) => error instanceof PlanguardError && error.type === 'invalid_input' && error.field === 'patience';
    for (const patience of [NaN, -1, Infinity, '20000', {}]) assert.throws(() => new TencentChat(guard, stuckChat(), { patience }), refused);
    for (const patience of [0, null]) new TencentChat(guard, stuckChat(), { patience }).stop();
  }));

test('a name that is not known is refused, with the nearest that is', () =>
  withGuard({}, async (guard) => {
    const refused = (field, nearest) => (error) => error instanceof PlanguardError && error.field === field && error.message.includes(nearest);
    assert.throws(() => new TencentChat(guard, stuckChat(), { onerror: () => undefined }), refused('onerror', 'onError'));
    const adapter = new TencentChat(guard, stuckChat());
    await assert.rejects(adapter.login('ada', 'sig', 'open_chat', { timout: 5 }), refused('timout', 'timeout'));
    await assert.rejects(adapter.renew('ada', 'sig', { singal: 5 }), refused('singal', 'signal'));
    await assert.rejects(adapter.perform(ADD_BOB, addBob, { dome: 5 }), refused('dome', 'done'));
  }));

const ADD_BOB = { type: 'add_friend', user: 'ada', peer: 'bob' };
const addBob = (chat) => chat.addFriend({ to: 'bob', source: 'AddSource_Type_Web', type: TYPES.SNS_ADD_TYPE_BOTH });

test('an action that fits is carried out by the chat SDK and counted', () =>
  withChat(async (world) => {
    await ready(world, 'ada');
    const done = await world.adapter.perform(ADD_BOB, addBob);
    assert.deepEqual([done.type, done.value.code], ['done', 0]);
    assert.equal(world.provider.commands.filter((command) => command === 'friend_add').length, 1);
  }));

test('an action that the provider refuses is explained', () =>
  withChat(async (world) => {
    await ready(world, 'ada');
    world.provider.refuse('friend_add', 30010, 'own friends at the limit');
    const refusal = await world.adapter.perform(ADD_BOB, addBob);
    assert.equal(refusal.type, 'by_provider');
    assert.deepEqual([refusal.rejection.code, refusal.rejection.limit, refusal.error.code], [30010, 'friends_per_user', 30010]);
  }, { decisions: STRICT }));

test('a rejected call throws the chat SDK’s error, and the guard learns and explains it', () =>
  withChat(async (world) => {
    await ready(world, 'ada');
    world.provider.refuse('friend_add', 30010, 'own friends at the limit');
    const error = await world.adapter.call(addBob, { action: ADD_BOB }).then(assert.fail, (error) => error);
    assert.equal(error.code, 30010);
    const rejection = world.adapter.rejection(error);
    assert.equal(rejection.limit, 'friends_per_user');
    assert.ok(rejection.explain('zh-Hans').length > 0);
    const events = world.guard.events();
    const kinds = [];
    world.guard.shutdown();
    for await (const event of events) kinds.push(event.type === 'rejected' ? `${event.type} ${event.code}` : event.type);
    assert.ok(kinds.includes('rejected 30010'), kinds.join());
  }));

test('an error without a code is not the provider’s, and is thrown as it is', () =>
  withChat(async ({ adapter }) => {
    const error = await adapter.call(() => { throw new TypeError('x'); }).then(assert.fail, (error) => error);
    assert.ok(error instanceof TypeError);
    assert.equal(adapter.rejection(error), undefined);
  }));

test('after stop the guard hears nothing more', () =>
  withChat(async (world) => {
    await ready(world, 'ada');
    world.adapter.stop();
    const kicked = next(world.chat, EVENT.KICKED_OUT);
    world.provider.kick(1);
    await kicked;
    assert.equal(world.guard.session('ada').state, 'logged_in');
  }));
