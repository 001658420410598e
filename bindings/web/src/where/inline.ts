// The module inside the script, for where there is no way to load a file.

import { MODULE } from 'planguard:module';
import type { WasmSource } from '../wasm/module.js';

export const findModule = (): WasmSource => Uint8Array.from(atob(MODULE), (letter) => letter.charCodeAt(0));
