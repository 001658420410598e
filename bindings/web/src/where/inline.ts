// The module as a script, for where there is no way to load any other file.

import { MODULE } from 'planguard:module';
import type { WasmSource } from '../wasm/module.js';

export const findModule = (): WasmSource => Uint8Array.from(atob(MODULE), (letter) => letter.charCodeAt(0));

/** What lies at an address. */
export const fetchModule = (url: URL | string): Promise<Response> => fetch(url);
