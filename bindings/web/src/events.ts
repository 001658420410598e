// Events as an asynchronous iterable.

import type { Event } from '../generated/types.js';
import type { EventStream } from './objects.js';
import { signalOf } from './signal.js';
import { DISPOSE, wasm } from './wasm/module.js';

export interface EventsOptions {
  /** Ends the loop, without an error. */
  readonly signal?: AbortSignal | undefined;
  /** The loop fell behind, and lost so many events. */
  readonly onLagged?: ((lost: number) => void) | undefined;
}

/** Every event from when it was asked for. It is read once, by one loop. */
export function eventsOf(stream: EventStream, { signal: given, onLagged }: EventsOptions): AsyncIterableIterator<Event> {
  const signal = signalOf(given);
  const stop = (): void => wasm().eventstream_stop(stream);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  const end = (): IteratorResult<Event> => {
    signal?.removeEventListener('abort', stop);
    stream[DISPOSE]();
    return { done: true, value: undefined };
  };
  let over = false;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      while (!over) {
        const next = await wasm().eventstream_next(stream);
        if (over) break;
        if (!next) {
          over = true;
          return end();
        }
        if (next.type === 'happened') return { done: false, value: next.event };
        try {
          onLagged?.(next.lost);
        } catch (error) {
          // The loop ends with it, and does not say so.
          over = true;
          stop();
          end();
          throw error;
        }
      }
      return { done: true, value: undefined };
    },
    async return() {
      if (!over) {
        over = true;
        stop();
        return end();
      }
      return { done: true, value: undefined };
    },
  };
}
