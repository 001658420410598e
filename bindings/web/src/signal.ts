// What a caller passes to end a call.

import { badArgument } from './errors.js';

/** The signal that a caller passed; none where there is none. */
export function signalOf(given: unknown): AbortSignal | undefined {
  if (given === undefined || given === null) return undefined;
  const { addEventListener } = given as Partial<AbortSignal>;
  if (typeof addEventListener !== 'function' || !('aborted' in (given as object))) throw badArgument('signal', 'it is not an AbortSignal');
  return given as AbortSignal;
}
