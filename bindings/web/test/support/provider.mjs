// A stand-in for the provider's servers: the real chat SDK talks to it over the WebSocket that it finds. Every other way
// out of this process is refused and recorded. Import this file before the chat SDK.

import net from 'node:net';

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

/** What the servers answer where a test says nothing else. */
const ANSWERS = {
  wslogin: () => ({ TinyId: '144115', A2Key: 'a2', HelloInterval: 120, InstId: 7, TimeStamp: Math.floor(Date.now() / 1000) }),
  page_get: () => ({ CompleteFlag: 1, SessionItem: [] }),
  black_list_get: () => ({ StartIndex: 0, BlackListItem: [] }),
  friend_add: ({ AddFriendItem }) => ({ ResultItem: AddFriendItem.map(({ To_Account }) => ({ To_Account, ResultCode: 0 })) }),
};

let servers;

/** The provider's servers, for one instance of the chat SDK. */
export class Provider {
  /** Every command that arrived, such as `wslogin`. */
  commands = [];
  /** The users whose logins arrived. */
  logins = [];
  #refusals = new Map();
  #held = new Map();
  #socket;

  constructor() {
    servers = this;
  }

  /** From now on a command is refused with this code; 0 lets it through again. */
  refuse(command, code, text = 'refused') {
    this.#refusals.set(command, { ErrorCode: code, ErrorInfo: text });
  }

  /** The next command of this name is answered only after `release()`. Resolves when the command is here. */
  hold(command) {
    let release;
    const released = new Promise((resolve) => (release = resolve));
    const arrived = new Promise((resolve) => this.#held.set(command, { arrived: resolve, released }));
    return { arrived, release };
  }

  /** Takes the session away: 1 another page, 2 another device, 3 the server API, and any number of the future. */
  kick(type) {
    const C2cNotifyMsgArray = [{ KickoutMsgNotify: { KickType: type, NewInstInfo: {} } }];
    this.#send({ head: { servcmd: 'im_open_push.msg_push', seq: 1 }, body: { EventArray: [{ Event: 10, C2cNotifyMsgArray }] } });
  }

  /** The connection breaks. */
  disconnect() {
    this.#socket.onerror({ message: 'broken' });
  }

  /** The connection breaks after a while, and the chat SDK makes another one at once. */
  reconnect() {
    const { now } = Date;
    Date.now = () => now() + 2_000; // One that broke within a second would be left alone for longer.
    try {
      this.#socket.onclose({ code: 1006, reason: '' });
    } finally {
      Date.now = now;
    }
  }

  opened(socket) {
    this.#socket = socket;
  }

  async received({ head, body }) {
    const command = head.servcmd.split('.').at(-1);
    this.commands.push(command);
    if (command === 'wslogin') this.logins.push(head.identifier);
    const held = this.#held.get(command);
    this.#held.delete(command);
    held?.arrived();
    await held?.released;
    const answer = { ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '', ...ANSWERS[command]?.(body), ...this.#refusals.get(command) };
    this.#send({ head, body: answer });
  }

  #send(message) {
    this.#socket.onmessage?.({ data: new TextEncoder().encode(JSON.stringify(message)).buffer });
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
