// The plan: edition, lifecycle, and what is known of them since when.

import type { Lifecycle, Planguard } from '@planguard/web';
import { byId, facts } from '../dom.js';
import type { ChatSdk } from '../world.js';
import { count, moment } from './format.js';
import { type State, type Tone, wordsOf } from './state.js';

const TONES: Readonly<Record<Lifecycle['type'], Tone>> = {
  unknown: 'plain', active: 'good', expiring_soon: 'warn', grace: 'warn', suspended: 'bad', reclaimed: 'bad',
};

export function renderPlan(guard: Planguard, chat: ChatSdk, state: State): void {
  const words = wordsOf(state);
  const { entitlements, lifecycle, plan } = guard;
  const { edition, catalog, standing, fetchedAt, document } = entitlements;
  byId('edition').textContent = edition === undefined
    ? words.standings[standing]
    : `${words.editions[edition] ?? edition}${standing === 'known' ? '' : ` (${words.standings[standing]})`}`;
  byId('edition').dataset['catalog'] = catalog ?? '';
  byId('lifecycle').textContent = lifecycle.explain(state.locale);
  byId('plan').dataset['tone'] = TONES[lifecycle.type];
  byId('facts').replaceChildren(...facts([
    [words.asked, fetchedAt === undefined ? words.never : moment(fetchedAt, state.locale), plan.stale ? words.stale : words.fresh],
    [words.revision, document === undefined ? words.notKnown : String(document.revision), catalog ?? words.notKnown],
    [words.storage, words.stores[guard.storage.kind]],
    [words.time, moment(guard.now, state.locale)],
    [words.upstream, count(chat.logins), words.upstreamMore],
  ]));
}
