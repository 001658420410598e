// The state in localStorage: for browsers without IndexedDB. Tabs compare and replace one at a time.

import { decodeText, encodeText } from '../wasm/buffer.js';
import { alone } from './alone.js';
import { type Store, type StoreImage, StoreUnusable, isFull, isVersion, loaded } from './store.js';

/** Keeps the state under that key. Throws `StoreUnusable` where the browser does not let it. */
export function localStorageStore(key: string): Store {
  const use = <T>(body: (storage: Storage) => T): T => {
    try {
      return body(localStorage);
    } catch (error) {
      throw new StoreUnusable(isFull(error) ? 'quota' : 'unavailable');
    }
  };
  const read = (): StoreImage | undefined => {
    const text = use((storage) => storage.getItem(key));
    const [, version, content] = /^(\d+):([^]*)$/.exec(text ?? '') ?? [];
    return isVersion(Number(version)) ? { version: Number(version), content: encodeText(content!) } : undefined;
  };
  const version = (): number => read()?.version ?? 0;
  const turn = alone(key, use, version);
  return {
    load: async (known) => loaded(read(), known),
    replace: (expected, content, { signal }) =>
      turn(() => {
        signal.throwIfAborted();
        if (version() !== expected) return 'conflict';
        use((storage) => storage.setItem(key, `${expected + 1}:${decodeText(content)}`));
        return 'replaced';
      }),
  };
}
