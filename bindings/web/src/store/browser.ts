// The best store that the browser lets us have: IndexedDB, else localStorage, else memory.

import { indexedDbStore } from './indexeddb.js';
import { localStorageStore } from './local.js';
import { type Store, StoreUnusable, memoryStore } from './store.js';

/** Where the state is kept. */
export interface Storage {
  /** `indexeddb` and `localstorage` last; `memory` is gone with the page. `custom` is the app's own. */
  readonly kind: 'indexeddb' | 'localstorage' | 'memory' | 'custom';
  /**
   * Why it is not a better one: `unavailable` (storage is blocked or does not answer, or a private window), `blocked`
   * (another tab holds an upgrade up), `version` (a newer version of the app has upgraded the database) or `quota`.
   */
  readonly reason?: StoreUnusable['reason'] | undefined;
}

/** A store that falls back, and says so. The core writes what it knows into the one that it falls back to. */
export interface FallingBack extends Store {
  readonly storage: Storage;
}

/** Keeps the state of the app of that number. `changed` hears of every fallback. */
export function browserStore(name: string, changed: (storage: Storage) => void): FallingBack {
  const rest: Array<readonly [Storage['kind'], () => Store]> = [
    ['localstorage', () => localStorageStore(name)],
    ['memory', memoryStore],
  ];
  let store: Store = indexedDbStore(name);
  let storage: Storage = { kind: 'indexeddb' };

  async function attempt<T>(call: (store: Store) => Promise<T>, again: (store: Store) => Promise<T>): Promise<T> {
    const current = store;
    try {
      return await call(current);
    } catch (error) {
      if (!(error instanceof StoreUnusable)) throw error;
      // Unless another call fell back already.
      const next = store === current ? rest.shift() : undefined;
      if (next) {
        current.close?.();
        store = next[1]();
        // That one is full says more than that the next one cannot be used, either.
        const reason = error.reason === 'unavailable' ? (storage.reason ?? error.reason) : error.reason;
        storage = { kind: next[0], reason };
        changed(storage);
      }
      return attempt(again, again);
    }
  }

  return {
    get storage() {
      return storage;
    },
    load: (known, options) => {
      const load = (from: Store): Promise<Awaited<ReturnType<Store['load']>>> => from.load(known, options);
      return attempt(load, load);
    },
    replace: (expected, content, options) =>
      attempt(
        (to) => to.replace(expected, content, options),
        // The other store holds something else: the core looks at it first.
        async () => 'conflict' as const,
      ),
    close: () => store.close?.(),
  };
}
