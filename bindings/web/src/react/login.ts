// Where the login of one component stands, as a store outside of React.

import type { LoginResult } from '@planguard/web';

/** `done` is every outcome: ask it with `isLoggedIn()` and `explain()`. */
export type LoginState<T> =
  | { readonly status: 'idle' }
  | { readonly status: 'pending' }
  | { readonly status: 'done'; readonly outcome: LoginResult<T> }
  | { readonly status: 'failed'; readonly error: unknown };

const IDLE = { status: 'idle' } as const;

export class LoginStore<T> {
  static readonly idle = (): typeof IDLE => IDLE;
  readonly #listeners = new Set<() => void>();
  #state: LoginState<T> = IDLE;
  #turn = 0;

  readonly state = (): LoginState<T> => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly reset = (): void => {
    this.#turn += 1;
    this.#set(IDLE);
  };

  /** Follows `login`, until another one is followed. */
  async run(login: () => Promise<LoginResult<T>>): Promise<LoginState<T>> {
    const turn = (this.#turn += 1);
    this.#set({ status: 'pending' });
    const state = await login().then(
      (outcome) => ({ status: 'done', outcome }) as const,
      (error: unknown) => ({ status: 'failed', error }) as const,
    );
    if (turn === this.#turn) this.#set(state);
    return state;
  }

  #set(state: LoginState<T>): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
