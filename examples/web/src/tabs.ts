// What the tabs of the dashboard tell each other beside the store that their guards share: the demonstration's own affairs.

export type Message =
  /** The time was turned: the clock is so far ahead. */
  | { readonly type: 'turned'; readonly ahead: number }
  /** An action is over: what is shown may be out of date. */
  | { readonly type: 'acted' }
  /** The endpoint's document is another one, or the network is back. */
  | { readonly type: 'changed' }
  /** Log out, and say so: everybody is about to log in. */
  | { readonly type: 'prepare' }
  | { readonly type: 'prepared' }
  | { readonly type: 'login' }
  /** The state is deleted: let go of it. */
  | { readonly type: 'close' }
  | { readonly type: 'reload' };

/** How long other tabs have to say that they are there. */
const WAIT = 300;

export class Tabs {
  readonly #channel = new BroadcastChannel('planguard-dashboard');
  #prepared = (): void => {};

  constructor(heard: (message: Message) => void) {
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.type === 'prepared') this.#prepared();
      else heard(data);
    };
  }

  say(message: Message): void {
    this.#channel.postMessage(message);
  }

  /** Has the other tabs prepare. Goes on when one has said so, or when there seems to be none. */
  prepare(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, WAIT);
      this.#prepared = () => {
        clearTimeout(timer);
        resolve();
      };
      this.say({ type: 'prepare' });
    });
  }
}
