// Where a page or worker finds the module: beside this file. Bundlers know this form, and take the module along.

import type { WasmSource } from '../wasm/module.js';

export const findModule = (): WasmSource => new URL('./planguard.wasm', import.meta.url);

/** What lies at an address. */
export const fetchModule = (url: URL | string): Promise<Response> => fetch(url);
