// What the buttons do. Each ends with a sentence for the status line.

import type { Locale } from '@planguard/web';
import type { Dashboard } from './dashboard.js';
import type { Tabs } from './tabs.js';
import { monthName } from './view/format.js';
import { WORDS, type Word, type Words } from './words.js';
import { APP } from './world.js';

/** A sentence in whichever language the page is in when it is shown. */
export type Sentence = (words: Words, locale: Locale) => string;

export interface Action {
  readonly id: string;
  /** What the button says; a switch says something else when it is on. */
  readonly word: (dashboard: Dashboard) => Word;
  readonly run: (dashboard: Dashboard, tabs: Tabs) => Promise<Sentence>;
}

const DAY = 86_400_000;
const iso = (at: number): string => new Date(at).toISOString();
const button = (id: Word, run: Action['run']): Action => ({ id, word: () => id, run });
const latest = (dashboard: Dashboard): Sentence => {
  const [entry] = dashboard.state.log;
  return (words, locale) => entry?.text(locale) ?? words.ready;
};

const LOGINS: readonly Action[] = [
  button('open', async (dashboard) => {
    await dashboard.login('ada', 'open_chat', (words) => words.person('Ada'));
    return latest(dashboard);
  }),
  button('storm', async (dashboard) => {
    const { chat, guard } = dashboard;
    const before = chat.logins;
    const outcomes = await Promise.all(
      Array.from({ length: 1_000 }, () => guard.login('ada', 'open_chat', () => chat.login('ada'))));
    const calls = chat.logins - before;
    const spared = outcomes.filter(({ type }) => type === 'joined' || type === 'already_logged_in').length;
    const text: Sentence = (words) => words.stormDone(calls, spared);
    const [first] = outcomes;
    const all = outcomes.every((outcome) => outcome.isLoggedIn());
    dashboard.add({
      tone: all ? 'good' : 'bad',
      outcome: all ? (calls > 0 ? 'executed' : 'already_logged_in') : 'denied',
      who: (words) => words.many,
      text: (locale) => (all ? text(WORDS[locale], locale) : (first?.explain(locale) ?? '')),
    });
    return text;
  }),
  button('push', async (dashboard) => {
    await dashboard.login('bob', 'push_wake', (words) => words.pushed('Bob'));
    return latest(dashboard);
  }),
  button('kick', async (dashboard) => {
    await dashboard.guard.session('ada').kickedOff();
    await dashboard.login('ada', 'reconnect', (words) => words.reconnect('Ada'));
    return (words) => words.kickDone;
  }),
  button('again', async (dashboard) => {
    await dashboard.login('ada', { type: 'after_kick', confirmed: true }, (words) => words.confirmed('Ada'));
    return latest(dashboard);
  }),
];

let befriended = 0;

const PLAN: readonly Action[] = [
  button('friends', async (dashboard) => {
    const { chat, guard } = dashboard;
    const outcomes = await Promise.all(Array.from({ length: 310 }, () => {
      const peer = `friend-${Date.now()}-${(befriended += 1)}`;
      return guard.perform({ type: 'add_friend', user: 'ada', peer }, () => chat.addFriend(peer));
    }));
    const refused = outcomes.filter(({ type }) => type !== 'done');
    const text: Sentence = (words) => words.friendsDone(outcomes.length - refused.length, refused.length);
    const [denial] = refused;
    dashboard.add({
      tone: denial ? 'bad' : 'good',
      outcome: denial ? 'by_plan' : 'done',
      who: (words) => words.action,
      text: (locale) => [text(WORDS[locale], locale), denial?.explain(locale)].filter(Boolean).join(' '),
    });
    return text;
  }),
  {
    id: 'suspend',
    word: ({ guard }) => (guard.lifecycle.type === 'suspended' ? 'resume' : 'suspend'),
    async run(dashboard, tabs) {
      const { guard, owner } = dashboard;
      const running = guard.lifecycle.type !== 'suspended';
      // In arrears for longer than the provider waits.
      await owner.change({ arrears_since: running ? iso(guard.now.getTime() - 3 * DAY) : null });
      await dashboard.sync();
      tabs.say({ type: 'changed' });
      await dashboard.login('ada', 'open_chat', (words) => words.person('Ada'));
      return (words) => (running ? words.suspendDone : words.resumeDone);
    },
  },
  {
    id: 'offline',
    word: ({ network }) => (network.online ? 'offline' : 'online'),
    async run(dashboard) {
      const { network } = dashboard;
      network.online = !network.online;
      await dashboard.sync();
      return (words) => (network.online ? words.onlineDone : words.offlineDone);
    },
  },
  button('turn', async (dashboard, tabs) => {
    const { clock, guard, owner } = dashboard;
    const [year = 0, month = 0] = guard.billingMonth.split('-').map(Number);
    // Ten in the morning of the next month's first day, UTC+8.
    clock.ahead += Date.UTC(year, month, 1, 2) - guard.now.getTime();
    tabs.say({ type: 'turned', ahead: clock.ahead });
    await owner.turn(clock.ahead);
    const now = clock.now();
    const subscription = { starts_at: iso(now - 10 * DAY), expires_at: iso(now + 20 * DAY) };
    await owner.change({
      subscription,
      value_added: [{ id: 'cloud_search', tier: null, quantity: 1, expires_at: subscription.expires_at }],
      usage: { as_of: iso(now), mau: 0, non_av_groups: 10, av_groups: 2, net_new_groups_today: 0 },
    });
    await dashboard.sync();
    // Nobody looks at the app by then: a push wakes it.
    await guard.session('ada').ended();
    await dashboard.login('ada', 'push_wake', (words) => words.pushed('Ada'));
    const name = guard.billingMonth;
    return (words, locale) => words.turnDone(monthName(name, locale));
  }),
];

const TABS: readonly Action[] = [
  button('tab', async () => {
    const opened = window.open(location.href, '_blank');
    return (words) => (opened ? words.tabDone : words.tabBlocked);
  }),
  button('everyTab', async (dashboard, tabs) => {
    const { chat, guard } = dashboard;
    await guard.session('ada').loggedOut();
    await tabs.prepare();
    const before = chat.logins;
    tabs.say({ type: 'login' });
    await dashboard.login('ada', 'open_chat', (words) => words.person('Ada'));
    return (words) => words.everyTabDone(chat.logins - before);
  }),
  button('reset', async (dashboard, tabs) => {
    const { guard, owner } = dashboard;
    tabs.say({ type: 'close' });
    guard.shutdown();
    await forget();
    await owner.turn(0);
    await owner.change((await (await fetch('/first.json')).json()) as Record<string, unknown>);
    tabs.say({ type: 'reload' });
    location.reload();
    return (words) => words.resetDone;
  }),
];

/** Deletes what the guard keeps in this browser. */
function forget(): Promise<void> {
  const name = `planguard-${APP}`;
  localStorage.removeItem(name);
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error ?? new Error('the database cannot be deleted'));
  });
}

/** The buttons in their groups. */
export const GROUPS: ReadonlyArray<readonly [title: Word, actions: readonly Action[]]> = [
  ['groupLogins', LOGINS], ['groupPlan', PLAN], ['groupTabs', TABS],
];
