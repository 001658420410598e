// The app's own code as the core calls it: what it returns is kept here, what it throws arrives typed.

import type { Done, LoginOutcome, Performed, UserId } from '../generated/types.js';
import { PlanguardError, badArgument } from './errors.js';
import { whole } from './wasm/buffer.js';
import { type Context, Declared, type Foreign } from './wasm/module.js';

/** Logs a user in with the chat SDK. It throws what the SDK throws. */
export type LoginHandler<T> = (context: Context) => T | Promise<T>;

/** Carries an action out with the chat SDK. It throws what the SDK throws. */
export type ActionHandler<T> = (context: Context) => T | Promise<T>;

/** What came of a login; `executed` carries what the handler returned. */
export type LoginResult<T> =
  | (Extract<LoginOutcome, { type: 'executed' }> & { readonly value: T })
  | Exclude<LoginOutcome, { type: 'executed' }>;

/** What came of an action; `done` carries what the handler returned, `by_provider` what it threw. */
export type PerformResult<T> =
  | (Extract<Performed, { type: 'done' }> & { readonly value: T })
  | Extract<Performed, { type: 'by_plan' }>
  | (Extract<Performed, { type: 'by_provider' }> & { readonly error: unknown });

/** A code and a text, as the chat SDK's errors have them. */
function answered(thrown: unknown): { readonly code: number; readonly detail: string } | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const { code, message } = thrown as { code?: unknown; message?: unknown };
  const known = typeof code === 'number' && Number.isInteger(code) && Math.abs(code) < 2 ** 31;
  return known ? { code, detail: typeof message === 'string' ? whole(message) : '' } : undefined;
}

/** One call of the app's code, and how it ended. */
class Call<T> {
  value: T | undefined;
  thrown: unknown;

  constructor(private readonly handler: (context: Context) => T | Promise<T>) {
    if (typeof handler !== 'function') throw badArgument('handler', 'it is not a function');
  }

  async run(context: Context): Promise<T> {
    try {
      this.value = await this.handler(context);
      return this.value;
    } catch (error) {
      this.thrown = error;
      const known = answered(error);
      throw known ? new Declared({ type: 'answered', ...known }) : error;
    }
  }

  /** Makes what the app's code threw the cause of the error that came of it. */
  async causing<R>(ended: Promise<R>): Promise<R> {
    try {
      return await ended;
    } catch (error) {
      if (error instanceof PlanguardError && this.thrown !== undefined) {
        // As `new Error` does it: an assignment would make it part of the error's JSON.
        Object.defineProperty(error, 'cause', { value: this.thrown, configurable: true, writable: true });
      }
      throw error;
    }
  }
}

/** A login through `handler`: runs `login` with it, and gives its outcome what the handler returned or threw. */
export async function loggedIn<T>(
  handler: LoginHandler<T>,
  login: (handler: Foreign<'LoginHandler'>) => Promise<LoginOutcome>,
): Promise<LoginResult<T>> {
  const call = new Call(handler);
  const run = async (_: UserId, context: Context): Promise<void> => {
    await call.run(context);
  };
  const outcome = await call.causing(login({ login: run }));
  return outcome.type === 'executed' ? Object.assign(outcome, { value: call.value as T }) : outcome;
}

/** As `loggedIn`, for an action. `done` says how much of it happened. */
export async function performed<T>(
  handler: ActionHandler<T>,
  done: ((value: T) => Done) | undefined,
  perform: (handler: Foreign<'ActionHandler'>) => Promise<Performed>,
): Promise<PerformResult<T>> {
  const call = new Call(handler);
  if (done !== undefined && typeof done !== 'function') throw badArgument('done', 'it is not a function');
  const run = async (context: Context): Promise<Done> => {
    const value = await call.run(context);
    try {
      return done ? done(value) : { type: 'all' };
    } catch (error) {
      call.thrown = error;
      throw error;
    }
  };
  const outcome = await call.causing(perform({ perform: run }));
  if (outcome.type === 'done') return Object.assign(outcome, { value: call.value as T });
  return outcome.type === 'by_provider' ? Object.assign(outcome, { error: call.thrown }) : outcome;
}
