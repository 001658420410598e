// Requests to the billing endpoint by `fetch`: no redirects, no cookies, no cache, and a bounded body.

import type { Request, Response as Answer } from '../../generated/types.js';
import { only } from '../known.js';
import { type Context, Declared } from '../wasm/module.js';

/** Carries requests to the billing endpoint. It does not follow redirects and does not retry. */
export interface Transport {
  send(request: Request, maxBodyBytes: number, context: Context): Promise<Answer>;
}

export interface FetchOptions {
  /** Another `fetch`, for instance one that adds a header. Default the global one. */
  readonly fetch?: typeof fetch | undefined;
}

/** Headers of a body as it was sent; `fetch` has decoded it. */
const AS_SENT = ['content-encoding', 'content-length', 'transfer-encoding'];

/** A transport on `fetch`. */
export function fetchTransport(options?: FetchOptions): Transport {
  const given = only(options, 'fetch');
  return {
    async send(request, maxBodyBytes, { signal }) {
      // Looked up now: an app may have replaced it since.
      const send = given.fetch ?? globalThis.fetch;
      let response: Response;
      try {
        response = await send(request.url, {
          method: request.method,
          headers: request.headers.map(({ name, value }): [string, string] => [name, value]),
          body: request.method === 'GET' ? null : (request.body as BodyInit),
          redirect: 'error',
          credentials: 'omit',
          cache: 'no-store',
          referrerPolicy: 'no-referrer',
          signal,
        });
      } catch {
        throw new Declared({ type: 'unreachable' });
      }
      const body = await read(response, maxBodyBytes);
      const headers = [...response.headers].filter(([name]) => !AS_SENT.includes(name));
      return { status: response.status, headers: headers.map(([name, value]) => ({ name, value })), body };
    },
  };
}

async function read(response: Response, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const part = await reader.read().catch(() => {
      throw new Declared({ type: 'cut_off' });
    });
    if (part.done) break;
    length += part.value.length;
    if (length > most) {
      // What cancelling says does not matter any more.
      await reader.cancel().catch(() => undefined);
      throw new Declared({ type: 'too_large', limit: most });
    }
    parts.push(part.value);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}
