// What stands around the guard in a real app: the chat SDK, the network, the time, and the owner's billing endpoint.

import { type Clock, type Transport, fetchTransport } from '@planguard/web';

/** The app of the reference endpoint. */
export const APP = 1400000001;

/** A chat SDK that logs everybody in, and counts how often it is asked. */
export class ChatSdk {
  logins = 0;
  calls = 0;

  async login(user: string): Promise<string> {
    this.logins += 1;
    // As long as a login takes where the network is good.
    await new Promise((resolve) => setTimeout(resolve, 150));
    return user;
  }

  async addFriend(peer: string): Promise<string> {
    this.calls += 1;
    return peer;
  }
}

/** A network that can be taken away. */
export class Network {
  online = true;
  readonly transport: Transport = fetchTransport({
    fetch: async (...request) => {
      if (!this.online) throw new TypeError('the network is off');
      return fetch(...request);
    },
  });
}

/** The machine's clock, turned ahead as far as the endpoint's is. */
export class TurnedClock implements Clock {
  ahead = 0;

  now(): number {
    return Date.now() + this.ahead;
  }

  elapsed(): number {
    return performance.timeOrigin + performance.now() + this.ahead;
  }

  sleep(length: number, { signal }: { signal: AbortSignal }): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(length, 2 ** 31 - 1));
      if (signal.aborted) end();
      else signal.addEventListener('abort', end);
    });
  }
}

/** A document as it goes over the wire; the page changes a few members of it. */
type Wire = Record<string, unknown>;

/** The reference endpoint's control routes: what the owner's console does. */
export class Owner {
  readonly #document = `/v1/apps/${APP}/entitlements`;

  /** How many milliseconds the endpoint's time is ahead. */
  async ahead(): Promise<number> {
    const { ahead_secs: seconds } = (await call('GET', '/_clock')) as { ahead_secs: number };
    return seconds * 1000;
  }

  /** Turns the endpoint's time. */
  async turn(ahead: number): Promise<void> {
    await call('PUT', '/_clock', { ahead_secs: Math.round(ahead / 1000) });
  }

  /** Changes members of the document; it becomes a new revision. */
  async change(members: Wire): Promise<void> {
    const document = (await call('GET', this.#document)) as Wire;
    await call('PUT', this.#document, { ...document, ...members });
  }
}

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(path, {
    method,
    cache: 'no-store',
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
