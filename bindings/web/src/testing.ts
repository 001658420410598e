// `@planguard/web/testing`: a clock that is turned by hand, a scripted endpoint, and a store that fails.

import type { Clock } from './host/clock.js';
import type { Transport } from './host/transport.js';
import { type Store, memoryStore } from './store/store.js';
import { isBytes } from './wasm/buffer.js';
import type { Request, Response } from '../generated/types.js';

/** A clock turned by hand. Nothing in a test waits for real time. */
export class ManualClock implements Clock {
  #now: number;
  #elapsed = 1_000_000;
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();

  constructor(start: Date | string | number = '2024-08-10T12:00:00+08:00') {
    this.#now = instant(start);
  }

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  /** How many wait for the time to pass. */
  get sleepers(): number {
    return this.#sleepers.size;
  }

  sleep(length: number, { signal }: { signal: AbortSignal }): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = {
        until: this.#elapsed + length,
        wake: (): void => {
          this.#sleepers.delete(sleeper);
          signal.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      if (signal.aborted || length <= 0) return resolve();
      signal.addEventListener('abort', sleeper.wake);
      this.#sleepers.add(sleeper);
    });
  }

  /** Lets time pass, and wakes whoever slept until then, the earliest first. */
  async advance(length: number): Promise<void> {
    if (!(length >= 0)) throw new RangeError(`time does not pass by ${length} ms`);
    const end = this.#elapsed + length;
    for (;;) {
      await settle();
      const next = [...this.#sleepers].sort((one, other) => one.until - other.until)[0];
      if (!next || next.until > end) break;
      this.#pass(Math.max(next.until - this.#elapsed, 0));
      next.wake();
    }
    this.#pass(end - this.#elapsed);
    await settle();
  }

  /** Sets the time of day, as a person or the network does. */
  set(now: Date | string | number): void {
    this.#now = instant(now);
  }

  #pass(length: number): void {
    this.#now += length;
    this.#elapsed += length;
  }
}

function instant(given: Date | string | number): number {
  const millis = new Date(given).getTime();
  if (Number.isNaN(millis)) throw new RangeError(`${String(given)} is no instant`);
  return millis;
}

/** Lets whatever can go on without time go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await turnOver();
}

/** A turn of the event loop. */
function turnOver(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

/** What an endpoint answers: a status, headers and a body, which is written as JSON unless it is bytes. */
export interface Scripted {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** An endpoint that answers what it was told to, the last answer for ever. */
export class ScriptedEndpoint implements Transport {
  readonly requests: Request[] = [];
  readonly #answers: Array<Scripted | Error>;

  constructor(...answers: Array<Scripted | Error>) {
    this.#answers = answers;
  }

  /** Further answers. */
  add(...answers: Array<Scripted | Error>): this {
    this.#answers.push(...answers);
    return this;
  }

  async send(request: Request): Promise<Response> {
    this.requests.push(request);
    const answer = this.#answers.length > 1 ? this.#answers.shift()! : this.#answers[0];
    if (!answer) throw new Error('no answer was scripted');
    if (answer instanceof Error) throw answer;
    const { status = 200, headers = {}, body = '' } = answer;
    const bytes = isBytes(body) ? body : new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
    const all = { 'content-type': 'application/json', ...headers };
    return { status, headers: Object.entries(all).map(([name, value]) => ({ name, value })), body: bytes };
  }
}

/** A store in memory that fails on demand. */
export class FailingStore implements Store {
  readonly #store = memoryStore();
  /** What every call throws, as long as it is set. */
  failure: unknown;

  async load(...args: Parameters<Store['load']>): ReturnType<Store['load']> {
    if (this.failure !== undefined) throw this.failure;
    return this.#store.load(...args);
  }

  async replace(...args: Parameters<Store['replace']>): ReturnType<Store['replace']> {
    if (this.failure !== undefined) throw this.failure;
    return this.#store.replace(...args);
  }
}
