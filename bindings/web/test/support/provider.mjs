// A stand-in for the provider's servers: the real chat SDK talks to it over the WebSocket that it finds. Every other way
// out of this process is refused and recorded. Import this file before the chat SDK.

import net from 'node:net';
import { Servers } from './servers.mjs';

/** Where the chat SDK is pointed at, as `proxyServer`. */
export const STAND_IN = 'wss://stand-in.test';
/** Every connection that was refused, by its address. */
export const refused = [];

function refuse(address) {
  refused.push(address);
  throw new Error(`a test tried to reach ${address}`);
}

net.Socket.prototype.connect = function connect(...args) {
  const { host, port, path } = args.flat()[0] ?? {};
  refuse(path ?? `${host}:${port}`);
};
globalThis.fetch = async (input) => refuse(String(input?.url ?? input));

// The chat SDK keeps intervals after it is destroyed: they must not keep the process.
const every = globalThis.setInterval;
globalThis.setInterval = (...args) => every(...args).unref();

let servers;

/** The provider's servers, for the next instance of the chat SDK. */
export class Provider extends Servers {
  constructor() {
    super();
    servers = this;
  }
}

globalThis.WebSocket = class {
  extensions = '';

  constructor(url) {
    if (!url.startsWith(`${STAND_IN}/`)) refuse(url);
    servers.opened(this);
    queueMicrotask(() => this.onopen?.({}));
  }

  send(data) {
    const message = JSON.parse(typeof data === 'string' ? data : new TextDecoder().decode(data));
    queueMicrotask(() => servers.received(message));
  }

  close() {}
};
