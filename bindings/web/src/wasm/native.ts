// Objects of Rust on this side: a handle each, let go with the object.
/// <reference lib="esnext.disposable" preserve="true" />

/** A class of the package for objects of Rust. */
export interface NativeClass {
  new (handle: bigint): object;
}

/** @internal */
export const HANDLE = Symbol('handle');

/** Older engines have no such symbol; compilers of `using` look for this one there. */
export const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
export const ASYNC_DISPOSE: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

/** The package's classes by the names of their types. */
export const classes = new Map<string, NativeClass>();

type Free = (type: string, handle: bigint) => void;
let free: Free | undefined;

/** Says who lets handles go. */
export function freeBy(module: Free): void {
  free = module;
}

/** The handle of an object of Rust, freed when the object is disposed of or no longer reachable. */
export abstract class Native {
  /** @internal */
  readonly [HANDLE]: { value: bigint };

  /** @internal */
  constructor(type: string, handle: bigint) {
    const held = { value: handle };
    this[HANDLE] = held;
    finalizers?.register(this, [type, held], held);
    types.set(this, type);
  }

  /** Lets the object go at once instead of when it is collected. Every later call of it fails. */
  [DISPOSE](): void {
    release(types.get(this)!, this[HANDLE]);
  }
}

const types = new WeakMap<Native, string>();
const finalizers =
  typeof FinalizationRegistry === 'undefined'
    ? undefined
    : new FinalizationRegistry<[string, { value: bigint }]>(([type, held]) => release(type, held));

function release(type: string, held: { value: bigint }): void {
  const handle = held.value;
  held.value = 0n;
  if (handle !== 0n) free?.(type, handle);
}

/** Says which class objects of a type are. */
export function nativeClass(type: string, is: NativeClass): void {
  classes.set(type, is);
}
