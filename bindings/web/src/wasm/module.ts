// The module: where it comes from, and the one instance of it.

import type { Calls } from '../../generated/types.js';
import { PlanguardError, internal } from '../errors.js';
import { fetchModule, findModule } from '../where/browser.js';
import { Hosts, textOf } from './hosts.js';
import { Instance } from './instance.js';
import { freeBy } from './native.js';

export type { Context, Foreign, Foreigns } from './hosts.js';
export { Declared, textOf } from './hosts.js';
export { ASYNC_DISPOSE, DISPOSE, Native, type NativeClass, nativeClass } from './native.js';

/** What is passed to `init`. */
export type WasmSource = WebAssembly.Module | BufferSource | Response | URL | string;

let instance: Instance | undefined;
let opening: Promise<Instance> | undefined;

async function compile(given: WasmSource): Promise<WebAssembly.Module> {
  let source = given;
  if (typeof source === 'string' || source instanceof URL) source = await fetchModule(source);
  if (source instanceof WebAssembly.Module) return source;
  if (typeof Response !== 'undefined' && source instanceof Response) {
    if (!source.ok) throw internal(`the module cannot be loaded: the server answered ${source.status}`);
    const type = source.headers.get('content-type') ?? '';
    // A server that does not know the type is no reason to fail.
    if (type.startsWith('application/wasm') && WebAssembly.compileStreaming) return WebAssembly.compileStreaming(source);
    return WebAssembly.compile(await source.arrayBuffer());
  }
  return WebAssembly.compile(source as BufferSource);
}

async function load(source: WasmSource | undefined): Promise<Instance> {
  try {
    return await instantiated(source);
  } catch (error) {
    if (error instanceof PlanguardError) throw error;
    throw internal(`the module cannot be loaded: ${textOf(error)}; load the planguard.wasm that comes with the package`, error);
  }
}

async function instantiated(source: WasmSource | undefined): Promise<Instance> {
  const module = await compile(source ?? (await findModule()));
  const woken = { call: (_future: number, _again: number): void => undefined };
  let made: Instance | undefined;
  const hosts = new Hosts((call, kind, bytes) => made!.answer(call, kind, bytes));
  const copy = (at: number, length: number): Uint8Array => made!.bytes(at, length).slice();
  const host = {
    call: (object: number, method: number, call: number, at: number, length: number) =>
      hosts.call(object, method, call, copy(at, length)),
    abort: (call: number) => hosts.abort(call),
    drop: (object: number) => hosts.drop(object),
    time: (object: number, elapsed: number) => hosts.time(object, elapsed),
    woken: (future: number, again: number) => woken.call(future, again),
    random: (at: number, length: number) => {
      if (typeof crypto === 'undefined') return 0;
      crypto.getRandomValues(made!.bytes(at, length));
      return 1;
    },
  };
  made = new Instance(await WebAssembly.instantiate(module, { host }), hosts, woken);
  return made;
}

/** Loads the module once. */
export async function init(options: { wasm?: WasmSource | undefined } = {}): Promise<void> {
  opening ??= load(options.wasm);
  try {
    const opened = (instance = await opening);
    freeBy((type, handle) => opened.free(type, handle));
  } catch (error) {
    // The next call tries again.
    opening = undefined;
    throw error;
  }
}

/** The calls of the module, once it is loaded. */
export function wasm(): Calls {
  if (!instance) throw internal('the module is not loaded: await init() or Planguard.open() first');
  return instance.calls;
}

/** Counts what may have changed the core's state. */
export function activity(): number {
  return instance?.activity ?? 0;
}

/** How many objects of the host the core holds: for tests. */
export function heldObjects(): number {
  return instance?.hosts.size ?? 0;
}
