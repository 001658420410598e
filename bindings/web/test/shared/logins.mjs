// The login guard.

import { PlanguardError } from '@planguard/web';
import { Chat, pending } from '../support/chat.mjs';
import { settle } from '@planguard/web/testing';
import { assert, test } from '../support/harness.mjs';
import { withGuard } from '../support/world.mjs';

test('a login carries what the handler returned', () =>
  withGuard({}, async (guard) => {
    const outcome = await guard.login('ada', 'open_chat', async () => ({ token: 7 }));
    assert.equal([outcome.type, outcome.value, outcome.mau.newInMonth], ['executed', { token: 7 }, true]);
    assert.ok(outcome.isLoggedIn());
    assert.equal((await guard.login('ada', 'open_chat', () => 1)).type, 'already_logged_in');
  }));

test('1,000 concurrent logins make one upstream login', () =>
  withGuard({}, async (guard) => {
    const chat = new Chat();
    const outcomes = await Promise.all(Array.from({ length: 1000 }, () => guard.login('ada', 'open_chat', chat.call)));
    assert.equal(chat.calls, 1);
    assert.equal(outcomes.filter(({ type }) => type === 'executed').length, 1);
    assert.ok(outcomes.every((outcome) => outcome.isLoggedIn()));
  }));

test('a refusal of the chat SDK arrives typed, with its own error as the cause', () =>
  withGuard({}, async (guard) => {
    const refusal = Object.assign(new Error('sig expired'), { code: 70001 });
    const error = await assert.rejects(guard.login('ada', 'open_chat', () => Promise.reject(refusal)));
    assert.ok(error instanceof PlanguardError);
    assert.equal([error.type, error.failure.code, error.failure.detail], ['login', 70001, 'sig expired']);
    assert.ok(error.cause === refusal);
    assert.ok(!error.message.includes('sig expired'), 'the text of the provider is for the app only');
  }));

test('whatever a handler throws is a typed failure, and the next call works', async () => {
  const thrown = [undefined, null, Object.create(null), 'text', 7, new TypeError('x'), { code: 'no number' }];
  for (const value of thrown) {
    await withGuard({}, async (guard) => {
      const error = await assert.rejects(guard.login('ada', 'open_chat', () => Promise.reject(value)));
      assert.equal([error.type, error.failure.code], ['login', 0], String(error));
      await guard.forgetFailures('ada');
      assert.equal((await guard.login('ada', 'open_chat', () => 1)).type, 'executed');
    });
  }
});

test('a handler that throws at once is a typed failure, too', () =>
  withGuard({}, async (guard) => {
    const error = await assert.rejects(guard.login('ada', 'open_chat', () => { throw new Error('at once'); }));
    assert.equal(error.type, 'login');
  }));

test('a handler that never settles is given up in time', () =>
  withGuard({}, async (guard, clock) => {
    let aborted = false;
    const login = guard.login('ada', 'open_chat', ({ signal }) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise(() => {});
    });
    const failed = assert.rejects(login, (error) => assert.equal(error.type, 'login'));
    await clock.advance(61_000);
    await failed;
    await settle();
    assert.ok(guard.check({ type: 'search' }), 'other calls work');
    assert.ok(aborted, 'the handler was told');
  }));

test('an aborted login rejects with the reason of the signal, and the handler is told', () =>
  withGuard({}, async (guard) => {
    const controller = new AbortController();
    const call = pending();
    let told = false;
    const login = guard.login('ada', 'open_chat', ({ signal }) => {
      signal.addEventListener('abort', () => (told = true));
      return call.promise;
    }, { signal: controller.signal });
    await settle();
    controller.abort(new Error('gone'));
    await assert.rejects(login, (error) => assert.equal(error.message, 'gone'));
    await settle();
    assert.ok(told);
    call.resolve();
    assert.equal((await guard.login('ada', 'open_chat', () => 1)).isLoggedIn(), true);
  }));

test('a signal that is aborted already calls nobody', () =>
  withGuard({}, async (guard) => {
    const chat = new Chat();
    await assert.rejects(guard.login('ada', 'open_chat', chat.call, { signal: AbortSignal.abort() }), (error) =>
      assert.equal(error.name, 'AbortError'));
    assert.equal(chat.calls, 0);
  }));

test('a deferred login says what to show instead', () =>
  withGuard({}, async (guard) => {
    const outcome = await guard.login('ada', 'push_wake', () => 1);
    assert.equal([outcome.type, outcome.alternative], ['deferred', 'cached_conversations']);
    assert.ok(outcome.explain('zh-Hans').length > 0);
  }));

test('a login in two steps is answered by its ticket, once', () =>
  withGuard({}, async (guard) => {
    const begun = await guard.beginLogin('ada', 'open_chat');
    assert.equal(begun.type, 'ticket');
    assert.equal((await guard.beginLogin('ada', 'open_chat', { noWait: true })).type, 'in_flight');
    assert.equal((await begun.ticket.succeed()).type, 'executed');
    await assert.rejects(begun.ticket.succeed(), (error) => assert.equal(error.type, 'finished'));
    const again = await guard.beginLogin('ada', 'open_chat');
    assert.equal([again.type, again.outcome.type], ['outcome', 'already_logged_in']);
  }));

test('a kicked user is logged in again only after a person confirms', () =>
  withGuard({}, async (guard) => {
    await guard.login('ada', 'open_chat', () => 1);
    const session = guard.session('ada');
    await session.kickedOff();
    assert.equal(session.state, 'kicked_off');
    const denied = await guard.login('ada', 'reconnect', () => 1);
    assert.equal([denied.type, denied.reason.type ?? denied.reason], ['denied', 'kicked_off']);
    const back = await guard.login('ada', { type: 'after_kick', confirmed: true }, () => 1);
    assert.equal(back.type, 'executed');
  }));

test('the report of the month adds up', () =>
  withGuard({}, async (guard) => {
    await guard.login('ada', 'push_wake', () => 1);
    await guard.login('ada', 'open_chat', () => 1);
    const report = await guard.loginReport();
    assert.equal([report.asked, report.executed, report.newActiveUsers], [2, 1, 1]);
    assert.equal(report.deferred, { would_create_active_user: 1 });
  }));
