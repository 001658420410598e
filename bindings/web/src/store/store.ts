// Where the state is kept: one content with a version, replaced as a whole where nobody replaced it meanwhile.

/** A content and its version, which is 1 for the first one. */
export interface StoreImage {
  readonly version: number;
  readonly content: Uint8Array;
}

export interface StoreOptions {
  readonly signal: AbortSignal;
}

/** Keeps planguard's state. Tabs may share it as long as `replace` compares and stores in one step. */
export interface Store {
  /**
   * What is held, unless its version is `known`. Nothing also where nothing is held and `known` is 0; where nothing is
   * held and `known` is not 0, an image of version 0.
   */
  load(known: number, options: StoreOptions): Promise<StoreImage | undefined>;
  /**
   * Where the version held is `expected` (0: nothing is held), keeps `content` with the version `expected + 1`. Else
   * changes nothing. When `signal` is aborted, it changes nothing any more.
   */
  replace(expected: number, content: Uint8Array, options: StoreOptions): Promise<'replaced' | 'conflict'>;
  /** Lets go of what it holds open. Nobody waits for it; what it throws goes to the global error handler. */
  close?(): void | Promise<void>;
}

/** Why a store cannot be used any more. */
export class StoreUnusable extends Error {
  constructor(readonly reason: 'unavailable' | 'blocked' | 'version' | 'quota') {
    super(`the store cannot be used: ${reason}`);
  }
}

/** Whether a browser says that there is no room; older ones of one kind have a name of their own for it. */
export const isFull = (error: unknown): boolean =>
  /^(QuotaExceededError|NS_ERROR_DOM_QUOTA_REACHED)$/.test(String((error as { name?: unknown } | null | undefined)?.name));

/** Whether it is a version that something is held with. */
export const isVersion = (version: unknown): version is number => Number.isSafeInteger(version) && (version as number) > 0;

/** What `load` answers, given what is held. */
export function loaded(held: StoreImage | undefined, known: number): StoreImage | undefined {
  const image = held ?? { version: 0, content: new Uint8Array() };
  return image.version === known ? undefined : image;
}

/** Keeps the state in memory: it is gone with the page. */
export function memoryStore(): Store {
  let held: StoreImage | undefined;
  return {
    load: async (known) => loaded(held, known),
    replace: async (expected, content, { signal }) => {
      signal.throwIfAborted();
      if ((held?.version ?? 0) !== expected) return 'conflict';
      held = { version: expected + 1, content };
      return 'replaced';
    },
  };
}
