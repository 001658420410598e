// The guard: what an app opens, asks and tells.

import type {
  Action, AppPhase, Assessment, Begun, BillingMonth, ChangePreview, Committed, Done, EditionId, EffectiveLimit,
  Entitlements, Event, Feature, FeatureAssessment, FeatureContext, FeatureDecision, FetchPolicy, Flushed, Forecast,
  GroupId, Lifecycle, LimitId, LoginIntent, LoginReport, Milliseconds, Observation, PermitId, Rejection,
  RejectionContext, Reservation, SyncOutcome, UserId, Verdict,
} from '../generated/types.js';
import { type EventsOptions, eventsOf } from './events.js';
import { type ActionHandler, type LoginHandler, type LoginResult, type PerformResult, loggedIn, performed } from './handlers.js';
import { timedOut } from './errors.js';
import { type Host, openHost } from './host/host.js';
import { watchPage } from './host/page.js';
import { PlanListeners } from './listeners.js';
import { type CallOptions, type Planguard as Core, UserSession, useClasses } from './objects.js';
import { milliseconds, only } from './known.js';
import { type PlanguardOptions, knownOptions } from './options.js';
import { signalOf } from './signal.js';
import type { Storage } from './store/browser.js';
import { type Plan, Table } from './table.js';
import { whole } from './wasm/buffer.js';
import { ASYNC_DISPOSE, DISPOSE, init, wasm } from './wasm/module.js';

export interface LoginOptions extends CallOptions {
  /** How long the caller waits; left out, as long as the policy says. */
  readonly timeout?: Milliseconds | undefined;
  /** Whether the provider knows the user; a login of one that it does not know registers one. Default yes. */
  readonly knownToProvider?: boolean | undefined;
}

export interface PerformOptions<T> extends CallOptions {
  /** How long the handler is waited for. Default a minute. */
  readonly timeout?: Milliseconds | undefined;
  /**
   * How much of the action happened, from what the handler returned. Default all of it. Where it throws, nothing is
   * counted, although the action happened: `record` it.
   */
  readonly done?: ((value: T) => Done) | undefined;
}

/** How long a login in another tab is waited for where the call does not say. */
const WAIT: Milliseconds = 60_000;

/** Keeps a chat app inside its plan. */
export class Planguard {
  readonly #core: Core;
  readonly #host: Host;
  readonly #table: Table;
  readonly #listeners: PlanListeners;

  private constructor(core: Core, host: Host) {
    this.#core = core;
    this.#host = host;
    this.#table = new Table(core, () => host.clock.elapsed());
    this.#listeners = new PlanListeners(core, this.#table, host.clock);
  }

  /** What other entries of the package need of the one that this guard is of, whichever that is. @internal */
  readonly internals = { milliseconds, only, timedOut };

  /** Opens a guard: loads the module where that was not done, reads the store, makes no request. */
  static async open(options: PlanguardOptions, call?: CallOptions): Promise<Planguard> {
    knownOptions(options);
    useClasses();
    await init({ wasm: options.wasm });
    let guard: Planguard | undefined;
    const host = openHost(options, async () => guard?.refresh());
    try {
      guard = new Planguard(await wasm().builder_open(host.builder, call), host);
      return guard;
    } catch (error) {
      host.close();
      throw error;
    }
  }

  // --- What the plan says. Answered from a table on this side.

  /** Whether the plan has a feature, whatever its conditions. */
  feature(feature: Feature): FeatureDecision {
    return this.#table.plan.feature.get(feature) ?? wasm().planguard_feature(this.#core, feature);
  }

