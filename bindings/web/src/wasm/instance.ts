// One instance of the module: the calls of the table, and futures as promises.

import { CALLS, CONTRACT, TYPES } from '../../generated/tables.js';
import type { Calls, PlanguardError as ErrorValue } from '../../generated/types.js';
import { PlanguardError, badArgument, internal } from '../errors.js';
import { only } from '../known.js';
import type { CallOptions } from '../objects.js';
import { signalOf } from '../signal.js';
import { Reader, Writer, decodeText } from './buffer.js';
import { BadValue, type Codec, parse, useObjects } from './codec.js';
import { type Hosts, KINDS } from './hosts.js';
import { HANDLE, Native, classes } from './native.js';

interface Exports {
  memory: WebAssembly.Memory;
  planguard_alloc(length: number): number;
  planguard_free(at: number, capacity: number): void;
  planguard_answer(call: number, kind: number, at: number, length: number): void;
  planguard_object(kind: number, object: number): bigint;
  planguard_continuation(): number;
  planguard_refused(at: number): void;
  [name: string]: any;
}

const STATUS = 0;
const RESULT = 32;
const ARGS = 56;
const BUFFER = 24;
const SCRATCH = ARGS + 8 * BUFFER;

interface Line {
  readonly symbol: string;
  readonly args: Codec[];
  readonly returns: Codec | undefined;
  readonly throws: Codec | undefined;
  readonly future: string | undefined;
}

export class Instance {
  readonly hosts: Hosts;
  readonly calls: Calls;
  readonly #exports: Exports;
  readonly #scratch: number;
  readonly #continuation: number;
  readonly #futures = new Map<number, (again: boolean) => void>();
  readonly #methods = new Map<string, object>();
  /** Records and unions, by their names in lower case. */
  readonly #names = new Map([...TYPES.matchAll(/^[=~](\w+)/gm)].map(([, name]) => [name!.toLowerCase(), name!]));
  #error!: Codec;
  #depth = 0;
  /** Handles that were made for the call that is being prepared. */
  #lowered: Array<readonly [string, bigint]> = [];
  #future = 0;
  /** Counts what may have changed the core's state. */
  activity = 0;

  constructor(module: WebAssembly.Instance, hosts: Hosts, woken: { call: (future: number, again: number) => void }) {
    this.#exports = module.exports as unknown as Exports;
    this.hosts = hosts;
    woken.call = (future, again) => {
      const step = this.#futures.get(future);
      // A future must not be polled while it wakes.
      if (step) queueMicrotask(() => step(again === 1));
    };
    this.#scratch = this.#exports.planguard_alloc(SCRATCH);
    this.#continuation = this.#exports.planguard_continuation();
    if (this.#exports.ffi_planguard_uniffi_contract_version!() !== CONTRACT) {
      throw internal('the module is of another version of the package; load the one that comes with it');
    }
    useObjects({
      lift: (type, handle) => this.#lift(type, handle),
      lower: (type, value) => this.#lower(type, value),
      methods: (type) => this.#methods.get(type),
    });
    const number = [...TYPES.matchAll(/^.(\w+)/gm)].findIndex(([, name]) => name === 'PlanguardError');
    this.#error = parse(`?${number}.`)[0]!;
    this.calls = this.#bind();
  }

