// Who hears of another plan: when the core says that it changed, and when the table is out of date by itself.

import type { Event } from '../generated/types.js';
import type { Clock } from './host/clock.js';
import type { Planguard as Core } from './objects.js';
import type { Plan, Table } from './table.js';
import { tell } from './tell.js';
import { wasm } from './wasm/module.js';

/** Called with every plan that is another one. */
export type PlanListener = (plan: Plan) => void;

/** The listeners of one guard. The plan is looked at only as long as there are any. */
export class PlanListeners {
  readonly #listeners = new Set<PlanListener>();
  #notified: Plan | undefined;
  #watching: AbortController | undefined;
  /** Ends when the plan that listeners know is another one: that one is out of date at another time. */
  #nap: AbortController | undefined;

  constructor(
    private readonly core: Core,
    private readonly table: Table,
    private readonly clock: Clock,
  ) {}

  /** Adds a listener. Returns how to remove it. */
  add(listener: PlanListener): () => void {
    if (this.#listeners.size === 0) this.#watch();
    // One that is added twice is called until both are removed.
    const own = (plan: Plan): void => listener(plan);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.#watching?.abort();
    };
  }

  /** Removes every listener. */
  clear(): void {
    this.#watching?.abort();
    this.#listeners.clear();
  }

  /** Looks at the plan, and calls the listeners where it is another one. */
  notify(): void {
    if (this.#listeners.size === 0 || this.#isShutDown()) return;
    const { plan } = this.table;
    if (plan === this.#notified) return;
    this.#notified = plan;
    this.#nap?.abort();
    tell(this.#listeners, plan);
  }

  #isShutDown(): boolean {
    return wasm().planguard_is_shut_down(this.core);
  }

  #watch(): void {
    const { signal } = (this.#watching = new AbortController());
    this.#notified = this.table.plan;
    const listener = {
      onEvent: async (event: Event) => {
        if (event.type === 'entitlements_changed') this.notify();
      },
      onLagged: async () => this.notify(),
    };
    const ended = (error: unknown): void => {
      if (!signal.aborted) queueMicrotask(() => { throw error; });
    };
    wasm().planguard_on_event(this.core, listener, { signal }).catch(ended);
    this.#expire(signal).catch(ended);
  }

  async #expire(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#nap?.abort());
    while (!signal.aborted && !this.#isShutDown()) {
      const nap = (this.#nap = new AbortController());
      const left = this.table.expiresIn;
      // A clock without a time says nothing of when: then it is looked at every minute.
      await this.clock.sleep(Number.isNaN(left) ? 60_000 : Math.max(left, 1), { signal: nap.signal });
      if (!signal.aborted) this.notify();
    }
  }
}
