// The hooks, with the real React and a document: tests for every version of it.

import { place } from './dom.mjs';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { StrictMode, act, createElement, useEffect } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { GuardProvider, useFeature, useGuard, useLimit, useLogin } from '@planguard/web/react';
import { ScriptedEndpoint, settle } from '@planguard/web/testing';
import { pending } from './chat.mjs';
import { within } from './harness.mjs';
import { withGuard } from './world.mjs';

const DOCUMENT = {
  schema: 1, revision: 1, sdk_app_id: 1400000001, catalog: 'intl-2024', edition: 'premium',
  issued_at: '2024-08-10T12:00:00+08:00',
};
const ENDPOINT = { endpoint: 'https://billing.example' };
const premium = () => new ScriptedEndpoint({ headers: { 'cache-control': 'max-age=3600' }, body: DOCUMENT });

/** Runs `body` with a guard and a root; what React complains about fails the test. */
function withRoot(body, options = {}) {
  return within(30_000, withGuard({ ...ENDPOINT, transport: premium(), ...options }, async (guard, clock) => {
    const complaints = [];
    const { error } = console;
    console.error = (...args) => complaints.push(args.join(' '));
    const element = place();
    let root;
    const render = (child, { strict = false, open = true } = {}) =>
      act(async () => {
        root ??= createRoot(element);
        const tree = createElement(GuardProvider, { guard: open ? guard : undefined }, child);
        root.render(strict ? createElement(StrictMode, null, tree) : tree);
      });
    try {
      await body({ clock, element, guard, render, hydrate: (tree) => act(async () => (root = hydrateRoot(element, tree))) });
      assert.deepEqual(complaints, []);
    } finally {
      await act(async () => root?.unmount());
      console.error = error;
    }
  }));
}

const word = (granted) => (granted === undefined ? 'unknown' : granted ? 'granted' : 'denied');

function Community({ renders, context }) {
  const decision = useFeature('community', context);
  renders?.push(decision);
  return word(decision?.granted);
}

function Groups() {
  const limit = useLimit('groups_per_user');
  return limit === undefined ? 'unknown' : limit.max.type === 'of' ? String(limit.max.value) : 'unlimited';
}

for (const strict of [false, true]) {
  test(`a feature is rendered anew when the plan changes${strict ? ', in strict mode' : ''}`, () =>
    withRoot(async ({ element, guard, render }) => {
      await render(createElement(Community), { strict });
      assert.equal(element.textContent, 'denied');
      await act(async () => guard.sync());
      assert.equal(element.textContent, 'granted');
    }));
}

test('a feature is not rendered anew while the plan stays', () =>
  withRoot(async ({ guard, render }) => {
    const renders = [];
    await render(createElement(Community, { renders }));
    const before = renders.length;
    await act(async () => {
      await guard.record({ type: 'search' });
      await guard.login('ada', 'open_chat', () => 1);
    });
    assert.equal(renders.length, before);
    assert.ok(renders.every((decision) => decision === renders[0]));
  }));

test('a feature is asked in its context, and an equal context is the same', () =>
  withRoot(async ({ element, guard, render }) => {
    await act(async () => guard.sync());
    const renders = [];
    for (const groupSize of [1, 1]) {
      await render(createElement(Community, { renders, context: { platform: 'web', groupSize } }));
    }
    assert.equal(element.textContent, word(guard.featureIn('community', { platform: 'web', groupSize: 1 }).granted));
    assert.equal(renders[0], renders.at(-1));
    const old = { platform: 'web', sdkVersion: { major: 1, minor: 0, patch: 0 } };
    await render(createElement(Community, { renders, context: old }));
    assert.equal(renders.at(-1).reason.type, guard.featureIn('community', old).reason.type);
    assert.notEqual(renders.at(-1), renders[0]);
  }));

test('a limit is rendered anew when the plan changes', () =>
  withRoot(async ({ element, guard, render }) => {
    await render(createElement(Groups), { strict: true });
    const before = element.textContent;
    assert.equal(before, String(guard.limit('groups_per_user').max.value));
    await act(async () => guard.sync());
    assert.equal(element.textContent, String(guard.limit('groups_per_user').max.value));
    assert.notEqual(element.textContent, before);
  }));

test('without a guard nothing is known, and one that comes is taken up', () =>
  withRoot(async ({ element, guard, render }) => {
    await render(createElement(Community), { open: false });
    assert.equal(element.textContent, 'unknown');
    await render(createElement(Community));
    assert.equal(element.textContent, word(guard.feature('community').granted));
  }));

test('a guard that was shut down renders as none', () =>
  withRoot(async ({ element, guard, render }) => {
    guard.shutdown();
    await render(createElement(Community));
    assert.equal(element.textContent, 'unknown');
  }));

test('a component that is gone listens no more', () =>
  withRoot(async ({ clock, render }) => {
    const idle = clock.sleepers;
    await render(createElement(Community), { strict: true });
    assert.equal(clock.sleepers, idle + 1, 'it waits for the plan to run out');
    await render(null, { strict: true });
    await settle();
    assert.equal(clock.sleepers, idle);
  }));

