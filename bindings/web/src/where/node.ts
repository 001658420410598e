// Where Node finds the module: in a file beside this one.

import type { WasmSource } from '../wasm/module.js';

export const findModule = async (): Promise<WasmSource> => {
  const { readFile } = await import('node:fs/promises');
  return readFile(new URL('./planguard.wasm', import.meta.url));
};
