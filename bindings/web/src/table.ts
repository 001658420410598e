// The answers of every feature gate and limit, kept on this side until something in them may be different.

import type { EffectiveLimit, Feature, FeatureDecision, FeatureTable, LimitId } from '../generated/types.js';
import type { Planguard as Core } from './objects.js';
import { activity, wasm } from './wasm/module.js';

/** What the plan says at one moment. Another object as soon as it says something else. */
export interface Plan extends FeatureTable {
  readonly feature: ReadonlyMap<Feature, FeatureDecision>;
  readonly limit: ReadonlyMap<LimitId, EffectiveLimit>;
}

/** The table, and the conditions under which it is out of date. */
export class Table {
  #plan: Plan | undefined;
  #seen = -1;
  #until = 0;

  constructor(
    private readonly core: Core,
    private readonly elapsed: () => number,
  ) {}

  /** What holds now. Crosses to the core only where something may have changed. */
  get plan(): Plan {
    const seen = activity();
    const held = this.#plan;
    if (held && seen === this.#seen && this.elapsed() < this.#until) return held;
    const fresh = held && this.elapsed() < this.#until && wasm().planguard_generation(this.core) === held.generation;
    this.#seen = seen;
    return fresh ? held : (this.#plan = this.#read());
  }

  /** Forgets what it holds: the next look asks the core. */
  clear(): void {
    this.#plan = undefined;
  }

  /** In how many milliseconds it is out of date by itself. */
  get expiresIn(): number {
    return this.#until - this.elapsed();
  }

  #read(): Plan {
    const table = wasm().planguard_feature_table(this.core);
    this.#until = this.elapsed() + table.validFor;
    const feature = new Map(table.features.map((one) => [one.feature, Object.freeze(one)]));
    const limit = new Map(table.limits.map((one) => [one.limit, Object.freeze(one.effective)]));
    return Object.freeze({ ...table, feature, limit });
  }
}
