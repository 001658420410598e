// What tabs and workers of one browser tell each other, and how one of them does something alone.

/** The part of `BroadcastChannel` that is used; Node's has `unref`, too. */
type Channel = BroadcastChannel & { unref?(): void };

/** Tabs that share a store. */
export interface Tabs {
  /** Says that something was written. */
  written(): void;
  /** Runs `body` while no other tab runs one for `name`; without waiting longer than `wait`. */
  alone<T>(name: string, wait: Promise<void>, body: () => Promise<T>): Promise<T>;
  close(): void;
}

/** Tabs of the store `name`; `changed` is called when another one has written, not again before it has returned. */
export function tabsOf(name: string, changed: () => Promise<void>): Tabs {
  let channel: Channel | undefined;
  if (typeof BroadcastChannel !== 'undefined') {
    try {
      channel = new BroadcastChannel(name);
      // A program that does nothing else may end.
      channel.unref?.();
      channel.onmessage = coalesced(changed);
    } catch {
      // A browser that blocks storage gives no channel either: then there is nothing to share.
    }
  }
  let posting = false;
  const flights = new Map<string, Flight>();
  return {
    written() {
      if (posting || !channel) return;
      posting = true;
      // One message for all that is written at once.
      queueMicrotask(() => {
        posting = false;
        channel?.postMessage(0);
      });
    },
    async alone(key, wait, body) {
      if (typeof navigator === 'undefined' || !navigator.locks) return body();
      const lock = `${name}:${await hidden(name + key)}`;
      const flight = flights.get(lock) ?? new Flight(lock, () => flights.delete(lock));
      flights.set(lock, flight);
      const leave = await flight.enter(wait);
      try {
        return await body();
      } finally {
        leave();
      }
    },
    close() {
      channel?.close();
      channel = undefined;
    },
  };
}

/** The lock of one user, held as long as somebody of this tab needs it. */
class Flight {
  #inside = 0;
  #release!: () => void;
  #held: Promise<void>;
  #given = false;

  constructor(
    lock: string,
    private readonly over: () => void,
  ) {
    const released = new Promise<void>((resolve) => (this.#release = resolve));
    this.#held = new Promise((resolve) => {
      const request = async (): Promise<void> => {
        await navigator.locks.request(lock, () => {
          this.#given = true;
          resolve();
          return released;
        });
      };
      // A browser that gives no locks: the lease in the store is what is left.
      request().then(resolve, () => resolve());
    });
  }

  async enter(wait: Promise<void>): Promise<() => void> {
    this.#inside++;
    if (!this.#given) await Promise.race([this.#held, wait]);
    return () => {
      this.#inside--;
      if (this.#inside > 0) return;
      this.over();
      this.#release();
    };
  }
}

/** Runs `body` once more after it has returned, however often it was asked for meanwhile. */
export function coalesced(body: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  return async function run(): Promise<void> {
    again = true;
    if (running) return;
    running = true;
    try {
      while (again) {
        again = false;
        await body();
      }
    } finally {
      running = false;
    }
  };
}

/** A name that says nothing: names of locks can be listed. */
async function hidden(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
