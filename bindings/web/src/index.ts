// `@planguard/web`: what is found under every entry of that name. They differ in where the module comes from.

export type * from '../generated/types.js';
export * from './api.js';
export { PlanguardError, type PlanguardErrorType } from './errors.js';
export type { EventsOptions } from './events.js';
export { Planguard, type LoginIntentLike, type LoginOptions, type PerformOptions } from './guard.js';
export type { ActionHandler, LoginHandler, LoginResult, PerformResult } from './handlers.js';
export { type Clock, sleep, systemClock } from './host/clock.js';
export { type FetchOptions, type Transport, fetchTransport } from './host/transport.js';
export { type CallOptions, Catalog, LoginTicket, Permit, UserSession } from './objects.js';
export type { Credential, PlanguardOptions } from './options.js';
export type { Storage } from './store/browser.js';
export { indexedDbStore } from './store/indexeddb.js';
export { localStorageStore } from './store/local.js';
export { type Store, type StoreImage, type StoreOptions, StoreUnusable, memoryStore } from './store/store.js';
export type { Plan } from './table.js';
export { type Context, Declared, type WasmSource } from './wasm/module.js';
