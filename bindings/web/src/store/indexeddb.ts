// The state in IndexedDB: compare and replace in one transaction, which the signal aborts.

import { isBytes } from '../wasm/buffer.js';
import { type Store, type StoreImage, StoreUnusable, isFull, isVersion, loaded } from './store.js';

const VERSION = 1;
const TABLE = 'state';
const KEY = 'state';
/** How long another tab's connection of an older version may hold an upgrade up. */
const BLOCKED_FOR = 2_000;
/** How long a browser may leave an opening without any answer, as some do: less than the core waits for a store. */
const SILENT_FOR = 4_000;

/** Keeps the state in the database of that name. Throws `StoreUnusable` where the browser does not let it. */
export function indexedDbStore(name: string): Store {
  let opening: Promise<IDBDatabase> | undefined;

  const forget = (): void => {
    opening = undefined;
  };

  const open = (): Promise<IDBDatabase> => {
    opening ??= connect(name, forget);
    opening.catch(forget);
    return opening;
  };

  /** Runs one transaction. A connection that was closed meanwhile is opened again, once. */
  async function transact<T>(
    mode: IDBTransactionMode,
    signal: AbortSignal,
    body: (table: IDBObjectStore, done: (value: T) => void) => void,
  ): Promise<T> {
    signal.throwIfAborted();
    let database = await open();
    signal.throwIfAborted();
    let transaction: IDBTransaction;
    try {
      transaction = database.transaction(TABLE, mode);
    } catch {
      forget();
      database = await open();
      signal.throwIfAborted();
      try {
        transaction = database.transaction(TABLE, mode);
      } catch {
        // Somebody else's database of that name, without the table.
        throw new StoreUnusable('unavailable');
      }
    }
    return run(transaction, signal, body);
  }

  return {
    load: async (known, { signal }) => {
      const held = await transact<StoreImage | undefined>('readonly', signal, (table, done) => {
        const get = table.get(KEY);
        get.onsuccess = () => done(imageOf(get.result));
      });
      return loaded(held, known);
    },
    replace: (expected, content, { signal }) =>
      transact<'replaced' | 'conflict'>('readwrite', signal, (table, done) => {
        const get = table.get(KEY);
        get.onsuccess = () => {
          const held = imageOf(get.result);
          if ((held?.version ?? 0) !== expected) return done('conflict');
          table.put({ version: expected + 1, content } satisfies StoreImage, KEY);
          done('replaced');
        };
      }),
    close: () => {
      // A connection that is not there needs no closing.
      opening?.then((database) => database.close(), () => undefined);
      forget();
    },
  };
}

/** What was kept; nothing where it is not an image. */
function imageOf(kept: unknown): StoreImage | undefined {
  const { version, content } = (kept ?? {}) as Partial<StoreImage>;
  return isVersion(version) && isBytes(content) ? { version, content } : undefined;
}

function run<T>(
  transaction: IDBTransaction,
  signal: AbortSignal,
  body: (table: IDBObjectStore, done: (value: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let answer: { value: T } | undefined;
    const abort = (): void => {
      try {
        transaction.abort();
      } catch {
        // It is over already.
      }
    };
    signal.addEventListener('abort', abort);
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', abort);
      settle();
    };
    transaction.oncomplete = () => end(() => (answer ? resolve(answer.value) : reject(new Error('no answer'))));
    transaction.onabort = () =>
      end(() => {
        const { error } = transaction;
        if (signal.aborted) reject(signal.reason);
        else reject(isFull(error) ? new StoreUnusable('quota') : (error ?? new Error('aborted')));
      });
    body(transaction.objectStore(TABLE), (value) => {
      answer = { value };
    });
  });
}

function connect(name: string, closed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    let request: IDBOpenDBRequest;
    try {
      // Some browsers throw where storage is blocked, others have no such object.
      request = indexedDB.open(name, VERSION);
    } catch (error) {
      return reject(new StoreUnusable(isFull(error) ? 'quota' : 'unavailable'));
    }
    let over = false;
    let full = false;
    const giveUp = (reason: StoreUnusable['reason']): void => {
      over = true;
      clearTimeout(waiting);
      reject(new StoreUnusable(reason));
    };
    let waiting = setTimeout(() => giveUp('unavailable'), SILENT_FOR);
    request.onblocked = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => giveUp('blocked'), BLOCKED_FOR);
    };
    request.onupgradeneeded = () => {
      const upgrade = request.transaction!;
      // The request itself says only that its upgrade was aborted.
      upgrade.onabort = () => (full = isFull(upgrade.error));
      if (!request.result.objectStoreNames.contains(TABLE)) request.result.createObjectStore(TABLE);
    };
    request.onerror = () => {
      giveUp(request.error?.name === 'VersionError' ? 'version' : full || isFull(request.error) ? 'quota' : 'unavailable');
    };
    request.onsuccess = () => {
      clearTimeout(waiting);
      const database = request.result;
      // Nobody waits for it any more, and an upgrade in another tab must not.
      if (over) return database.close();
      // Another tab upgrades or deletes the database: it must not wait for this one.
      database.onversionchange = () => {
        database.close();
        closed();
      };
      database.onclose = closed;
      resolve(database);
    };
  });
}
