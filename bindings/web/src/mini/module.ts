// The module of the entry for mini programs: bytes in, bytes out, and nothing else of the host's.
//
// Mini programs have no TextEncoder, no fetch and no global WebAssembly, so nothing here asks for them.

import { PlanguardError } from './error.js';
import { requested } from './request.js';

/** What `instantiate` gives: an instance, alone or beside its module. */
export type Instantiated = Instance | { readonly instance: Instance };

interface Instance {
  readonly exports: object;
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  planguard_alloc(length: number): number;
  planguard_free(at: number, length: number): void;
  planguard_call(at: number, length: number): number;
}

/** One instance of the module. */
export class Module {
  readonly #exports: Exports;
  #broken = false;

  constructor(instantiated: Instantiated) {
    const instance = 'instance' in instantiated ? instantiated.instance : instantiated;
    this.#exports = instance.exports as Exports;
    if (typeof this.#exports.planguard_call !== 'function') throw 'another module';
  }

  /** Sends a request and gives what the answer holds. */
  call(request: object): unknown {
    if (this.#broken) {
      throw new PlanguardError('internal', undefined, 'an earlier call broke the module; load it anew');
    }
    // What is wrong with a request has not reached the module.
    const given = ascii(requested(request));
    let text: string;
    try {
      text = this.#exchange(given);
    } catch (error) {
      // A panic ends in a trap, which leaves the module's memory as it was in the middle of a call.
      this.#broken = true;
      throw new PlanguardError('internal', undefined, 'the module broke; load it anew', error);
    }
    const answer = JSON.parse(text) as { ok: unknown } | { error: { field: string; reason: string } };
    if ('error' in answer) {
      const { field, reason } = answer.error;
      throw new PlanguardError('invalid_input', field || undefined, field ? `${field}: ${reason}` : reason);
    }
    return answer.ok;
  }

  #exchange(request: string): string {
    const exports = this.#exports;
    const room = exports.planguard_alloc(request.length);
    const given = new Uint8Array(exports.memory.buffer, room, request.length);
    for (let at = 0; at < request.length; at++) given[at] = request.charCodeAt(at);
    const answer = exports.planguard_call(room, request.length);
    // Memory may have grown: what was a view of it before is none any more.
    const length = new DataView(exports.memory.buffer).getUint32(answer, true);
    const text = decoded(new Uint8Array(exports.memory.buffer, answer + 4, length));
    exports.planguard_free(answer, length + 4);
    return text;
  }
}

/** JSON in which every character is one byte. */
const ascii = (json: string): string =>
  json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** UTF-8, as Rust writes it, as text. */
function decoded(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at++]!;
    const more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    let point = more === 0 ? first : first & (0x3f >> more);
    for (let left = more; left > 0; left--) point = (point << 6) | (bytes[at++]! & 0x3f);
    text += String.fromCodePoint(point);
  }
  return text;
}
