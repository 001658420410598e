// The one error of the package: what kind it is, which field it is about, and what to do.

import type { ErrorDetails, Locale, LoginFailure, PlanguardError as Value } from '../generated/types.js';

/** The kinds of errors. Each says what the caller should do. */
export type PlanguardErrorType = Value['type'] | 'internal';

/** An error of this side. */
interface Own {
  readonly type: 'invalid_input' | 'timed_out' | 'internal';
  readonly details: ErrorDetails;
}

/** Why a call did not do what it was asked. Denials are answers, not errors. */
export class PlanguardError extends Error {
  override readonly name = 'PlanguardError';
  /**
   * - `invalid_input`: fix the call; `field` says where.
   * - `store`: the store cannot be used.
   * - `plan_unknown`: sync, or open with a fallback.
   * - `try_later`: call again at `retryAt`, or when the network is back.
   * - `credential`: provide another credential for the endpoint.
   * - `login`: the login failed; `failure` says how.
   * - `timed_out`: the app's own handler did not answer in time.
   * - `handler_failed`: an action's handler threw what is no answer of the chat SDK; nothing was counted.
   * - `finished`: the permit or ticket has its answer already.
   * - `closed`: the guard was shut down.
   * - `internal`: a defect of planguard or of its installation.
   */
  readonly type: PlanguardErrorType;
  /** A fixed word for the kind of error, the same in every language. */
  readonly word: string;
  /** The setting or argument it is about, where it is about one. */
  readonly field: string | undefined;
  /** What to do about it, in English: the last part of `message`. */
  readonly remedy: string | undefined;
  /** When the same call makes sense again, where that is known. */
  readonly retryAt: Date | undefined;
  /** What happened to a login that failed. */
  readonly failure: LoginFailure | undefined;
  readonly #explanation: ErrorDetails['explanation'];

  /** @internal */
  constructor(value: Value | Own, options?: ErrorOptions) {
    const failure = value.type === 'login' ? value.failure : undefined;
    const details = value.type === 'login' ? undefined : value.details;
    const reason = failure ? `the login failed: ${failure.reason}` : details!.reason;
    super(reason, options);
    this.type = value.type;
    this.failure = failure;
    this.word = failure ? failure.failureClass.type : details!.word;
    this.field = details?.fieldName && fieldOf(details.fieldName);
    const at = reason.lastIndexOf('; ');
    this.remedy = at < 0 ? undefined : reason.slice(at + 2);
    this.retryAt = failure ? failure.retryAt : value.type === 'try_later' ? value.retryAt : undefined;
    this.#explanation = (failure ?? details!).explanation;
  }

  /** What happened and what to do, in sentences for a screen. */
  explain(locale: Locale): string {
    return locale === 'zh-Hans' ? this.#explanation.zhHans : this.#explanation.en;
  }
}

/** The core's name of a field as it is spelled here. */
function fieldOf(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function details(word: string, fieldName: string | undefined, reason: string, zhHans: string): ErrorDetails {
  return { word, fieldName, reason, explanation: { en: `${reason}.`, zhHans } };
}

/** An argument of a type that it cannot have. */
export function badArgument(field: string, why: string): PlanguardError {
  const at = field || 'argument';
  const text = `参数 ${at} 无法使用，请更正后重试。`;
  return new PlanguardError({ type: 'invalid_input', details: details('argument', at, `${at}: ${why}`, text) });
}

/** The app's own code, such as the chat SDK, that was waited for long enough. */
export function timedOut(what: string): PlanguardError {
  const text = '应用自己的代码未及时响应，无法得知其是否完成。';
  const why = `${what} did not answer in time; whether it did its work is not known`;
  return new PlanguardError({ type: 'timed_out', details: details('timed_out', undefined, why, text) });
}

/** A defect: of the module, or of how it is loaded. */
export function internal(why: string, cause?: unknown): PlanguardError {
  const text = 'planguard 内部错误，请更新应用。';
  return new PlanguardError({ type: 'internal', details: details('internal', undefined, why, text) }, { cause });
}
