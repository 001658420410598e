// The state in localStorage: for browsers without IndexedDB. Web Locks make compare and replace one step across tabs.

import { decodeText, encodeText } from '../wasm/buffer.js';
import { type Store, type StoreImage, StoreUnusable, isVersion, loaded } from './store.js';

/** Keeps the state under that key. Throws `StoreUnusable` where the browser does not let it. */
export function localStorageStore(key: string): Store {
  const use = <T>(body: (storage: Storage) => T): T => {
    try {
      return body(localStorage);
    } catch (error) {
      const full = error instanceof Error && error.name === 'QuotaExceededError';
      throw new StoreUnusable(full ? 'quota' : 'unavailable');
    }
  };
  const read = (): StoreImage | undefined => {
    const text = use((storage) => storage.getItem(key));
    const [, version, content] = /^(\d+):([^]*)$/.exec(text ?? '') ?? [];
    return isVersion(Number(version)) ? { version: Number(version), content: encodeText(content!) } : undefined;
  };
  const alone = async <T>(body: () => T): Promise<T> => {
    if (typeof navigator === 'undefined' || !navigator.locks) return body();
    let given = false;
    try {
      return await navigator.locks.request(`${key}:write`, async () => {
        given = true;
        return body();
      });
    } catch (error) {
      // A browser that gives no locks is one without them.
      if (given) throw error;
      return body();
    }
  };
  return {
    load: async (known) => loaded(read(), known),
    replace: (expected, content, { signal }) =>
      alone(() => {
        signal.throwIfAborted();
        if ((read()?.version ?? 0) !== expected) return 'conflict';
        use((storage) => storage.setItem(key, `${expected + 1}:${decodeText(content)}`));
        return 'replaced';
      }),
  };
}
