// The one error of the entry for mini programs.

/** Why a call gave no answer. Denials are answers, not errors. */
export class PlanguardError extends Error {
  override readonly name = 'PlanguardError';

  /** @internal */
  constructor(
    /**
     * - `invalid_input`: fix the call; `field` says where.
     * - `internal`: a defect of planguard or of its installation.
     */
    readonly type: 'invalid_input' | 'internal',
    /** The setting or argument it is about, where it is about one. */
    readonly field: string | undefined,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
