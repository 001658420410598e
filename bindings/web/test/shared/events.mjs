// What the guard reports without being asked.

import { settle } from '@planguard/web/testing';
import { assert, test, within } from '../support/harness.mjs';
import { STRICT, withGuard } from '../support/world.mjs';

const ADD = { type: 'add_friend', user: 'ada', peer: 'bob' };

test('events come in a loop, each with a text in both languages', () =>
  withGuard({}, async (guard) => {
    const events = guard.events();
    await guard.login('ada', 'open_chat', () => 1);
    const seen = [];
    for await (const event of events) {
      seen.push(event.type);
      assert.ok(event.explain('en').length > 0 && event.explain('zh-Hans').length > 0, event.type);
      if (event.type === 'login_executed') {
        assert.ok(guard.isAbout(event, 'ada') && !guard.isAbout(event, 'bob'));
        break;
      }
    }
    assert.ok(seen.includes('active_user_counted'), String(seen));
  }));

test('a loop ends when the guard is shut down', () =>
  withGuard({}, async (guard) => {
    const loop = (async () => {
      for await (const event of guard.events()) void event;
      return 'ended';
    })();
    await settle();
    guard.shutdown();
    assert.equal(await within(5000, loop), 'ended');
  }));

test('a loop ends with its signal, without an error', () =>
  withGuard({}, async (guard) => {
    const controller = new AbortController();
    const loop = (async () => {
      for await (const event of guard.events({ signal: controller.signal })) void event;
      return 'ended';
    })();
    await settle();
    controller.abort();
    assert.equal(await within(5000, loop), 'ended');
  }));

test('a warning comes when a limit is nearly reached', () =>
  withGuard({ decisions: STRICT }, async (guard) => {
    const events = guard.events();
    await guard.observe({ type: 'friends', user: 'ada', count: 2998 });
    await guard.perform(ADD, () => 1);
    const { value } = await events.next();
    let event = value;
    while (event.type !== 'limit_warning') event = (await within(5000, events.next())).value;
    assert.equal([event.limit, event.evidence.used > 0], ['friends_per_user', true]);
    await events.return();
  }));

test('a listener of the plan hears of a sync', () =>
  withGuard({}, async (guard) => {
    const seen = [];
    const stop = guard.onPlan((plan) => seen.push(plan));
    guard.setPhase('background');
    assert.equal(seen.length, 1);
    assert.ok(seen[0] === guard.plan);
    stop();
    guard.setPhase('foreground');
    assert.equal(seen.length, 1);
  }));
