// The app's own code as the core calls it: what it returns is kept here, what it throws arrives typed.

import type { Done, LoginOutcome, Performed, UserId } from '../generated/types.js';
import { PlanguardError } from './errors.js';
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
function answered(thrown: unknown): { code: number; message?: unknown } | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const { code } = thrown as { code?: unknown };
  const known = typeof code === 'number' && Number.isInteger(code) && Math.abs(code) < 2 ** 31;
  return known ? (thrown as { code: number; message?: unknown }) : undefined;
}

/** One call of the app's code, and how it ended. */
class Call<T> {
  value: T | undefined;
  thrown: unknown;

  constructor(private readonly handler: (context: Context) => T | Promise<T>) {}

  async run(context: Context): Promise<T> {
    try {
      this.value = await this.handler(context);
      return this.value;
    } catch (error) {
      this.thrown = error;
      const known = answered(error);
      if (!known) throw error;
      const detail = typeof known.message === 'string' ? known.message : '';
      throw new Declared({ type: 'answered', code: known.code, detail });
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
  try {
    const outcome = await login({ login: run });
    return outcome.type === 'executed' ? Object.assign(outcome, { value: call.value as T }) : outcome;
  } catch (error) {
    if (error instanceof PlanguardError && call.thrown !== undefined) error.cause = call.thrown;
    throw error;
  }
}

/** As `loggedIn`, for an action. `done` says how much of it happened. */
export async function performed<T>(
  handler: ActionHandler<T>,
  done: ((value: T) => Done) | undefined,
  perform: (handler: Foreign<'ActionHandler'>) => Promise<Performed>,
): Promise<PerformResult<T>> {
  const call = new Call(handler);
  const run = async (context: Context): Promise<Done> => {
    const value = await call.run(context);
    return done ? done(value) : { type: 'all' };
  };
  const outcome = await perform({ perform: run });
  if (outcome.type === 'done') return Object.assign(outcome, { value: call.value as T });
  return outcome.type === 'by_provider' ? Object.assign(outcome, { error: call.thrown }) : outcome;
}
