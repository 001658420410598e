// The clock of the machine, and sleeping.

import type { Foreign } from '../wasm/module.js';

/** Where the time comes from. Tests turn one by hand. */
export interface Clock {
  /** The time of day in milliseconds since 1970. It may be wrong or be set. */
  now(): number;
  /** Milliseconds since some moment that tabs of one browser share; never set back. */
  elapsed(): number;
  /** Resolves after so many milliseconds, or when `signal` is aborted. It does not reject. */
  sleep(length: number, options: { signal: AbortSignal }): Promise<void>;
}

/** The longest that a timer takes. */
const LONGEST = 2 ** 31 - 1;

/** Resolves after `length` milliseconds, or when `signal` is aborted. */
export async function sleep(length: number, signal?: AbortSignal): Promise<void> {
  for (let left = length; left > 0 && !signal?.aborted; left -= LONGEST) {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(left, LONGEST));
      signal?.addEventListener('abort', done);
    });
  }
}

/** The same clock, whatever it does: its time is not a number where it throws, and it sleeps by the machine's where it rejects. */
export function bounded(clock: Clock): Clock {
  const time = (read: () => number): number => {
    try {
      return Number(read());
    } catch {
      return NaN;
    }
  };
  return {
    now: () => time(() => clock.now()),
    elapsed: () => time(() => clock.elapsed()),
    async sleep(length, options) {
      try {
        await clock.sleep(length, options);
      } catch {
        // A wait that never ended would be worse than one by another clock.
        await sleep(length, options.signal);
      }
    },
  };
}

/** The machine's clock. */
export const systemClock: Clock & Foreign<'Clock'> = {
  now: () => Date.now(),
  elapsed: () => performance.timeOrigin + performance.now(),
  sleep: (length, { signal }) => sleep(length, signal),
};
