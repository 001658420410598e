// Which flags are others in a new plan.

import type { EffectiveLimit, Feature, FeatureDecision, LimitId, Plan } from '@planguard/web';

const feature = (one: FeatureDecision | undefined): string => JSON.stringify([one?.granted, one?.reason, one?.stale]);
const limit = (one: EffectiveLimit | undefined): string => JSON.stringify([one?.max, one?.authority]);

/** The names of the features and limits that are not the same in both. */
export function changed(before: Plan, after: Plan): Array<Feature | LimitId> {
  const differs = <K, V>(one: ReadonlyMap<K, V>, other: ReadonlyMap<K, V>, text: (value: V | undefined) => string): K[] =>
    [...new Set([...one.keys(), ...other.keys()])].filter((key) => text(one.get(key)) !== text(other.get(key)));
  return [...differs(before.feature, after.feature, feature), ...differs(before.limit, after.limit, limit)];
}
