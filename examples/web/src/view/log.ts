// The log of decisions: a live region, to which entries are added one by one.

import { byId, el } from '../dom.js';
import { clockTime } from './format.js';
import { type Entry, type State, wordsOf } from './state.js';

/** As many as are kept. */
const MOST = 60;

function line(entry: Entry, state: State): HTMLElement {
  const words = wordsOf(state);
  return el('li', { 'data-tone': entry.tone, 'data-outcome': entry.outcome },
    el('time', { datetime: entry.at.toISOString() }, clockTime(entry.at)), ' ',
    el('strong', {}, entry.who(words)), ' ',
    el('span', { class: 'badge' }, words.outcomes[entry.outcome]),
    el('p', {}, entry.text(state.locale)));
}

export function addToLog(entry: Entry, state: State): void {
  state.log.unshift(entry);
  state.log.length = Math.min(state.log.length, MOST);
  const list = byId('entries');
  list.prepend(line(entry, state));
  while (list.children.length > MOST) list.lastElementChild?.remove();
}

/** In another language: nothing of it is news, so nothing is announced. */
export function renderLog(state: State): void {
  const region = byId('log');
  region.setAttribute('aria-live', 'off');
  byId('entries').replaceChildren(...state.log.map((entry) => line(entry, state)));
  requestAnimationFrame(() => region.setAttribute('aria-live', 'polite'));
}
