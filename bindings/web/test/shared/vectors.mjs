// The cases that every language answers alike: tests/vectors/*.json, whose README says what they mean.

import { Catalog, Planguard, PlanguardError, bill, memoryStore } from '@planguard/web';
import { ManualClock } from '@planguard/web/testing';
import { Chat } from '../support/chat.mjs';
import { assert, test } from '../support/harness.mjs';

const NAMES = ['bills', 'checks', 'explanations', 'features', 'lifecycle', 'logins'];
const ANSWERS = ['feature', 'check', 'perform', 'login', 'lifecycle', 'bill'];
const LIMITS_ENFORCED = { allLimits: 'enforce', onStale: 'enforce' };

const word = (value) => (typeof value === 'string' ? value : value.type);
const texts = (answer) => ({ en: answer.explain('en'), 'zh-Hans': answer.explain('zh-Hans') });
const camel = (fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.replace(/_(.)/g, (_, c) => c.toUpperCase()), value]));

/** One guard of a case, and the steps it takes. */
class World {
  constructor(given) {
    this.given = given;
    this.clock = new ManualClock(given.now);
    this.store = memoryStore();
  }

  async open() {
    const { plan, document, now, multi_user, enforce, mau_budget } = this.given;
    this.guard = await Planguard.open({
      sdkAppId: 1400000001,
      clock: this.clock,
      store: this.store,
      fallback: plan && [plan.catalog, plan.edition],
      seed: document && new TextEncoder().encode(JSON.stringify({ issued_at: now, ...document })),
      sessionMode: multi_user ? 'multi_user' : undefined,
      decisions: enforce ? LIMITS_ENFORCED : undefined,
      logins: mau_budget === undefined ? undefined : { mauBudget: mau_budget, onBudget: 'enforce' },
    });
  }

  feature({ feature }) {
    const decision = this.guard.feature(feature);
    return { granted: decision.granted, reason: word(decision.reason), ...texts(decision) };
  }

  check({ check }) {
    const verdict = this.guard.check(camel(check));
    const found = { allowed: verdict.decision !== 'denied', reason: word(verdict.reason), ...texts(verdict) };
    const { tightest } = verdict;
    if (tightest) {
      const max = tightest.max && (tightest.max.type === 'of' ? tightest.max.value : 'unlimited');
      Object.assign(found, { limit: tightest.limit, used: tightest.used, max, fits: tightest.fits });
    }
    return found;
  }

  async perform({ perform, code }) {
    const chat = new Chat(code);
    const performed = await this.guard.perform(camel(perform), chat.call);
    return { done: performed.type === 'done', calls: chat.calls };
  }

  async record({ record }) {
    await this.guard.record(camel(record));
  }

  async observe({ observe }) {
    await this.guard.observe(camel(observe));
  }

  async login({ login, intent, code }) {
    const chat = new Chat(code);
    const kick = intent.startsWith('after_kick');
    const asked = kick ? { type: 'after_kick', confirmed: intent === 'after_kick_confirmed' } : intent;
    let outcome;
    try {
      outcome = await this.guard.login(login, asked, chat.call);
    } catch (error) {
      if (!(error instanceof PlanguardError) || error.type !== 'login') throw error;
      return { outcome: 'failed', class: word(error.failure.failureClass), calls: chat.calls, ...texts(error) };
    }
    const found = { outcome: outcome.type, calls: chat.calls, ...texts(outcome) };
    if (outcome.type === 'executed') found.new_in_month = outcome.mau.newInMonth;
    else if ('reason' in outcome) found.reason = word(outcome.reason);
    return found;
  }

  async session({ session, event }) {
    const method = event.replace(/_(.)/g, (_, c) => c.toUpperCase());
    await this.guard.session(session)[method]();
  }

  lifecycle() {
    return { state: this.guard.lifecycle.type };
  }

  bill({ bill: month, catalog, edition, usage }) {
    const pushes = { pushCallsByDay: [] };
    const request = { catalog: Catalog.builtIn(catalog), edition, month, zone: '+08:00', valueAdded: [], limits: {}, usage: { ...pushes, ...camel(usage) } };
    const { total } = bill(request);
    return { total: total.amount, currency: total.currency };
  }

  async advance({ advance }) {
    await this.clock.advance(advance * 1000);
  }

  async restart() {
    await this.guard.flush();
    this.guard.shutdown();
    await this.open();
  }
}

async function differences(given, where) {
  const world = new World(given);
  const found = [];
  await world.open();
  for (const [number, step] of given.steps.entries()) {
    const kind = Object.keys(step).find((name) => typeof world[name] === 'function');
    const answer = (await world[kind](step)) ?? {};
    for (const [field, expected] of Object.entries(step.expect ?? {})) {
      if (answer[field] !== expected) {
        found.push(`${where}, step ${number + 1}: ${field} is ${JSON.stringify(answer[field])}, expected ${JSON.stringify(expected)}`);
      }
    }
  }
  world.guard.shutdown();
  return found;
}

/** Registers a test for each file; `files` are their contents by name. */
export function vectors(files) {
  test('vectors: every file is run', () => assert.equal(Object.keys(files).sort(), NAMES));
  for (const [name, { cases }] of Object.entries(files)) {
    test(`vectors: ${name} are answered as in every language`, async () => {
      assert.ok(cases.length > 0);
      const found = [];
      for (const given of cases) {
        for (const step of given.steps) {
          assert.equal(ANSWERS.some((kind) => kind in step), step.expect !== undefined, JSON.stringify(step));
        }
        found.push(...(await differences(given, given.name)));
      }
      assert.ok(found.length === 0, found.join('\n'));
    });
  }
}
