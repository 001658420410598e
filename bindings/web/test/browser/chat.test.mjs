// The adapter for the chat SDK, with the real one, in headless Chromium: its WebSocket goes to a stand-in on this machine.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, tab } from '../support/chromium.mjs';
import { serve } from '../support/server.mjs';
import { Servers } from '../support/servers.mjs';
import { sockets } from '../support/socket.mjs';

let server;
let browser;

before(async () => {
  server = await serve();
  // No name is resolved but that of this machine: what the chat SDK asked for besides would fail, and be seen.
  browser = await launch(['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost']);
});

after(async () => {
  await browser.close();
  await server.close();
});

/** Runs `body` with a page that has a guard, the chat SDK and its adapter, and with the provider's servers. */
async function withChat(body) {
  const provider = new Servers();
  const standIn = await sockets((connection) => {
    provider.opened({ onmessage: ({ data }) => connection.send(Buffer.from(data)), onclose: () => connection.close() });
    return (text) => provider.received(JSON.parse(text));
  });
  const context = await browser.newContext();
  const asked = [];
  context.on('request', (request) => asked.push(request.url()));
  const page = await tab(context, server);
  page.on('websocket', (socket) => asked.push(socket.url()));
  try {
    await page.evaluate(async (proxyServer) => {
      const [{ Planguard }, { TencentChat }, { default: TencentCloudChat }] = await Promise.all(
        ['/dist/index.js', '/dist/tencent.js', '/node_modules/@tencentcloud/chat/index.es.js'].map((path) => import(path)),
      );
      const { EVENT } = TencentCloudChat;
      window.guard = await Planguard.open({ sdkAppId: 1400000001, fallback: ['intl-2024', 'standard'] });
      window.chat = TencentCloudChat.create({ SDKAppID: 1400000001, proxyServer });
      window.chat.setLogLevel(4);
      window.errors = [];
      window.adapter = new TencentChat(window.guard, window.chat, { onError: (error) => window.errors.push(String(error)) });
      window.event = (name) => new Promise((resolve) => {
        const handler = ({ data }) => (window.chat.off(EVENT[name], handler), resolve(data));
        window.chat.on(EVENT[name], handler);
      });
      /** Until the guard has heard of what the chat SDK said. */
      window.state = async (user, wanted) => {
        while (window.guard.session(user).state !== wanted) await new Promise((next) => requestAnimationFrame(next));
        return wanted;
      };
      window.ready = async (user) => {
        const complete = window.event('SDK_READY');
        const outcome = await window.adapter.login(user, `sig-${user}`, 'open_chat');
        await complete;
        return outcome;
      };
    }, standIn.url);
    await body(page, provider);
    assert.deepEqual(await page.evaluate(() => window.errors), []);
    assert.deepEqual(page.errors, []);
  } finally {
    await context.close();
    await standIn.close();
  }
  const here = ({ protocol, hostname }) => hostname === 'localhost' || ['blob:', 'data:'].includes(protocol);
  assert.deepEqual(asked.filter((url) => !here(new URL(url))), [], 'nothing left the machine');
  assert.ok(provider.commands.includes('wslogin'), 'the chat SDK reached the stand-in');
}

describe('the real chat SDK in a page', () => {
  it('logs in through the adapter, once for many callers, and the session is the guard’s', () =>
    withChat(async (page, provider) => {
      const found = await page.evaluate(async () => {
        const outcomes = await Promise.all(Array.from({ length: 100 }, () => window.adapter.login('ada', 'sig-ada', 'open_chat')));
        const [first] = outcomes.filter(({ type }) => type === 'executed');
        return [outcomes.every((one) => one.isLoggedIn()), first.value.actionStatus, first.mau.newInMonth, window.adapter.user, await window.state('ada', 'logged_in')];
      });
      assert.deepEqual(found, [true, 'OK', true, 'ada', 'logged_in']);
      assert.deepEqual(provider.logins, ['ada']);
    }));

  it('a kick reaches the guard, and only a person logs in again', () =>
    withChat(async (page, provider) => {
      await page.evaluate(() => window.ready('ada'));
      await page.evaluate(() => void (window.kicked = window.event('KICKED_OUT')));
      provider.kick(1);
      const found = await page.evaluate(async () => {
        const { type } = await window.kicked;
        const state = await window.state('ada', 'kicked_off');
        const denied = await window.adapter.login('ada', 'sig-ada', 'reconnect');
        const back = await window.adapter.login('ada', 'sig-ada', { type: 'after_kick', confirmed: true });
        return [type, state, denied.type, back.type];
      });
      assert.deepEqual(found, ['multipleAccount', 'kicked_off', 'denied', 'executed']);
      assert.deepEqual(provider.logins, ['ada', 'ada']);
    }));

  it('trap: its own login of another user resolves and keeps the old one; the adapter’s logs that one out first', () =>
    withChat(async (page, provider) => {
      const found = await page.evaluate(async () => {
        await window.ready('ada');
        const { code, data } = await window.chat.login({ userID: 'bob', userSig: 'sig-bob' });
        const kept = [code, data.repeatLogin, String(window.chat.getLoginUser())];
        const outcome = await window.adapter.login('bob', 'sig-bob', 'open_chat');
        return [kept, outcome.type, outcome.value.repeatLogin, window.adapter.user];
      });
      assert.deepEqual(found, [[0, true, 'ada'], 'executed', undefined, 'bob']);
      assert.deepEqual(provider.logins, ['ada', 'bob']);
    }));

  it('trap: an expired UserSig comes as a kick, and a new one logs in without a question', () =>
    withChat(async (page, provider) => {
      await page.evaluate(() => window.ready('ada'));
      provider.refuse('portrait_set', 70001, 'UserSig expired');
      const found = await page.evaluate(async () => {
        const kicked = window.event('KICKED_OUT');
        const { code } = await window.chat.updateMyProfile({ nick: 'Ada' }).catch((error) => error);
        const { type } = await kicked;
        const state = await window.state('ada', 'sig_expired');
        return [code, type, state, (await window.adapter.renew('ada', 'sig-ada-2')).type];
      });
      assert.deepEqual(found, [70001, 'userSigExpired', 'sig_expired', 'executed']);
    }));
});
