// The month: active users and what they cost so far, and what the login guard did. The two are told apart: a login that was
// left out because its user is logged in already is no active user less.

import type { Bill, LoginReport, Planguard } from '@planguard/web';
import { byId, el, facts } from '../dom.js';
import { amount, count, monthName } from './format.js';
import { type State, wordsOf } from './state.js';

export async function renderMonth(guard: Planguard, state: State): Promise<void> {
  const words = wordsOf(state);
  const forecast = guard.forecast();
  const report = await guard.loginReport();
  const total = (bill: Bill): string => (bill.total === undefined ? words.noPrice : amount(bill.total));
  const mau = forecast.low.included.find(({ limit }) => limit === 'free_mau');
  const included = mau?.included?.type === 'of' ? count(mau.included.value) : mau?.included ? words.unlimited : words.notKnown;
  byId('month-name').textContent = monthName(guard.billingMonth, state.locale);
  byId('figures').replaceChildren(...facts([
    [words.mau, words.of(mau?.used === undefined ? words.notKnown : count(mau.used), included), words.mauMore],
    [words.soFar, total(forecast.low), words.soFarMore],
    [words.linear, total(forecast.linear), words.linearMore],
    [words.next, forecast.marginal.explain(state.locale)],
  ]));
  byId('bill').replaceChildren(
    ...forecast.low.lines.map((line) => el('li', {}, line.explain(state.locale))),
    ...forecast.assumptions.map((one) => el('li', { class: 'quiet' }, `${words.assumption}: ${one.explain(state.locale)}`)),
  );
  renderLogins(report, state);
}

const sum = (of: Readonly<Record<string, number>>): number => Object.values(of).reduce((all, one) => all + one, 0);

function renderLogins(report: LoginReport, state: State): void {
  const words = wordsOf(state);
  byId('logins').replaceChildren(...facts([
    [words.requests, count(report.asked)],
    [words.carriedOut, count(report.executed)],
    [words.spared, count(report.joined + sum(report.suppressed))],
    [words.putOff, count(sum(report.deferred))],
    [words.refused, count(sum(report.denied))],
    [words.newUsers, count(report.newActiveUsers)],
    [words.neverActive, count(report.deferredUsersNeverActive)],
  ]));
}
