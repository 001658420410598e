// What a guard is opened with: store, transport, credential and clock, and the other tabs.

import { badArgument } from '../errors.js';
import type { Builder } from '../objects.js';
import { type PlanguardOptions, coreOptions } from '../options.js';
import { type Storage, browserStore } from '../store/browser.js';
import { type Store, memoryStore } from '../store/store.js';
import { shielded, tell } from '../tell.js';
import { wasm } from '../wasm/module.js';
import { type Clock, bounded, systemClock } from './clock.js';
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
  /** Calls `end` when the guard is shut down. Returns how not to. */
  onClose(end: () => void): () => void;
  close(): void;
}

/** Collects what `options` say. `changed` is called when another tab has written. */
export function openHost(options: PlanguardOptions, changed: () => Promise<void>): Host {
  const name = `planguard-${options.sdkAppId}`;
  const listeners = new Set<(storage: Storage) => void>();
  const chosen = options.store ?? 'browser';
  const falling = chosen === 'browser' ? browserStore(name, (storage) => tell(listeners, storage)) : undefined;
  const store = falling ?? ownStore(chosen);
  // What is in memory or of the app's own is not known to be shared.
  const shared = options.tabs ?? chosen === 'browser';
  if (typeof shared !== 'boolean') throw badArgument('tabs', 'it is neither true nor false');
  const clock = bounded(having('clock', options.clock ?? systemClock, 'now', 'elapsed', 'sleep'));
  const transport = having('transport', options.transport ?? fetchTransport(), 'send');
  const locks = shared && typeof navigator !== 'undefined' && Boolean(navigator.locks);

  const builder = wasm().builder_new(coreOptions(options, locks));
  wasm().builder_clock(builder, clock);
  wasm().builder_transport(builder, transport);
  const { credential } = options;
  if (typeof credential === 'function') {
    wasm().builder_credentials(builder, { credential: async () => (await credential()) ?? undefined });
  } else if (typeof (credential ?? '') !== 'string') {
    throw badArgument('credential', 'it is neither text nor a function');
  }
  // Nothing is refused from here on: a channel that is open has an owner who closes it.
  let closed = false;
  const tabs = shared ? tabsOf(name, async () => (closed ? undefined : changed())) : undefined;
  wasm().builder_store(builder, tabs ? telling(store, tabs) : store);
  const ends = new Set<() => void>([() => tabs?.close(), () => store.close?.()]);

  return {
    builder,
    clock,
    get storage() {
      return falling?.storage ?? { kind: chosen === 'memory' ? ('memory' as const) : ('custom' as const) };
    },
    onStorage(listener) {
      const own = (storage: Storage): void => listener(storage);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    alone: (user, wait, body) => (tabs ? tabs.alone(user, wait, body) : body()),
    onClose(end) {
      ends.add(end);
      return () => void ends.delete(end);
    },
    close() {
      closed = true;
      const all = [...ends];
      ends.clear();
      for (const end of all) shielded(end);
    },
  };
}

function ownStore(chosen: NonNullable<PlanguardOptions['store']>): Store {
  if (chosen === 'memory') return memoryStore();
  if (typeof chosen === 'string') throw badArgument('store', `\`${chosen}\` is none of browser, memory`);
  return having('store', chosen, 'load', 'replace');
}

/** The object that was passed for `field`, which has these methods. */
function having<T extends object>(field: string, given: T, ...methods: Array<keyof T & string>): T {
  const missing = methods.find((name) => typeof given[name] !== 'function');
  if (missing) throw badArgument(field, `it has no method \`${missing}\``);
  return given;
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

