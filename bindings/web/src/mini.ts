// Decisions without a guard, for mini programs and wherever nothing but plain calls is possible.

import { PlanguardError } from './mini/error.js';
import { type Instantiated, Module } from './mini/module.js';
import { instant, requested } from './mini/request.js';
import { shaped } from './mini/shape.js';
import type * as T from './mini/types.js';

export { PlanguardError } from './mini/error.js';
export type * from './mini/types.js';
export type { Instantiated } from './mini/module.js';

/** What the module is loaded with. */
export interface Source {
  /** The host's function that makes an instance: `WXWebAssembly.instantiate`, or `WebAssembly.instantiate` with bytes as `path`. */
  readonly instantiate: (path: any, imports: {}) => Promise<Instantiated>;
  /** Where planguard-mini.wasm lies, as the host's function takes it. */
  readonly path: unknown;
}

/** Loads the module. */
export async function load(source: Source): Promise<Mini> {
  try {
    // Called as a plain function: what a host's own object is to it is not known here.
    const { instantiate, path } = source;
    return new Mini(new Module(await instantiate(path, {})));
  } catch (error) {
    throw new PlanguardError('internal', undefined, '`instantiate` gave no planguard-mini.wasm of this package', error);
  }
}

/** The module, loaded. */
export class Mini {
  readonly #module: Module;

  /** @internal */
  constructor(module: Module) {
    this.#module = module;
  }

  /** Decisions on a plan. Nothing is kept outside of memory. */
  open(options: T.Options): Decisions {
    const { now, fallback, fetchedAt, ...rest } = options ?? {};
    const clock = now ?? (() => new Date());
    const on = this.#module.call({
      ...rest,
      op: 'open',
      now: instant(clock, 'now'),
      fallback: fallback && { catalog: fallback[0], edition: fallback[1] },
      fetchedAt: fetchedAt && instant(() => fetchedAt, 'fetchedAt'),
    });
    return new Decisions(this.#module, on as number, clock);
  }

  /** What a month costs. */
  bill(request: T.BillRequest): T.Bill {
    return shaped(this.#module.call({ op: 'bill', request: requested(request) })) as T.Bill;
  }

  /** A built-in price list. */
  catalog(id: string): T.Catalog {
    return shaped(this.#module.call({ op: 'catalog', catalog: id })) as T.Catalog;
  }
}

/**
 * The answers of a guard that knows the same. The program says what happened; what a guard does between several callers and
 * over a restart is the program's.
 */
export class Decisions {
  readonly #ask: (op: string, fields?: object, now?: number) => any;

  /** @internal */
  constructor(module: Module, on: number, clock: () => Date) {
    this.#ask = (op, fields, now = instant(clock, 'now')) => shaped(module.call({ ...fields, op, on, now }));
  }

  /** Whether the plan has a feature. */
  feature(feature: T.Feature, context?: T.FeatureContext): T.FeatureDecision {
    return this.#ask('feature', { feature, context });
  }

  /** The same with what it rests on and what would lift a denial. */
  explainFeature(feature: T.Feature, context?: T.FeatureContext): T.FeatureAssessment {
    return this.#ask('explain_feature', { feature, context });
  }

  /** A limit in force, and who set it; `undefined` where it is not known. */
  limit(limit: T.LimitId): { readonly max: T.Max; readonly authority: string } | undefined {
    return this.#ask('limit', { limit });
  }

  /** Where the plan stands. */
  get lifecycle(): T.Lifecycle {
    return this.#ask('lifecycle');
  }

  /** Whether an action fits its limits. */
  check(action: T.Action): T.Verdict {
    return this.#ask('check', { action });
  }

  /** The same with every limit, what it rests on, and what would lift a denial. */
  assess(action: T.Action): T.Assessment {
    return this.#ask('assess', { action });
  }

  /** The chat SDK's own list says this. */
  observe(observation: T.Observation): void {
    this.#ask('observe', { observation });
  }

  /** An action has happened. */
  record(action: T.Action): void {
    this.#ask('record', { action });
  }

  /** These users logged in at that time, by what the program kept: in that month no login of theirs counts again. */
  knownActive(users: readonly string[], at?: Date): void {
    this.#ask('known_active', { users }, at && instant(() => at, 'at'));
  }

  /** Whether a login is to reach the chat SDK. Changes nothing. */
  login(request: T.LoginRequest): T.LoginAnswer {
    return this.#ask('login', request);
  }

  /** The chat SDK is called now. */
  sent(request: T.LoginRequest): void {
    this.#ask('sent', request);
  }

  /** The login that was sent last for this user succeeded. */
  succeeded(user: string): T.ActiveUserEffect {
    return this.#ask('succeeded', { user });
  }

  /** It failed with a code of the provider; 0 where no answer came. */
  failed(user: string, code: number): T.LoginFailure {
    return this.#ask('failed', { user, code, random: random() });
  }

  /** The chat SDK or the app says this of the user's session. */
  session(user: string, event: T.SessionChange): void {
    this.#ask('session', { user, event, random: random() });
  }

  /** Lets go of it. Every later call fails. */
  close(): void {
    this.#ask('close', {}, 0);
  }
}

/** 32 random bits, for waits of different length. */
const random = (): number => Math.floor(Math.random() * 2 ** 32);
