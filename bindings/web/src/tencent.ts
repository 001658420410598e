// `@planguard/web/tencent`: a guard beside the chat SDK `@tencentcloud/chat`. Of that package, only types are imported.

import type {
  Action, LoginResult, LoginIntentLike, LoginOptions, Milliseconds, PerformOptions, PerformResult, Planguard, Rejection,
  RejectionContext, UserId,
} from '@planguard/web';
import type { ChatSDK } from '@tencentcloud/chat';
import { sleep } from './host/clock.js';
import { type ChatEvents, listen } from './tencent/events.js';

export type { ChatSDK } from '@tencentcloud/chat';

/** The password of a user, or where it comes from: asked only when a login is carried out. */
export type UserSig = string | ((user: UserId, context: { readonly signal: AbortSignal }) => string | Promise<string>);

/** What the chat SDK's `login` resolves to, its `data`. */
export interface ChatLogin {
  readonly actionStatus: string;
  readonly errorCode: number;
  readonly errorInfo: string;
  /** The chat SDK had this user logged in already, and sent no login. */
  readonly repeatLogin?: boolean;
}

export interface TencentChatOptions {
  /**
   * Takes errors of the guard in calls that no code awaits, such as those for session events. Default: they are thrown
   * to the global error handler.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
  /**
   * How long a login or logout of the chat SDK that does not settle holds up the next one. After that the chat SDK is
   * called again, and answers or refuses. Default 20 seconds.
   */
  readonly patience?: Milliseconds | undefined;
}

/** Below the minute after which a guard gives a login up by default: the next one is sent while somebody waits for it. */
const PATIENCE: Milliseconds = 20_000;

/** An error of the chat SDK, with the provider's code. */
interface ChatError {
  readonly code: number;
  readonly message?: unknown;
}

function isChatError(error: unknown): error is ChatError {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return Number.isInteger(code) && Math.abs(code as number) < 2 ** 31;
}

/** Connects one instance of the chat SDK to a guard: logins, session events, actions and rejections. */
export class TencentChat {
  /** The chat SDK. Log in and out with this object's methods, not with its own. */
  readonly chat: ChatSDK;
  readonly #guard: Planguard;
  readonly #onError: (error: unknown) => void;
  readonly #patience: Milliseconds;
  readonly #rejections = new WeakMap<object, Rejection>();
  readonly #stop: () => void;
  /** Whose session the chat SDK has. Its events name no user, and at some of them it no longer knows one. */
  #user: UserId | undefined;
  /** Whose login was asked for last. */
  #asked: UserId | undefined;
  /** The chat SDK's login or logout that runs: it refuses a second one. */
  #running: Promise<unknown> = Promise.resolve();

  constructor(guard: Planguard, chat: ChatSDK, options?: TencentChatOptions) {
    const { milliseconds, only } = guard.internals;
    const { onError, patience } = only(options, 'onError', 'patience');
    this.chat = chat;
    this.#guard = guard;
    this.#onError = onError ?? ((error) => queueMicrotask(() => { throw error; }));
    this.#patience = milliseconds('patience', patience ?? PATIENCE);
    this.#user = this.#loginUser();
    this.#stop = listen(chat, this.#events());
  }

  /** The user whom the chat SDK has logged in. */
  get user(): UserId | undefined {
    return this.#loginUser();
  }

  /**
   * Logs a user in through the guard. Another user who is logged in is logged out first: the chat SDK's own `login`
   * resolves for the new user and keeps the old one.
   */
  login(user: UserId, userSig: UserSig, intent: LoginIntentLike, options?: LoginOptions): Promise<LoginResult<ChatLogin>> {
    const handler = async ({ signal }: { readonly signal: AbortSignal }): Promise<ChatLogin> => {
      const sig = typeof userSig === 'function' ? await userSig(user, { signal }) : userSig;
      return this.#alone(() => this.#logIn(user, sig, signal));
    };
    return this.#guard.login(user, intent, handler, options);
  }

  /** Logs a user in again whose `UserSig` expired or is about to, with a new one. */
  async renew(user: UserId, userSig: UserSig, options?: LoginOptions): Promise<LoginResult<ChatLogin>> {
    const { signal } = this.#guard.internals.only(options, 'signal', 'timeout', 'knownToProvider');
    await this.#guard.newUserSig(user, { signal });
    return this.login(user, userSig, 'renew_user_sig', options);
  }

