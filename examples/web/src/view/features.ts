// The features: the answer, why, and what would lift a denial.

import type { Planguard } from '@planguard/web';
import { byId, el } from '../dom.js';
import { type State, wordsOf } from './state.js';

export function renderFeatures(guard: Planguard, state: State): void {
  const words = wordsOf(state);
  const rows = guard.plan.features.map((decision) => {
    const { feature, granted } = decision;
    const { remedies } = guard.explainFeature(feature);
    const lifted = remedies.length > 0
      ? el('ul', { class: 'plain' }, ...remedies.map((remedy) => el('li', {}, remedy.explain(state.locale))))
      : el('span', { class: 'quiet' }, granted ? words.nothing : words.noRemedy);
    return el('tr', { role: 'row', 'data-feature': feature, 'data-tone': granted ? 'good' : 'bad' },
      el('th', { role: 'rowheader', scope: 'row' }, words.featureNames[feature] ?? feature),
      el('td', { role: 'cell' }, el('span', { class: 'badge' }, granted ? words.granted : words.denied)),
      el('td', { role: 'cell' }, decision.explain(state.locale)),
      el('td', { role: 'cell' }, lifted));
  });
  byId('features').replaceChildren(...rows);
}
