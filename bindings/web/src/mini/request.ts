// A request as JSON: every value arrives as it is, or the call fails before anything is sent.

import { PlanguardError } from './error.js';

const bad = (field: string | undefined, why: string, cause?: unknown): PlanguardError =>
  new PlanguardError('invalid_input', field, field ? `${field}: ${why}` : why, cause);

/** The request as text. JSON would write what it has no word for as null, which is a field that was left out. */
export function requested(request: unknown): string {
  let field: string | undefined;
  try {
    return JSON.stringify(request, (name, value: unknown) => {
      // The elements of a list are named by the list.
      if (/\D/.test(name)) field = name;
      if (typeof value === 'number' ? !isFinite(value) : typeof value === 'bigint') throw bad(field, 'a finite number belongs here');
      if (typeof value === 'string' && /[\ud800-\udfff]/u.test(value)) throw bad(field, 'a lone surrogate is no text');
      return value;
    });
  } catch (error) {
    throw error instanceof PlanguardError ? error : bad(undefined, 'the request is no JSON', error);
  }
}

/** Milliseconds of the instant that `of` gives. */
export function instant(of: () => Date, field: string): number {
  let cause: unknown;
  try {
    const millis = of().getTime();
    if (isFinite(millis)) return millis;
  } catch (error) {
    cause = error;
  }
  throw bad(field, 'a valid Date belongs here', cause);
}
