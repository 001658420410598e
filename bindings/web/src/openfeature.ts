// `@planguard/web/openfeature`: the plan as a provider for `@openfeature/web-sdk`.

import {
  type EvaluationContext, FlagNotFoundError, InvalidContextError, type JsonValue, OpenFeatureEventEmitter,
  type Provider, type ProviderMetadata, ProviderEvents, type ResolutionDetails, TypeMismatchError,
} from '@openfeature/web-sdk';
import type { Feature, FeatureContext, LimitId, Locale, Plan, Planguard, PlanguardError } from '@planguard/web';
import { changed } from './openfeature/changes.js';
import { featureDetails, limitDetails, unknownLimit } from './openfeature/details.js';

export interface PlanguardProviderOptions {
  /** The language of `explanation` in the metadata of features. Default `en`. */
  readonly locale?: Locale | undefined;
}

/** The parts of an evaluation context that a feature may depend on; `sdkVersion` as text or as its three numbers. */
const CONTEXT = ['platform', 'sdkVersion', 'groupType', 'groupSize', 'switchedOn'] as const;

/** The part of a context that is about features; none where it has no such part. */
function featureContext(context: EvaluationContext | undefined): FeatureContext | undefined {
  let found: Record<string, unknown> | undefined;
  if (context) for (const key of CONTEXT) if (context[key] !== undefined) (found ??= {})[key] = context[key];
  if (typeof found?.['sdkVersion'] === 'string') found['sdkVersion'] = version(found['sdkVersion']);
  return found as FeatureContext | undefined;
}

/** A version as the chat SDK writes its own, `3.6.6`. */
function version(text: string): FeatureContext['sdkVersion'] {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(text) ?? [];
  if (patch === undefined) throw new InvalidContextError(`sdkVersion: ${text} is not three numbers`);
  return { major: Number(major), minor: Number(minor), patch: Number(patch) };
}

/** What was answered for one plan. A flag is answered anew when the plan is another one. */
interface Answers {
  readonly plan: Plan | undefined;
  readonly features: Map<string, ResolutionDetails<boolean>>;
  readonly limits: Map<string, ResolutionDetails<number>>;
}

/**
 * Features are boolean flags, limits are number flags; `Infinity` is a limit without a bound. The guard stays the app's:
 * it is neither synced nor shut down here.
 */
export class PlanguardProvider implements Provider {
  readonly metadata: ProviderMetadata = { name: 'planguard' };
  readonly runsOn = 'client' as const;
  readonly events = new OpenFeatureEventEmitter();
  readonly #guard: Planguard;
  readonly #locale: Locale;
  #answers: Answers = { plan: undefined, features: new Map(), limits: new Map() };
  #stop: (() => void) | undefined;

  constructor(guard: Planguard, options?: PlanguardProviderOptions) {
    this.#guard = guard;
    this.#locale = guard.internals.only(options, 'locale').locale ?? 'en';
  }

  /** Called by the OpenFeature SDK: from here on, changes of the plan are its events. */
  async initialize(): Promise<void> {
    this.#stop?.();
    let before = this.#guard.plan;
    this.#stop = this.#guard.onPlan((plan) => {
      const flagsChanged = changed(before, plan);
      const turned = plan.stale !== before.stale;
      before = plan;
      if (flagsChanged.length > 0) this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged });
      if (turned) this.events.emit(plan.stale ? ProviderEvents.Stale : ProviderEvents.Ready);
    });
  }

  /** Called by the OpenFeature SDK when it is closed or gets another provider. */
  async onClose(): Promise<void> {
    this.#stop?.();
    this.#stop = undefined;
  }

  resolveBooleanEvaluation(flag: string, _default: boolean, context?: EvaluationContext): ResolutionDetails<boolean> {
    const where = featureContext(context);
    const { plan, features } = this.#current();
    const held = where ? undefined : features.get(flag);
    if (held) return held;
    const decision = plan.feature.get(flag as Feature);
    if (!decision) return this.#refuse(flag);
    if (where) return featureDetails(plan, this.#inContext(decision.feature, where), this.#locale);
    const details = featureDetails(plan, decision, this.#locale);
    features.set(flag, details);
    return details;
  }

  resolveNumberEvaluation(flag: string, fallback: number): ResolutionDetails<number> {
    const { plan, limits } = this.#current();
    const held = limits.get(flag);
    if (held) return held;
    if (!this.#isLimit(flag)) return this.#refuse(flag);
    const limit = plan.limit.get(flag);
    if (!limit) return unknownLimit(plan, fallback);
    const details = limitDetails(plan, limit);
    limits.set(flag, details);
    return details;
  }

  /** No flag is a text. */
  resolveStringEvaluation(flag: string): ResolutionDetails<string> {
    return this.#refuse(flag);
  }

  /** No flag is an object. */
  resolveObjectEvaluation<T extends JsonValue>(flag: string): ResolutionDetails<T> {
    return this.#refuse(flag);
  }

  /** Whether there is a limit of that name. */
  #isLimit(flag: string): flag is LimitId {
    try {
      this.#guard.limit(flag as LimitId);
      return true;
    } catch (error) {
      if (isInvalid(error)) return false;
      throw error;
    }
  }

  #current(): Answers & { readonly plan: Plan } {
    const { plan } = this.#guard;
    if (this.#answers.plan !== plan) this.#answers = { plan, features: new Map(), limits: new Map() };
    return this.#answers as Answers & { readonly plan: Plan };
  }

  #inContext(feature: Feature, context: FeatureContext): ReturnType<Planguard['featureIn']> {
    try {
      return this.#guard.featureIn(feature, context);
    } catch (error) {
      if (isInvalid(error)) throw new InvalidContextError(error.message);
      throw error;
    }
  }

  #refuse(flag: string): never {
    const known = this.#guard.plan.feature.has(flag as Feature) ? 'boolean' : this.#isLimit(flag) && 'number';
    if (known) throw new TypeMismatchError(`${flag} is a ${known} flag`);
    throw new FlagNotFoundError(`${flag} is neither a feature nor a limit`);
  }
}

/** Whether a guard refused an argument. Guards of every entry of the package have a class of errors of their own. */
function isInvalid(error: unknown): error is PlanguardError {
  return error instanceof Error && error.name === 'PlanguardError' && (error as PlanguardError).type === 'invalid_input';
}
