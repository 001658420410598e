// A guard in memory on a clock that the test turns.

import { Planguard, memoryStore } from '@planguard/web';
import { ManualClock } from '@planguard/web/testing';

export const APP = 1400000001;
export const FALLBACK = ['intl-2024', 'standard'];
/** Every limit is enforced, although an assumed plan is never fresh. */
export const STRICT = { allLimits: 'enforce', onStale: 'enforce' };

/** Runs `body` with a guard, which is shut down afterwards. */
export async function withGuard(options, body) {
  const clock = options.clock ?? new ManualClock();
  const store = options.store ?? memoryStore();
  const guard = await Planguard.open({ sdkAppId: APP, fallback: FALLBACK, ...options, clock, store });
  try {
    return await body(guard, clock, store);
  } finally {
    guard.shutdown();
  }
}