  /** Whether the plan has a feature and its conditions hold in `context`. */
  featureIn(feature: Feature, context: FeatureContext): FeatureDecision {
    return wasm().planguard_feature_in(this.#core, feature, context);
  }

  /** As `feature`, or `featureIn` where there is a context, with the evidence and what would lift a denial. */
  explainFeature(feature: Feature, context?: FeatureContext): FeatureAssessment {
    return context
      ? wasm().planguard_explain_feature_in(this.#core, feature, context)
      : wasm().planguard_explain_feature(this.#core, feature);
  }

  /** A limit that is known, and by whose word. */
  limit(limit: LimitId): EffectiveLimit | undefined {
    const found = this.#table.plan.limit.get(limit);
    // A word that is none is an error, not a limit that is not known.
    if (!found) wasm().parse_limit_id(limit);
    return found;
  }

  /** Every feature and limit, and where the plan stands: the same object until something in it changes. */
  get plan(): Plan {
    return this.#table.plan;
  }

  /** Calls `listener` when `plan` is another one: a sync, another tab, a phase, or time. Returns how to stop. */
  onPlan(listener: (plan: Plan) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Where the plan stands now. */
  get lifecycle(): Lifecycle {
    return wasm().planguard_lifecycle(this.#core);
  }

  /** What the app is entitled to, as resolved last. */
  get entitlements(): Entitlements {
    return wasm().planguard_entitlements(this.#core);
  }

  // --- Limits and actions.

  /** Whether an action fits the plan, in short. */
  check(action: Action): Verdict {
    return wasm().planguard_check(this.#core, action);
  }

  /** As `check`, with every limit, the evidence and what would lift a denial. */
  assess(action: Action): Assessment {
    return wasm().planguard_assess(this.#core, action);
  }

  /**
   * Carries an action out where it fits: holds room, calls `handler`, counts what happened or gives the room back, and
   * explains a refusal of the provider.
   */
  async perform<T>(action: Action, handler: ActionHandler<T>, options?: PerformOptions<T>): Promise<PerformResult<T>> {
    const { done, signal, timeout } = only(options, 'done', 'signal', 'timeout');
    return performed(handler, done, (foreign) =>
      timeout === undefined
        ? wasm().planguard_perform(this.#core, action, foreign, { signal })
        : wasm().planguard_perform_with(this.#core, action, foreign, timeout, { signal }),
    );
  }

  /** Holds room for an action that is about to be carried out, by default for as long as `permitTtl` says. */
  async reserve(action: Action, options?: CallOptions & { readonly length?: Milliseconds | undefined }): Promise<Reservation> {
    const { length, signal } = only(options, 'length', 'signal');
    return length === undefined
      ? wasm().planguard_reserve(this.#core, action, { signal })
      : wasm().planguard_reserve_for(this.#core, action, length, { signal });
  }

  /** Finishes a permit by its id: what happened is counted, the rest of its room goes back. */
  commitPermit(id: PermitId, done: Done, options?: CallOptions): Promise<Committed> {
    return wasm().planguard_commit_permit(this.#core, id, done, options);
  }

  /** Gives a permit back by its id. Says whether it was still held. */
  releasePermit(id: PermitId, options?: CallOptions): Promise<boolean> {
    return wasm().planguard_release_permit(this.#core, id, options);
  }

  /** Counts an action that has happened; with a `key` once, however often that comes. Says whether it was counted now. */
  async record(action: Action, options?: CallOptions & { readonly key?: string | undefined }): Promise<boolean> {
    const { key, signal } = only(options, 'key', 'signal');
    if (key !== undefined) return wasm().planguard_record_once(this.#core, key, action, { signal });
    await wasm().planguard_record(this.#core, action, { signal });
    return true;
  }

  /** Says what the chat SDK's lists show. */
  observe(observation: Observation, options?: CallOptions): Promise<void> {
    return wasm().planguard_observe(this.#core, observation, options);
  }

  /** Says that the provider refused a call, and gets told what that means. `code` and `message` are the chat SDK's. */
  reportRejection(code: number, message: string, context: RejectionContext = {}, options?: CallOptions): Promise<Rejection> {
    return wasm().planguard_report_rejection(this.#core, code, typeof message === 'string' ? whole(message) : message, context, options);
  }

  // --- Logins.

  /** Logs a user in through `handler`, unless that is needless, harmful or refused. */
  async login<T>(user: UserId, intent: LoginIntentLike, handler: LoginHandler<T>, options?: LoginOptions): Promise<LoginResult<T>> {
    const { signal, ...request } = only(options, 'signal', 'timeout', 'knownToProvider');
    return this.#alone(user, { signal, ...request }, () =>
      loggedIn(handler, (foreign) =>
        wasm().planguard_login_with(this.#core, { user, intent: intent as LoginIntent, ...request }, foreign, { signal }),
      ),
    );
  }

  /** The first step of a login that the app carries out itself, between a ticket and its answer. */
  async beginLogin(
    user: UserId,
    intent: LoginIntentLike,
    options?: LoginOptions & { readonly noWait?: boolean | undefined },
  ): Promise<Begun> {
    const { signal, ...request } = only(options, 'signal', 'timeout', 'knownToProvider', 'noWait');
    return wasm().planguard_begin_login_with(this.#core, { user, intent: intent as LoginIntent, ...request }, { signal });
  }

  /** The session of one user in this tab. */
  session(user: UserId): UserSession {
    return wasm().planguard_session(this.#core, user) as UserSession;
  }

  /** Says that the app has a new `UserSig` for this user: a login refused for the old one may be tried again. */
  newUserSig(user: UserId, options?: CallOptions): Promise<void> {
    return wasm().planguard_new_user_sig(this.#core, user, options);
  }

  /** Says that the provider has counted this user in the running billing period already. */
  knownActive(user: UserId, options?: CallOptions): Promise<void> {
    return wasm().planguard_known_active(this.#core, user, options);
  }

  /** Forgets what failed logins of this user left behind: waits, refusals and the loop breaker. */
  forgetFailures(user: UserId, options?: CallOptions): Promise<void> {
    return wasm().planguard_forget_failures(this.#core, user, options);
  }

  /** What the login guard did in a month, by default the running one. */
  loginReport(month: BillingMonth = this.billingMonth, options?: CallOptions): Promise<LoginReport> {
    return wasm().planguard_login_report(this.#core, month, options);
  }

  /** Checks a user id, and warns once a month when one is refused: ids cut to fit may collide or change. */
  user(id: string): UserId {
    return wasm().planguard_user(this.#core, id);
  }

  /** Checks a group id. */
  group(id: string): GroupId {
    return wasm().planguard_group(this.#core, id);
  }

  /** The id for a guest who uses the app without an account; the same for the life of the store. */
  get stableGuestId(): string {
    return wasm().planguard_stable_guest_id(this.#core);
  }

  // --- The endpoint, and what a month costs.

  /** Brings the entitlements up to date. Whatever goes wrong, the last good ones stay. */
  sync(policy: FetchPolicy = 'stale_while_revalidate', options?: CallOptions): Promise<SyncOutcome> {
    return this.#changing(wasm().planguard_sync(this.#core, policy, options));
  }

  /** Writes what is counted in memory, and delivers the usage events that wait. */
  flush(options?: CallOptions): Promise<Flushed> {
    return wasm().planguard_flush(this.#core, options);
  }

  /** Takes over what a guard in another tab or worker has kept; done by itself where tabs can tell each other. */
  refresh(options?: CallOptions): Promise<void> {
    return this.#changing(wasm().planguard_refresh(this.#core, options));
  }

  /**
   * Keeps the guard up to date until it is shut down or the returned function is called: syncs when that is due or
   * wanted, at least `every` so often, and when the page is shown or online again; says whether somebody looks at it.
   */
  keepFresh(every: Milliseconds = 300_000): () => void {
    milliseconds('every', every);
    // Fails where the guard is shut down: nothing would end what is begun here.
    wasm().planguard_generation(this.#core);
    let round: AbortController | undefined;
    const start = (): void => {
      round?.abort();
      const controller = (round = new AbortController());
      wasm()
        .planguard_keep_fresh(this.#core, every, { signal: controller.signal })
        .catch((error: unknown) => {
          // Stopped, or the guard is shut down: that is how it ends.
          if (!controller.signal.aborted && !this.isShutDown) throw error;
        });
    };
    start();
    const stop = watchPage((visible) => this.setPhase(visible ? 'foreground' : 'background'), start);
    const leave = this.#host.onClose(() => end());
    const end = (): void => {
      leave();
      stop();
      round?.abort();
    };
    return end;
  }

  /** Says whether somebody is looking at the app: by that freshness is judged. `keepFresh` does it by itself. */
  setPhase(phase: AppPhase): void {
    if (this.isShutDown) return;
    wasm().planguard_set_phase(this.#core, phase);
    this.#table.clear();
    this.#listeners.notify();
  }

  /** What the running month costs, from what the guard knows. */
  forecast(): Forecast {
    return wasm().planguard_forecast(this.#core);
  }

  /** What a move to another edition would do to this app. */
  previewChange(to: EditionId): ChangePreview {
    return wasm().planguard_preview_change(this.#core, to);
  }

  // --- What happens, and the end.

  /** Every event from now on, for `for await`. The first one who asks also gets what happened before. */
  events(options?: EventsOptions): AsyncIterableIterator<Event> {
    const known = only(options, 'signal', 'onLagged');
    return eventsOf(wasm().planguard_subscribe(this.#core), known);
  }

  /** Whether an event is about this user. */
  isAbout(event: Event, user: UserId): boolean {
    return wasm().planguard_is_about(this.#core, event, user);
  }

  /** The trusted time that decisions are made by. */
  get now(): Date {
    return wasm().planguard_now(this.#core);
  }

  /** The billing month that is now. */
  get billingMonth(): BillingMonth {
    return wasm().planguard_billing_month(this.#core);
  }

  /** Where the state is kept. */
  get storage(): Storage {
    return this.#host.storage;
  }

  /** Calls `listener` when the state is kept elsewhere, because the browser took the storage away. Returns how to stop. */
  onStorage(listener: (storage: Storage) => void): () => void {
    return this.#host.onStorage(listener);
  }

  /** Whether `shutdown` was called. */
  get isShutDown(): boolean {
    return wasm().planguard_is_shut_down(this.#core);
  }

  /** Ends the guard: loops and upkeep end, every later call fails with `closed`. Calls that run are carried through. */
  shutdown(): void {
    this.#listeners.clear();
    wasm().planguard_shutdown(this.#core);
    this.#table.clear();
    this.#host.close();
  }

  [DISPOSE](): void {
    this.shutdown();
  }

  async [ASYNC_DISPOSE](): Promise<void> {
    // Without it, what is counted in memory only would be lost. What it could not deliver waits in the store.
    if (!this.isShutDown) await this.flush();
    this.shutdown();
  }

  /** One tab at a time for a user; the lease in the store is for browsers without locks. */
  async #alone<T>(user: UserId, { signal: given, timeout = WAIT }: LoginOptions, body: () => Promise<T>): Promise<T> {
    const signal = signalOf(given);
    // What is no id is refused by the core.
    if (typeof user !== 'string') return body();
    const waiting = new AbortController();
    const stop = (): void => waiting.abort();
    signal?.addEventListener('abort', stop);
    try {
      const wait = this.#host.clock.sleep(timeout, { signal: waiting.signal });
      return await this.#host.alone(user, wait, body);
    } finally {
      signal?.removeEventListener('abort', stop);
      stop();
    }
  }

  async #changing<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } finally {
      this.#listeners.notify();
    }
  }
}

/** An intent by its word, or with what it carries. */
export type LoginIntentLike = LoginIntent | Exclude<LoginIntent['type'], 'after_kick'>;
