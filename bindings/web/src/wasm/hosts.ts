// Objects of the host that the core calls: numbered, shielded, aborted when the core does not wait any more.

import type {
  CredentialError, Done, Event, HostError, HostImage, Milliseconds, ProviderError, Replaced, Request, Response,
  TransportError, UserId,
} from '../../generated/types.js';
import { Reader, Writer, encodeText } from './buffer.js';
import { type HostMethod, hostMethods } from './codec.js';

/** What a call of the core comes with. */
export interface Context {
  /** Aborted when the core does not wait for the answer any more. */
  readonly signal: AbortSignal;
}

/** The objects of the host, by the name of the trait that they are for the core. The order is that of their numbers. */
export interface Foreigns {
  LoginHandler: { login(user: UserId, context: Context): Promise<void> };
  ActionHandler: { perform(context: Context): Promise<Done> };
  Transport: { send(request: Request, maxBodyBytes: number, context: Context): Promise<Response> };
  CredentialProvider: { credential(context: Context): Promise<string | undefined> };
  HostStore: {
    load(known: number, context: Context): Promise<HostImage | undefined>;
    replace(expected: number, content: Uint8Array, context: Context): Promise<Replaced>;
  };
  Listener: { onEvent(event: Event, context: Context): Promise<void>; onLagged(lost: number, context: Context): Promise<void> };
  Clock: { now(): number; elapsed(): Milliseconds; sleep(length: Milliseconds, context: Context): Promise<void> };
}

export type Foreign<K extends keyof Foreigns> = Foreigns[K];

export const KINDS = ['LoginHandler', 'ActionHandler', 'Transport', 'CredentialProvider', 'HostStore', 'Listener', 'Clock'];

/** An error that a method declares: thrown by an object of the host, it arrives in the core as this value. */
export class Declared extends Error {
  constructor(readonly value: ProviderError | TransportError | CredentialError | HostError) {
    super(typeof value === 'string' ? value : value.type);
  }
}

/** Text of anything that can be thrown. */
export function textOf(thrown: unknown): string {
  try {
    // A message may be anything, too.
    return String(thrown instanceof Error ? thrown.message || thrown.name : thrown);
  } catch {
    return 'an object without text';
  }
}

/** The objects that the core holds, and its calls of them. */
export class Hosts {
  #last = 0;
  readonly #objects = new Map<number, any>();
  readonly #calls = new Map<number, AbortController>();
  #methods: HostMethod[] | undefined;

  constructor(private readonly answer: (call: number, kind: number, bytes: Uint8Array) => void) {}

  /** How many objects the core holds. */
  get size(): number {
    return this.#objects.size;
  }

  add(object: unknown): number {
    this.#objects.set(++this.#last, object);
    return this.#last;
  }

  drop(object: number): void {
    this.#objects.delete(object);
  }

  abort(call: number): void {
    const controller = this.#calls.get(call);
    this.#calls.delete(call);
    // Not while the core is running: what listens may call it.
    if (controller) queueMicrotask(() => controller.abort());
  }

  /** A clock's time; not a number where it throws or gives none. */
  time(object: number, elapsed: number): number {
    try {
      const clock: Foreigns['Clock'] = this.#objects.get(object);
      // Here, not in the core, which would end in the middle of a call where that throws.
      return Number(elapsed === 1 ? clock.elapsed() : clock.now());
    } catch {
      return NaN;
    }
  }

  /** Calls a method, not before the core has returned. `args` is a copy. */
  call(object: number, number: number, call: number, args: Uint8Array): void {
    const method = (this.#methods ??= hostMethods())[number]!;
    const controller = new AbortController();
    this.#calls.set(call, controller);
    const target = this.#objects.get(object);
    const run = async (): Promise<unknown> => {
      const from = new Reader(args);
      const values = method.args.map((codec) => codec.read(from));
      return target[method.name](...values, { signal: controller.signal } satisfies Context);
    };
    Promise.resolve()
      .then(run)
      .then((value) => [0, encode((to) => method.returns?.write(to, value))] as const)
      .catch((thrown: unknown) => this.#failed(method, thrown))
      .then(([kind, bytes]) => {
        // Nobody waits any more.
        if (!this.#calls.delete(call)) return;
        this.answer(call, kind, bytes);
      });
  }

  /** Anything can be thrown; what arrives in the core is a declared error or text. */
  #failed(method: HostMethod, thrown: unknown): readonly [number, Uint8Array] {
    try {
      if (thrown instanceof Declared) return [1, encode((to) => method.throws.write(to, thrown.value))];
    } catch {
      // Not an error of this method, or an object that does not say what it is.
    }
    return [2, encodeText(textOf(thrown))];
  }
}

function encode(write: (to: Writer) => void): Uint8Array {
  const to = new Writer();
  write(to);
  return to.done();
}
