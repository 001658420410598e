// One tab at a time with what localStorage holds under a key.
//
// A browser tells a tab of what another one wrote in its own time, also after a lock has changed hands: a tab that trusts
// what it reads there at once replaces what it has not seen.

import { sleep } from '../host/clock.js';

/** How long a tab may take to hear of what another one wrote; what it has not heard of by then was taken away. */
const HEARD_WITHIN = 500;
/** How often it is looked whether it has heard. */
const LOOK = 5;
/** How long a claim has to stand, where there are no locks, for every tab to have heard of it. */
const STANDS = 100;
/** How long a claim counts: it is given up as soon as it has stood, unless its tab is gone. */
const CLAIMED = 1_000;

/** Runs `body` with the browser's storage. What that throws comes out as an error of the store. */
type Use = <T>(body: (storage: Storage) => T) => T;

/**
 * Gives turns, one at a time among tabs, and none before this tab has heard of what the last one wrote. `version` is the one
 * that is there.
 */
export function alone(key: string, use: Use, version: () => number): <T>(take: () => T) => Promise<T> {
  const mark = `${key}:version:`;
  let shown = new AbortController();

  /** Shows to every tab that this is the version: locks are the same for all of them at once. */
  const show = (newest: number): Promise<void> =>
    new Promise((resolve) => {
      const given = (): Promise<void> => {
        resolve();
        shown.abort();
        shown = new AbortController();
        return sleep(HEARD_WITHIN, shown.signal);
      };
      // What is written stands, shown or not.
      navigator.locks.request(mark + newest, given).catch(() => resolve());
    });

  async function locked<T>(take: () => T): Promise<T> {
    const { held = [] } = await navigator.locks.query();
    const newest = Math.max(0, ...held.map(({ name = '' }) => (name.startsWith(mark) ? Number(name.slice(mark.length)) : 0)));
    for (let waited = 0; version() < newest && waited < HEARD_WITHIN; waited += LOOK) await sleep(LOOK);
    const before = version();
    const taken = take();
    if (version() !== before) await show(version());
    return taken;
  }

  return async (take) => {
    if (typeof navigator === 'undefined' || !navigator.locks) return claimed(`${key}:claim`, use, take);
    let given = false;
    try {
      return await navigator.locks.request(`${key}:write`, async () => {
        given = true;
        return locked(take);
      });
    } catch (error) {
      // A browser that gives no locks is one without them.
      if (given) throw error;
      return claimed(`${key}:claim`, use, take);
    }
  };
}

/** Without locks: a claim that has stood long enough for every tab to have heard of it, and was not followed by another. */
async function claimed<T>(at: string, use: Use, take: () => T): Promise<T> {
  const claim = (): string => use((storage) => storage.getItem(at)) ?? '';
  for (;;) {
    const [until] = claim().split(' ');
    if (Math.abs(Number(until) - Date.now()) <= CLAIMED) {
      await sleep(LOOK + Math.random() * STANDS);
      continue;
    }
    const own = `${Date.now() + CLAIMED} ${Math.random()}`;
    use((storage) => storage.setItem(at, own));
    await sleep(STANDS);
    if (claim() !== own) continue;
    try {
      return take();
    } finally {
      use((storage) => storage.removeItem(at));
    }
  }
}
