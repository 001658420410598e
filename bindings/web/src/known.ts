// What a caller may pass: a misspelt name is not taken for one that was left out, nor what is no length of time for one.

import type { Milliseconds } from '../generated/types.js';
import { badArgument } from './errors.js';

/** How many letters have to change to make `one` the `other`. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const letter of one) {
    const next = [row[0]! + 1];
    for (let at = 0; at < other.length; at++) {
      next.push(Math.min(row[at]! + Number(letter !== other[at]), row[at + 1]! + 1, next[at]! + 1));
    }
    row = next;
  }
  return row[other.length]!;
}

/** A name that `given` has and that is not known, and what is said of it. What is undefined or null is left out. */
export function stranger(given: object, known: readonly string[]): readonly [name: string, why: string] | undefined {
  for (const [name, value] of Object.entries(given)) {
    if (known.includes(name) || value === undefined || value === null) continue;
    const [nearest] = [...known].sort((one, other) => distance(name, one) - distance(name, other));
    return [name, `it is not known; the nearest name is \`${nearest}\``];
  }
  return undefined;
}

/** The options that a caller passed; none where there are none. */
export function only<T extends object>(given: T | null | undefined, ...known: ReadonlyArray<keyof T & string>): T {
  const options = given ?? ({} as T);
  if (typeof options !== 'object') throw badArgument('options', 'they are not an object');
  const found = stranger(options, known);
  if (found) throw badArgument(...found);
  return options;
}

/** Whether it is a length of time. */
export const isLength = (given: unknown): given is Milliseconds =>
  typeof given === 'number' && given >= 0 && given <= Number.MAX_SAFE_INTEGER;

/** A length of time that a caller passed as `field`. */
export function milliseconds(field: string, given: unknown): Milliseconds {
  if (!isLength(given)) throw badArgument(field, 'it is not a length of time in milliseconds');
  return given;
}
