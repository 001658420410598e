// A request as JSON: every value arrives as it is, or the call fails before anything is sent.

import { PlanguardError } from './error.js';

const bad = (field: string | undefined, why: string): PlanguardError =>
  new PlanguardError('invalid_input', field, field ? `${field}: ${why}` : why);

/** The request as text. JSON would write what it has no word for as null, which is a field that was left out. */
export function requested(request: unknown): string {
  // The elements of a list are named by the list.
  const lists = new Map<unknown, string>();
  function checked(this: unknown, name: string, value: unknown): unknown {
    const field = lists.get(this) ?? (name || undefined);
    if (Array.isArray(value) && field) lists.set(value, field);
    if (typeof value === 'bigint') throw bad(field, 'a number belongs here, not a bigint');
    if (typeof value === 'number' && !Number.isFinite(value)) throw bad(field, `${value} is not a number to go by`);
    if (typeof value === 'string' && /[\ud800-\udfff]/u.test(value)) {
      throw bad(field, 'it has half a character: a surrogate without its other one');
    }
    return value;
  }
  try {
    return JSON.stringify(request, checked);
  } catch (error) {
    if (error instanceof PlanguardError) throw error;
    throw new PlanguardError('invalid_input', undefined, 'the request cannot be written as JSON', error);
  }
}

/** Milliseconds of an instant. */
export function instant(at: unknown, field: string): number {
  const millis = at && typeof (at as Date).getTime === 'function' ? (at as Date).getTime() : NaN;
  if (!Number.isFinite(millis)) throw bad(field, 'a valid Date belongs here');
  return millis;
}

/** What an app passes as an object. */
export function object<T>(given: T, field: string): T {
  if (typeof given !== 'object' || given === null) throw bad(field, 'an object belongs here');
  return given;
}

/** What an app passes as a function. */
export function callable<T>(given: T, field: string): T {
  if (typeof given !== 'function') throw bad(field, 'a function belongs here');
  return given;
}
