// What a guard is opened with: store, transport, credential and clock, and the other tabs.

import type { Builder } from '../objects.js';
import { type PlanguardOptions, coreOptions } from '../options.js';
import { type FallingBack, type Storage, browserStore } from '../store/browser.js';
import { type Store, memoryStore } from '../store/store.js';
import { wasm } from '../wasm/module.js';
import { type Clock, systemClock } from './clock.js';
import { type Tabs, tabsOf } from './tabs.js';
import { fetchTransport } from './transport.js';

/** The host's side of one guard. */
export interface Host {
  readonly builder: Builder;
  readonly clock: Clock;
  readonly storage: Storage;
  onStorage(listener: (storage: Storage) => void): () => void;
  /** Runs `body` while no other tab runs one for this user; waits for others no longer than `wait`. */
  alone<T>(user: string, wait: Promise<void>, body: () => Promise<T>): Promise<T>;
  onClose(end: () => void): void;
  close(): void;
}

/** Collects what `options` say. `changed` is called when another tab has written. */
export function openHost(options: PlanguardOptions, changed: () => Promise<void>): Host {
  const name = `planguard-${options.sdkAppId}`;
  const listeners = new Set<(storage: Storage) => void>();
  const store = storeOf(name, options.store, (storage) => listeners.forEach((listener) => listener(storage)));
  // What is in memory or of the app's own is not known to be shared.
  const shared = options.tabs ?? (options.store === undefined || options.store === 'browser');
  const tabs = shared ? tabsOf(name, async () => (closed ? undefined : changed())) : undefined;
  const clock = options.clock ?? systemClock;
  const locks = tabs !== undefined && typeof navigator !== 'undefined' && navigator.locks !== undefined;
  let closed = false;
  const ends = new Set<() => void>([() => tabs?.close(), () => store.close?.()]);

  const builder = wasm().builder_new(coreOptions(options, locks));
  wasm().builder_clock(builder, clock);
  wasm().builder_transport(builder, options.transport ?? fetchTransport());
  wasm().builder_store(builder, tabs ? telling(store, tabs) : store);
  const { credential } = options;
  if (typeof credential === 'function') {
    wasm().builder_credentials(builder, { credential: async () => (await credential()) ?? undefined });
  }

  return {
    builder,
    clock,
    get storage() {
      return 'storage' in store ? (store as FallingBack).storage : { kind: options.store === 'memory' ? ('memory' as const) : ('custom' as const) };
    },
    onStorage(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    alone: (user, wait, body) => (tabs ? tabs.alone(user, wait, body) : body()),
    onClose: (end) => void ends.add(end),
    close() {
      closed = true;
      for (const end of ends) end();
      ends.clear();
    },
  };
}

function storeOf(name: string, chosen: PlanguardOptions['store'], changed: (storage: Storage) => void): Store {
  if (typeof chosen === 'object') return chosen;
  if (chosen === 'memory') return memoryStore();
  return browserStore(name, changed);
}

/** A store that tells other tabs of what was written. */
function telling(store: Store, tabs: Tabs): Store {
  return {
    load: (known, options) => store.load(known, options),
    async replace(expected, content, options) {
      const replaced = await store.replace(expected, content, options);
      if (replaced === 'replaced') tabs.written();
      return replaced;
    },
  };
}

