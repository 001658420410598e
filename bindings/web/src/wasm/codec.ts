// Values of the tables' types to bytes and back: plain objects, words, dates.

import { HOSTS, TYPES } from '../../generated/tables.js';
import { isLength, stranger } from '../known.js';
import { type Reader, type Writer, decodeText, encodeText, isBytes } from './buffer.js';

/** A value that a type cannot have, and where in an argument it stands. */
export class BadValue extends Error {
  constructor(
    readonly why: string,
    readonly path: string = '',
  ) {
    super(why);
  }
}

/** How a type is passed to a function directly: a number of 32 or 64 bits, text, or in a buffer as inside a record. */
export type Pass = 'small' | 'large' | 'text' | 'buffer';

export interface Codec {
  readonly pass: Pass;
  read(from: Reader): any;
  write(to: Writer, value: any): void;
}

/** What the module does with objects. */
export interface Objects {
  /** An object of Rust as one of the package's classes, or one of the host by its number. */
  lift(type: string, handle: bigint): unknown;
  lower(type: string, value: unknown): bigint;
  /** The methods of a type's values. */
  methods(type: string): object | undefined;
}

let objects: Objects;
let named: ReadonlyArray<() => Codec>;

/** Says what objects are. Called once, before anything is read or written. */
export function useObjects(these: Objects): void {
  objects = these;
  const lines = TYPES.trimEnd().split('\n');
  named = lines.map((line) => {
    let codec: Codec | undefined;
    return () => (codec ??= define(line));
  });
}

const show = (value: unknown): string => (typeof value === 'string' ? `\`${value}\`` : typeof value);

function whole(value: unknown, low: number, high: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
    throw new BadValue(`${typeof value === 'number' ? value : show(value)} is not a whole number from ${low} to ${high}`);
  }
  return value;
}

const SAFE = Number.MAX_SAFE_INTEGER;

function integer(low: number, high: number, read: (from: Reader) => number, write: (to: Writer, value: number) => void): Codec {
  return { pass: 'small', read, write: (to, value) => write(to, whole(value, low, high)) };
}

const string: Codec = {
  pass: 'text',
  read: (from) => decodeText(from.raw()),
  write: (to, value) => {
    if (typeof value !== 'string') throw new BadValue(`${show(value)} is not text`);
    // Replaced, two texts would be the same one.
    if (/\p{Surrogate}/u.test(value)) throw new BadValue('it has half a character: a surrogate without its other one');
    to.raw(encodeText(value));
  },
};

const scalars: Record<string, Codec> = {
  b: {
    pass: 'small',
    read: (from) => from.u8() === 1,
    write: (to, value) => {
      if (typeof value !== 'boolean') throw new BadValue(`${show(value)} is neither true nor false`);
      to.u8(value ? 1 : 0);
    },
  },
  h: integer(0, 255, (from) => from.u8(), (to, value) => to.u8(value)),
  H: integer(0, 65_535, (from) => from.u16(), (to, value) => to.u16(value)),
  i: integer(-(2 ** 31), 2 ** 31 - 1, (from) => from.i32(), (to, value) => to.i32(value)),
  u: integer(0, 2 ** 32 - 1, (from) => from.u32(), (to, value) => to.i32(value | 0)),
  q: { pass: 'large', read: (from) => Number(from.i64()), write: (to, value) => to.u64(BigInt(whole(value, -SAFE, SAFE))) },
  Q: { pass: 'large', read: (from) => Number(from.u64()), write: (to, value) => to.u64(BigInt(whole(value, 0, SAFE))) },
  d: {
    pass: 'small',
    read: (from) => from.f64(),
    write: (to, value) => {
      if (typeof value !== 'number') throw new BadValue(`${show(value)} is not a number`);
      to.f64(value);
    },
  },
  s: string,
  y: {
    pass: 'buffer',
    read: (from) => from.raw(),
    write: (to, value) => {
      if (!isBytes(value)) throw new BadValue(`${show(value)} is not a Uint8Array`);
      to.raw(value);
    },
  },
  T: {
    pass: 'large',
    read: (from) => new Date(Number(from.i64())),
    write: (to, value) => {
      // Also one of another window: that is an instance of another class.
      const millis = Object.prototype.toString.call(value) === '[object Date]' ? Number(value) : NaN;
      if (!Number.isSafeInteger(millis)) throw new BadValue(`${show(value)} is not a valid Date`);
      to.u64(BigInt(millis));
    },
  },
  D: {
    pass: 'buffer',
    read: (from) => Number(from.u64()) * 1000 + from.u32() / 1e6,
    write: (to, value) => {
      if (!isLength(value)) {
        throw new BadValue(`${typeof value === 'number' ? value : show(value)} is not a length of time in milliseconds`);
      }
      const seconds = Math.floor(value / 1000);
      to.u64(BigInt(seconds));
      to.i32(Math.min(Math.round((value - seconds * 1000) * 1e6), 999_999_999));
    },
  },
};

