// Answers of the guard as OpenFeature has them: value, variant, reason and metadata.

import type { FlagMetadata, ResolutionDetails } from '@openfeature/web-sdk';
import type { EffectiveLimit, FeatureDecision, Locale, Plan } from '@planguard/web';

/** What is said of every flag. */
function common(plan: Plan): FlagMetadata {
  return { generation: plan.generation, lifecycle: plan.lifecycle.type };
}

/** A feature. `flagMetadata.reason` is the guard's own word for why. */
export function featureDetails(plan: Plan, decision: FeatureDecision, locale: Locale): ResolutionDetails<boolean> {
  const { granted, reason, stale } = decision;
  return {
    value: granted,
    variant: granted ? 'granted' : 'denied',
    reason: reason.type === 'unknown' ? 'UNKNOWN' : stale ? 'STALE' : 'STATIC',
    flagMetadata: { ...common(plan), kind: 'feature', reason: reason.type, stale, explanation: decision.explain(locale) },
  };
}

/** A limit that the plan states. */
export function limitDetails(plan: Plan, { max, authority }: EffectiveLimit): ResolutionDetails<number> {
  const unlimited = max.type === 'unlimited';
  return {
    value: unlimited ? Number.POSITIVE_INFINITY : max.value,
    variant: unlimited ? 'unlimited' : 'bounded',
    reason: plan.stale ? 'STALE' : 'STATIC',
    flagMetadata: { ...common(plan), kind: 'limit', authority, unlimited, stale: plan.stale },
  };
}

/** A limit that the plan does not state. */
export function unknownLimit(plan: Plan, fallback: number): ResolutionDetails<number> {
  return { value: fallback, reason: 'DEFAULT', flagMetadata: { ...common(plan), kind: 'limit', authority: 'unknown', stale: plan.stale } };
}