  /**
   * The person logs out: no background login brings the session back. Rejects with `timed_out` where the chat SDK does
   * not answer.
   */
  async logout(): Promise<void> {
    const user = this.#user ?? this.#asked;
    this.#user = this.#asked = undefined;
    try {
      if (user !== undefined && !this.#guard.isShutDown) await this.#guard.session(user).loggedOut();
    } finally {
      // Whatever the guard can keep of it, the person leaves.
      await this.#alone(async () => {
        if (this.#loginUser() !== undefined) await this.#bounded('the logout of the chat SDK', this.chat.logout());
      });
    }
  }

  /** Carries an action out where it fits the plan: as `guard.perform`, with the chat SDK for `call`. */
  perform<T>(action: Action, call: (chat: ChatSDK) => T | Promise<T>, options?: PerformOptions<T>): Promise<PerformResult<T>> {
    return this.#guard.perform(action, () => call(this.chat), options);
  }

  /**
   * Any other call of the chat SDK. Where the provider rejects it, the guard learns the code and corrects what it knows;
   * the chat SDK's error is thrown on, and `rejection` explains it.
   */
  async call<T>(call: (chat: ChatSDK) => T | Promise<T>, context: RejectionContext = {}): Promise<T> {
    try {
      return await call(this.chat);
    } catch (error) {
      await this.#report(error, context);
      throw error;
    }
  }

  /** What an error thrown by `call` means: class, advice, remedies, `explain`. */
  rejection(error: unknown): Rejection | undefined {
    return typeof error === 'object' && error !== null ? this.#rejections.get(error) : undefined;
  }

  /** Stops listening to the chat SDK. */
  stop(): void {
    this.#stop();
  }

  #loginUser(): UserId | undefined {
    return this.chat.getLoginUser().valueOf() || undefined;
  }

  /** One login or logout of the chat SDK at a time; the next one waits no longer than patience lasts. */
  async #alone<T>(body: () => Promise<T>): Promise<T> {
    const before = this.#running;
    const over = new AbortController();
    let end!: () => void;
    this.#running = new Promise<void>((resolve) => (end = resolve));
    await before;
    void sleep(this.#patience, over.signal).then(end);
    try {
      return await body();
    } finally {
      over.abort();
    }
  }

  async #bounded<T>(what: string, call: Promise<T>): Promise<T> {
    const over = new AbortController();
    const late = sleep(this.#patience, over.signal).then(() => Promise.reject(this.#guard.internals.timedOut(what)));
    try {
      return await Promise.race([call, late]);
    } finally {
      over.abort();
    }
  }

  async #logIn(user: UserId, userSig: string, signal: AbortSignal): Promise<ChatLogin> {
    signal.throwIfAborted();
    const before = this.#loginUser();
    if (before !== undefined && before !== user) await this.chat.logout();
    signal.throwIfAborted();
    this.#asked = user;
    const { data } = (await this.chat.login({ userID: user, userSig })) as { readonly data: ChatLogin };
    const now = this.#loginUser();
    if (now !== user) throw new Error(`the chat SDK answered a login and has ${now === undefined ? 'no user' : 'another user'} logged in`);
    this.#user = user;
    return data;
  }

  #events(): ChatEvents {
    return {
      ready: () => {
        this.#user = this.#loginUser();
        this.#tell(this.#user, (session) => session.connected());
      },
      notReady: () => {
        const user = this.#user;
        this.#user = undefined;
        this.#tell(user, (session) => session.ended());
      },
      connected: () => this.#tell(this.#loginUser() ?? this.#asked, (session) => session.connected()),
      disconnected: () => this.#tell(this.#loginUser(), (session) => session.disconnected()),
      kickedOff: () => this.#tell(this.#take(), (session) => session.kickedOff()),
      userSigExpired: () => this.#tell(this.#take(), (session) => session.userSigExpired()),
    };
  }

  /** Whose session ends now; the event that it is no longer ready follows, and then there is none to end. */
  #take(): UserId | undefined {
    const user = this.#loginUser() ?? this.#user;
    this.#user = this.#asked = undefined;
    return user;
  }

  #tell(user: UserId | undefined, what: (session: ReturnType<Planguard['session']>) => Promise<void>): void {
    if (user === undefined || this.#guard.isShutDown) return;
    // What the guard refuses at once is not the chat SDK's to hear, either.
    const told = async (): Promise<void> => what(this.#guard.session(user));
    told().catch(this.#onError);
  }

  async #report(error: unknown, context: RejectionContext): Promise<void> {
    try {
      if (!isChatError(error) || this.#guard.isShutDown) return;
      const message = typeof error.message === 'string' ? error.message : '';
      this.#rejections.set(error, await this.#guard.reportRejection(error.code, message, context));
    } catch (failure) {
      this.#onError(failure);
    }
  }
}