/** The codecs of a row of codes. */
export function parse(codes: string): Codec[] {
  const found: Codec[] = [];
  let at = 0;
  const next = (): Codec => {
    const code = codes[at++]!;
    if (code === '?') return optional(next());
    if (code === '[') return list(next());
    if (code === '{') return map(next(), next());
    const scalar = scalars[code];
    if (scalar) return scalar;
    const end = codes.indexOf('.', at);
    const number = Number(codes.slice(at - 1, end));
    at = end + 1;
    return reference(number);
  };
  while (at < codes.length) found.push(next());
  return found;
}

function reference(number: number): Codec {
  const codec = named[number]!;
  return {
    get pass() {
      return codec().pass;
    },
    read: (from) => codec().read(from),
    write: (to, value) => codec().write(to, value),
  };
}

function optional(of: Codec): Codec {
  return {
    pass: 'buffer',
    read: (from) => (from.u8() === 1 ? of.read(from) : undefined),
    write: (to, value) => {
      const some = value !== undefined && value !== null;
      to.u8(some ? 1 : 0);
      if (some) of.write(to, value);
    },
  };
}

/** Runs `write`, and puts `at` before the path of a bad value. */
function within(at: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    const { why, path } = error;
    throw new BadValue(why, path && !path.startsWith('[') ? `${at}.${path}` : at + path);
  }
}

function list(of: Codec): Codec {
  return {
    pass: 'buffer',
    read: (from) => Array.from({ length: from.i32() }, () => of.read(from)),
    write: (to, value = []) => {
      if (!Array.isArray(value)) throw new BadValue(`${show(value)} is not an array`);
      to.i32(value.length);
      // Not `forEach`, which leaves holes out: as many follow as were announced.
      for (const [at, one] of value.entries()) within(`[${at}]`, () => of.write(to, one));
    },
  };
}

function map(key: Codec, of: Codec): Codec {
  return {
    pass: 'buffer',
    read: (from) => {
      const entries = Array.from({ length: from.i32() }, () => [key.read(from), of.read(from)] as const);
      return Object.fromEntries(entries);
    },
    write: (to, value = {}) => {
      if (typeof value !== 'object' || value === null) throw new BadValue(`${show(value)} is not an object`);
      const entries = Object.entries(value).filter(([, one]) => one !== undefined);
      to.i32(entries.length);
      for (const [name, one] of entries) {
        within(name, () => {
          key.write(to, name);
          of.write(to, one);
        });
      }
    },
  };
}

/** Names, codecs, and what a field is where it is left out. */
type Fields = ReadonlyArray<readonly [string, Codec, unknown]>;

function fields(line: string[]): Fields {
  return line.map((field) => {
    const [name, code, otherwise] = field.split(/[:=]/) as [string, string, string | undefined];
    return [name, parse(code)[0]!, otherwise && JSON.parse(otherwise)] as const;
  });
}