test('a server renders without a plan, and the page is hydrated without a difference', () =>
  withRoot(async ({ element, guard, hydrate }) => {
    const tree = (given) => createElement(GuardProvider, { guard: given }, createElement('p', null, createElement(Community), ' ', createElement(Groups)));
    const html = renderToString(tree(undefined));
    assert.equal(renderToString(tree(guard)), html, 'a guard on the server makes no difference');
    assert.ok(html.includes('unknown'));
    element.innerHTML = html;
    await hydrate(tree(guard));
    assert.equal(element.textContent, `denied ${guard.limit('groups_per_user').max.value}`);
  }));

function Login({ log, onLogin, args = ['ada'], atOnce = false }) {
  const { state, login, reset } = useLogin(log);
  onLogin?.(login, reset);
  useEffect(() => {
    if (atOnce) login(...args);
  }, [atOnce, login]);
  return state.status === 'done' ? `done ${state.outcome.type}` : state.status === 'failed' ? `failed ${state.error.type ?? state.error.message}` : state.status;
}

test('a login is idle, pending and done', () =>
  withRoot(async ({ element, render }) => {
    const call = pending();
    let ask;
    const log = (guard, user) => guard.login(user, 'open_chat', () => call.promise);
    await render(createElement(Login, { log, onLogin: (login) => (ask = login) }));
    assert.equal(element.textContent, 'idle');
    let login;
    await act(async () => {
      login = ask('ada');
      await settle();
    });
    assert.equal(element.textContent, 'pending');
    await act(async () => {
      call.resolve('answer');
      await login;
    });
    assert.equal(element.textContent, 'done executed');
    assert.equal((await login).outcome.value, 'answer');
  }));

test('a login in an effect of strict mode is one upstream login', () =>
  withRoot(async ({ element, render }) => {
    let calls = 0;
    const log = (guard, user) => guard.login(user, 'open_chat', async () => (calls += 1));
    await act(async () => {
      await render(createElement(Login, { log, atOnce: true }), { strict: true });
      await settle();
    });
    assert.match(element.textContent, /^done /);
    assert.equal(calls, 1);
  }));

test('a refused login is the state failed, and its promise does not reject', () =>
  withRoot(async ({ element, render }) => {
    let ask;
    let clear;
    const refusal = Object.assign(new Error('bad sig'), { code: 70003 });
    const log = (guard, user) => guard.login(user, 'open_chat', () => Promise.reject(refusal));
    await render(createElement(Login, { log, onLogin: (login, reset) => ([ask, clear] = [login, reset]) }));
    let state;
    await act(async () => (state = await ask('ada')));
    assert.equal(element.textContent, 'failed login');
    assert.deepEqual([state.status, state.error.failure.code], ['failed', 70003]);
    await act(async () => clear());
    assert.equal(element.textContent, 'idle');
  }));

test('the state is that of the login asked for last', () =>
  withRoot(async ({ element, guard, render }) => {
    const calls = { ada: pending(), bob: pending() };
    let ask;
    const log = (guard, user) => guard.login(user, 'open_chat', () => calls[user].promise);
    await render(createElement(Login, { log, onLogin: (login) => (ask = login) }));
    let ada;
    let bob;
    await act(async () => {
      ada = ask('ada');
      await settle();
      bob = ask('bob');
      await settle();
      calls.ada.resolve();
      await ada;
    });
    assert.deepEqual([(await ada).outcome.type, element.textContent], ['shed', 'pending']);
    await act(async () => {
      calls.bob.resolve();
      await bob;
    });
    assert.equal(element.textContent, 'done executed');
    assert.equal(guard.session('bob').state, 'logged_in');
  }));

test('a login outlives its component', () =>
  withRoot(async ({ guard, render }) => {
    const call = pending();
    let ask;
    const log = (guard, user) => guard.login(user, 'open_chat', () => call.promise);
    await render(createElement(Login, { log, onLogin: (login) => (ask = login) }));
    let login;
    await act(async () => {
      login = ask('ada');
      await settle();
    });
    await render(null);
    call.resolve();
    assert.equal((await login).outcome.type, 'executed');
    assert.equal(guard.session('ada').state, 'logged_in');
  }));

test('the function to log in stays the same, and calls what was rendered last', () =>
  withRoot(async ({ render }) => {
    const functions = new Set();
    const onLogin = (login) => functions.add(login);
    const calls = [];
    for (const name of ['first', 'second']) {
      const log = (guard, user) => (calls.push(name), guard.login(user, 'open_chat', () => 1));
      await render(createElement(Login, { log, onLogin }));
    }
    assert.equal(functions.size, 1);
    await act(async () => [...functions][0]('ada'));
    assert.deepEqual(calls, ['second']);
  }));

test('a login without a guard says what is missing', () =>
  withRoot(async ({ element, render }) => {
    let ask;
    await render(createElement(Login, { log: () => assert.fail('it has no guard'), onLogin: (login) => (ask = login) }), { open: false });
    await act(async () => ask('ada'));
    assert.match(element.textContent, /^failed there is no guard yet/);
  }));

test('the guard is at hand', () =>
  withRoot(async ({ guard, render }) => {
    let found;
    const Ask = () => {
      found = useGuard();
      return null;
    };
    await render(createElement(Ask));
    assert.equal(found, guard);
  }));
