// Where Node finds the module: in a file beside this one.

import type { WasmSource } from '../wasm/module.js';

export const findModule = async (): Promise<WasmSource> => {
  const { readFile } = await import('node:fs/promises');
  try {
    return await readFile(new URL('./planguard.wasm', import.meta.url));
  } catch {
    // A bundler for servers, such as Next's, put this code elsewhere: it takes scripts along, and this one has the module.
    const { MODULE } = await import('planguard:module');
    return Buffer.from(MODULE, 'base64');
  }
};

/** What lies at an address, which may be that of a file: `fetch` of Node reads none. */
export const fetchModule = async (url: URL | string): Promise<WasmSource> => {
  if (!`${url}`.startsWith('file:')) return fetch(url);
  const { readFile } = await import('node:fs/promises');
  return readFile(new URL(url));
};
