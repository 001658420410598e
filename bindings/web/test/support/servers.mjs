// What the provider's servers do, whatever carries their messages.

/** What the servers answer where a test says nothing else. */
const ANSWERS = {
  wslogin: () => ({ TinyId: '144115', A2Key: 'a2', HelloInterval: 120, InstId: 7, TimeStamp: Math.floor(Date.now() / 1000) }),
  page_get: () => ({ CompleteFlag: 1, SessionItem: [] }),
  black_list_get: () => ({ StartIndex: 0, BlackListItem: [] }),
  friend_add: ({ AddFriendItem }) => ({ ResultItem: AddFriendItem.map(({ To_Account }) => ({ To_Account, ResultCode: 0 })) }),
};

/** The provider's servers, for one instance of the chat SDK. */
export class Servers {
  /** Every command that arrived, such as `wslogin`. */
  commands = [];
  /** The users whose logins arrived. */
  logins = [];
  #refusals = new Map();
  #held = new Map();
  #socket;

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