/** What the chat SDK or the app's own code said. It may name people: there for who asks, not for who logs the whole. */
const PRIVATE = 'detail';

function readFields(from: Reader, these: Fields, into: Record<string, unknown>): unknown {
  for (const [name, codec] of these) {
    const value = codec.read(from);
    if (value === undefined) continue;
    if (name === PRIVATE) Object.defineProperty(into, name, { value, configurable: true, writable: true });
    else into[name] = value;
  }
  return into;
}

function writeFields(to: Writer, these: Fields, value: any, more: string[] = []): void {
  if (these.length > 0 && (typeof value !== 'object' || value === null)) throw new BadValue(`${show(value)} is not an object`);
  for (const [name, codec, otherwise] of these) within(name, () => codec.write(to, value[name] ?? otherwise));
  // What came from the core may carry more: an outcome has what the app's code returned.
  if (!value || typeof value !== 'object' || Object.getPrototypeOf(Object.getPrototypeOf(value) ?? Object.prototype)) return;
  const [name, why] = stranger(value, these.map(([name]) => name).concat(more)) ?? [];
  if (name) throw new BadValue(why!, name);
}

function define(line: string): Codec {
  const [, name, rest] = /^.(\w+) ?(.*)$/.exec(line) as unknown as [string, string, string];
  const fresh = (): Record<string, unknown> => Object.create(objects.methods(name) ?? Object.prototype);
  switch (line[0]) {
    case '=': {
      const these = fields(rest ? rest.split(' ') : []);
      return {
        pass: 'buffer',
        read: (from) => readFields(from, these, fresh()),
        write: (to, value) => writeFields(to, these, value),
      };
    }
    case '|': {
      const words = rest.split('|');
      return {
        pass: 'buffer',
        read: (from) => words[from.i32() - 1],
        write: (to, value) => to.i32(index(words, value)),
      };
    }
    case '~': {
      const variants = rest.split('|').map((variant) => {
        const [word, ...line] = variant.split(' ') as [string, ...string[]];
        return [word, fields(line)] as const;
      });
      const words = variants.map(([word]) => word);
      return {
        pass: 'buffer',
        read: (from) => {
          const [word, these] = variants[from.i32() - 1]!;
          const into = fresh();
          into.type = word;
          return readFields(from, these, into);
        },
        write: (to, value) => {
          // A word alone is enough for a variant without fields.
          const bare = typeof value === 'string';
          if (!bare && (typeof value !== 'object' || value === null)) throw new BadValue(`${show(value)} is not an object with a type`);
          let number = 0;
          within(bare ? '' : 'type', () => (number = index(words, bare ? value : value.type)));
          to.i32(number);
          writeFields(to, variants[number - 1]![1], value, ['type']);
        },
      };
    }
    default:
      return {
        pass: 'large',
        read: (from) => objects.lift(name, from.u64()),
        write: (to, value) => to.u64(objects.lower(name, value)),
      };
  }
}

/** The number of a word, from 1. */
function index(words: readonly string[], value: unknown): number {
  const at = words.indexOf(value as string);
  if (at < 0) {
    const known = words.length > 12 ? `${words.slice(0, 12).join(', ')}, …` : words.join(', ');
    throw new BadValue(`${show(value)} is none of ${known}`);
  }
  return at + 1;
}

/** A method that the core calls of an object of the host. */
export interface HostMethod {
  readonly name: string;
  readonly args: Codec[];
  readonly returns: Codec | undefined;
  readonly throws: Codec;
}

/** The methods in the order of their numbers. */
export function hostMethods(): HostMethod[] {
  return HOSTS.split('\n').map((line) => {
    const [, name, args, returns, throws] = /^(\w+) (.*)>(.*)!(.*)$/.exec(line)!;
    return { name: name!, args: parse(args!), returns: parse(returns!)[0], throws: parse(throws!)[0]! };
  });
}
