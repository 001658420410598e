// Quotas as bars with their thresholds. What planguard does not know is written, and never drawn as zero.

import type { Action, LimitCheck, LimitId, LimitStatus, Max, Planguard } from '@planguard/web';
import { byId, el } from '../dom.js';
import { count } from './format.js';
import { type State, type Tone, wordsOf } from './state.js';

/** Actions whose checks, together, look at every quota on the page. */
const ACTIONS: readonly Action[] = [
  { type: 'add_friend', user: 'ada', peer: 'somebody' },
  { type: 'join_group', user: 'ada', group: 'book-club', kind: 'public' },
  { type: 'create_group', owner: 'ada', kind: 'public', initialMembers: 1 },
  { type: 'create_group', owner: 'ada', kind: 'av_chat_room', initialMembers: 1 },
];
/** The quotas, in their order on the page. */
const SHOWN: readonly LimitId[] = [
  'friends_per_user', 'groups_per_user', 'members_per_group', 'non_av_groups', 'av_groups', 'net_new_groups_per_day',
];

const TONES: Readonly<Record<LimitStatus['type'], Tone>> = {
  fits: 'good', threshold: 'warn', exceeds: 'bad', grandfathered: 'bad', usage_unknown: 'plain', not_known: 'plain',
};

interface Row {
  readonly limit: LimitId;
  readonly used?: number | undefined;
  readonly max?: Max | undefined;
  readonly tone: Tone;
  readonly state: string;
  readonly text: string;
}

export function renderQuotas(guard: Planguard, state: State): void {
  const checked = checks(guard);
  const rows = [activeUsers(guard, state), ...checked.map((check) => ofCheck(check, state))];
  const bars = rows.filter((row) => row !== undefined).map((row) => bar(row, state));
  const none = checked.length === 0 ? [el('li', { class: 'explained' }, wordsOf(state).noQuotas)] : [];
  byId('quotas').replaceChildren(...bars, ...none);
}

/** One check for each quota: of the same subject the first one says all. */
function checks(guard: Planguard): LimitCheck[] {
  const found = new Map<LimitId, LimitCheck>();
  for (const action of ACTIONS) {
    for (const check of guard.assess(action).checks) if (!found.has(check.limit)) found.set(check.limit, check);
  }
  return SHOWN.flatMap((limit) => found.get(limit) ?? []);
}

function ofCheck(check: LimitCheck, state: State): Row {
  const { evidence, limit, status } = check;
  const known = evidence.usageOrigin !== 'unknown';
  return {
    limit,
    used: known ? evidence.used : undefined,
    max: evidence.max,
    tone: TONES[status.type],
    state: wordsOf(state).states[status.type],
    text: check.explain(state.locale),
  };
}

/** The active users of the month, as the bill counts them. */
function activeUsers(guard: Planguard, state: State): Row | undefined {
  const words = wordsOf(state);
  const line = guard.forecast().low.included.find(({ limit }) => limit === 'free_mau');
  if (!line) return undefined;
  const { used, included } = line;
  const part = used === undefined || included?.type !== 'of' ? undefined : used / included.value;
  const status = part === undefined ? 'usage_unknown' : part >= 1 ? 'exceeds' : part >= 0.8 ? 'threshold' : 'fits';
  return { limit: 'free_mau', used, max: included, tone: TONES[status], state: words.states[status], text: line.explain(state.locale) };
}

function bar({ limit, max, state: status, text, tone, used }: Row, state: State): HTMLElement {
  const words = wordsOf(state);
  const name = el('span', { class: 'name', id: `quota-${limit}` }, words.limits[limit] ?? limit);
  const most = max === undefined ? words.notKnown : max.type === 'unlimited' ? words.unlimited : count(max.value);
  const figure = words.of(used === undefined ? words.notKnown : count(used), most);
  const item = el('li', { 'data-tone': tone, 'data-limit': limit },
    el('div', { class: 'line' }, name, el('span', { class: 'figure' }, figure), el('span', { class: 'badge' }, status)));
  if (used !== undefined && max?.type === 'of' && max.value > 0) {
    const track = el('div', {
      class: 'track', role: 'meter', 'aria-labelledby': name.id, 'aria-valuemin': 0, 'aria-valuemax': max.value,
      'aria-valuenow': Math.min(used, max.value), 'aria-valuetext': figure,
    }, el('span', { class: 'fill' }), el('span', { class: 'mark at-80' }), el('span', { class: 'mark at-95' }));
    // By the object model: a policy without inline styles allows that.
    (track.firstElementChild as HTMLElement).style.inlineSize = `${Math.min(100, (used / max.value) * 100)}%`;
    item.append(track);
  }
  item.append(el('p', { class: 'explained' }, text));
  return item;
}