  answer(call: number, kind: number, bytes: Uint8Array): void {
    const at = this.#put(bytes);
    this.#exports.planguard_answer(call, kind, at, bytes.length);
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer, at, length);
  }

  free(type: string, handle: bigint): void {
    this.#withStatus(`uniffi_planguard_fn_free_${type.toLowerCase()}`, handle);
  }

  #withStatus(symbol: string, handle: bigint): bigint {
    const status = this.#scratchAt();
    try {
      return this.#exports[symbol]!(handle, status);
    } finally {
      this.#leave(status);
    }
  }

  #lift(type: string, handle: bigint): unknown {
    const found = classes.get(type);
    if (!found) throw internal(`there is no class for ${type}`);
    return new found(handle);
  }

  #lower(type: string, value: unknown): bigint {
    const kind = KINDS.indexOf(type);
    if (kind >= 0) return this.#exports.planguard_object(kind, this.hosts.add(value));
    const found = classes.get(type);
    if (!(value instanceof Native) || !found || !(value instanceof found)) throw new BadValue(`it is not a ${type}`);
    const handle = value[HANDLE].value;
    if (handle === 0n) throw new BadValue(`the ${type} was disposed of`);
    const clone = this.#withStatus(`uniffi_planguard_fn_clone_${type.toLowerCase()}`, handle);
    this.#lowered.push([type, clone]);
    return clone;
  }

  /** Room for a call's status, result and arguments; an own one where a call runs already. */
  #scratchAt(): number {
    const at = this.#depth++ === 0 ? this.#scratch : this.#exports.planguard_alloc(SCRATCH);
    this.bytes(at, ARGS).fill(0);
    return at;
  }

  #leave(at: number): void {
    this.#depth--;
    if (at !== this.#scratch) this.#exports.planguard_free(at, SCRATCH);
  }

  #put(bytes: Uint8Array): number {
    const at = this.#exports.planguard_alloc(bytes.length);
    // Only now: the memory may have moved.
    this.bytes(at, bytes.length).set(bytes);
    return at;
  }

  #bind(): Calls {
    const calls: Record<string, unknown> = {};
    for (const text of CALLS.trimEnd().split('\n')) {
      const [, symbol, args, returns, , throws, , future] = /^(\S+) (.*)>([^!~]*)(!([^~]*))?(~(.*))?$/.exec(text)!;
      let line: Line | undefined;
      const the = (): Line =>
        (line ??= {
          symbol: symbol!.startsWith('ffi_') ? symbol! : `uniffi_planguard_fn_${symbol}`,
          args: parse(args!),
          returns: parse(returns!)[0],
          throws: throws ? parse(throws)[0] : undefined,
          future,
        });
      const name = symbol!.replace(/^(method|constructor|func)_/, '');
      const call = (...values: unknown[]) => (future ? this.#start(the(), values) : this.#call(the(), values));
      calls[name] = call;
      const method = /^method_([^_]+)_(.*)$/.exec(symbol!);
      if (method) this.#method(method[1]!, method[2]!, call);
    }
    return calls as unknown as Calls;
  }

  /** Values of records and enums have their methods, too. */
  #method(type: string, name: string, call: (...values: unknown[]) => unknown): void {
    const own = this.#names.get(type);
    if (!own) return;
    const methods: any = this.#methods.get(own) ?? {};
    this.#methods.set(own, methods);
    const value = function (this: any, ...values: unknown[]): unknown {
      // Most answers carry their texts.
      const texts = name === 'explain' ? this.explanation : undefined;
      return texts ? texts[values[0] === 'zh-Hans' ? 'zhHans' : 'en'] : call(this, ...values);
    };
    Object.defineProperty(methods, camel(name), { value });
  }

  /** The arguments as bytes. Where one cannot be written, nothing of the others stays behind in the core. */
  #encoded(line: Line, values: unknown[]): Uint8Array[] {
    const outer = this.#lowered;
    const lowered: typeof outer = (this.#lowered = []);
    const encoded: Uint8Array[] = [];
    const encode = (codec: Codec, number: number): void => {
      const to = new Writer();
      codec.write(to, values[number]);
      encoded[number] = to.done();
    };
    try {
      // An object of the host is given to the core for good: not before all the rest is known to be right.
      line.args.forEach((codec, number) => codec.pass !== 'large' && encode(codec, number));
      line.args.forEach((codec, number) => codec.pass === 'large' && encode(codec, number));
      return encoded;
    } catch (error) {
      for (const [type, handle] of lowered) this.free(type, handle);
      throw error instanceof BadValue ? badArgument(error.path, error.why) : error;
    } finally {
      this.#lowered = outer;
    }
  }

  #arguments(line: Line, values: unknown[], at: number): unknown[] {
    const encoded = this.#encoded(line, values);
    return line.args.map((codec, number) => {
      const bytes = encoded[number]!;
      const from = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      switch (codec.pass) {
        case 'large':
          return from.getBigInt64(0);
        case 'small':
          return bytes.length === 8 ? from.getFloat64(0) : bytes.length === 4 ? from.getInt32(0) : bytes.length === 2 ? from.getUint16(0) : bytes[0];
        case 'text':
          return this.#buffer(at + ARGS + number * BUFFER, bytes.subarray(4));
        default:
          return this.#buffer(at + ARGS + number * BUFFER, bytes);
      }
    });
  }

  #buffer(at: number, bytes: Uint8Array): number {
    const data = this.#put(bytes);
    const view = new DataView(this.#exports.memory.buffer, at, BUFFER);
    view.setBigUint64(0, BigInt(bytes.length), true);
    view.setBigUint64(8, BigInt(bytes.length), true);
    view.setUint32(16, data, true);
    return at;
  }

  /** A copy of what a buffer holds, which is freed. */
  #take(at: number): Uint8Array {
    const view = new DataView(this.#exports.memory.buffer, at, BUFFER);
    const [capacity, length, data] = [Number(view.getBigUint64(0, true)), Number(view.getBigUint64(8, true)), view.getUint32(16, true)];
    const bytes = this.bytes(data, length).slice();
    if (capacity > 0) this.#exports.planguard_free(data, capacity);
    return bytes;
  }

  #call(line: Line, values: unknown[]): unknown {
    const at = this.#scratchAt();
    try {
      return this.#result(line, at, line.symbol, this.#arguments(line, values, at));
    } finally {
      this.#leave(at);
    }
  }

  #result(line: Line, at: number, symbol: string, args: unknown[]): unknown {
    const { returns } = line;
    const buffered = returns !== undefined && (returns.pass === 'buffer' || returns.pass === 'text');
    const plain = this.#exports[symbol]!(...(buffered ? [at + RESULT] : []), ...args, at + STATUS);
    const code = this.bytes(at, 1)[0];
    if (code === 0) {
      if (!returns) return undefined;
      if (returns.pass === 'text') return decodeText(this.#take(at + RESULT));
      if (returns.pass === 'buffer') return returns.read(new Reader(this.#take(at + RESULT)));
      return returns.read(new Reader(scalar(plain)));
    }
    const error = this.#take(at + STATUS + 8);
    this.#refused(at);
    if (code === 1 && line.throws) throw new PlanguardError(line.throws.read(new Reader(error)) as ErrorValue);
    if (code === 3) throw new Cancelled();
    throw internal(decodeText(error));
  }

  /** Throws what the core says of an argument that it could not take. */
  #refused(at: number): void {
    this.#exports.planguard_refused(at + RESULT);
    const refused = this.#error.read(new Reader(this.#take(at + RESULT))) as ErrorValue | undefined;
    if (refused) throw new PlanguardError(refused);
  }

  /** Starts an asynchronous call; the last value may be options, with a signal that cancels it. */
  #start(line: Line, values: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const signal = signalOf(only(values[line.args.length] as CallOptions | undefined, 'signal').signal);
      if (signal?.aborted) return reject(signal.reason);
      const at = this.#scratchAt();
      let future: bigint;
      const set = (what: string): string => `ffi_planguard_rust_future_${what}_${line.future}`;
      try {
        future = this.#exports[line.symbol]!(...this.#arguments(line, values, at));
        try {
          this.#refused(at);
        } catch (error) {
          this.#exports[set('free')]!(future);
          throw error;
        }
      } finally {
        this.#leave(at);
      }
      const id = (this.#future = (this.#future + 1) >>> 0);
      const cancel = (): void => this.#exports[set('cancel')]!(future);
      const poll = (): void => {
        this.activity++;
        this.#exports[set('poll')]!(future, this.#continuation, BigInt(id));
      };
      signal?.addEventListener('abort', cancel);
      this.#futures.set(id, (again) => {
        if (again) return poll();
        this.#futures.delete(id);
        signal?.removeEventListener('abort', cancel);
        this.activity++;
        const room = this.#scratchAt();
        try {
          resolve(this.#result(line, room, set('complete'), [future]));
        } catch (error) {
          reject(error instanceof Cancelled ? signal?.reason : error);
        } finally {
          this.#leave(room);
          this.#exports[set('free')]!(future);
        }
      });
      poll();
    });
  }
}

/** A future that was cancelled. */
class Cancelled extends Error {}

function scalar(plain: number | bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  if (typeof plain === 'bigint') view.setBigInt64(0, plain);
  else if (Number.isInteger(plain) && plain < 256 && plain >= 0) return Uint8Array.of(plain);
  else view.setFloat64(0, plain);
  return new Uint8Array(view.buffer);
}

const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
