// How a guard is opened.

import type { CatalogId, EditionId, Milliseconds, OpenOptions, SdkAppId } from '../generated/types.js';
import { badArgument } from './errors.js';
import { only } from './known.js';
import type { Clock } from './host/clock.js';
import type { Transport } from './host/transport.js';
import type { Catalog } from './objects.js';
import type { Store } from './store/store.js';
import type { WasmSource } from './wasm/module.js';

/** The bearer token for the billing endpoint, or where it comes from: asked before every request. */
export type Credential = string | (() => string | undefined | Promise<string | undefined>);

type Values = Pick<
  OpenOptions,
  'endpoint' | 'billingZone' | 'sessionMode' | 'decisions' | 'logins' | 'seed' | 'trustedKeys' | 'audience'
  | 'maxDocumentAge' | 'permitTtl' | 'outboxCapacity' | 'endpointTimeouts' | 'phase' | 'processRole' | 'deviceMarker' | 'renewInstall'
>;

/** Everything but the app id may be left out. */
export interface PlanguardOptions extends Values {
  /** The provider's number for the app (`SDKAppID`). */
  readonly sdkAppId: SdkAppId;
  /** The price list and edition to assume while nothing is known of the plan. */
  readonly fallback?: readonly [catalog: CatalogId, edition: EditionId] | undefined;
  readonly credential?: Credential | undefined;
  /** Own price lists: a negotiated contract, or one that is newer than planguard. */
  readonly catalogs?: ReadonlyArray<Catalog> | undefined;
  /**
   * Where the state is kept. Default `browser`: IndexedDB, else localStorage, else memory; `guard.storage` says which.
   * Node has no such storage: there it is memory unless the app passes a store.
   */
  readonly store?: Store | 'browser' | 'memory' | undefined;
  /** Default `fetchTransport()`. */
  readonly transport?: Transport | undefined;
  /** Default the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Whether tabs and workers tell each other what they write, and log in one at a time. Default only with the store `browser`. */
  readonly tabs?: boolean | undefined;
  /** The module, where it is not found by itself: see `init`. */
  readonly wasm?: WasmSource | undefined;
}

/** Every name, so that none is forgotten where one is added. */
const NAMES = /* @__PURE__ */ Object.keys({
  audience: 0, billingZone: 0, catalogs: 0, clock: 0, credential: 0, decisions: 0, deviceMarker: 0, endpoint: 0, endpointTimeouts: 0,
  fallback: 0, logins: 0, maxDocumentAge: 0, outboxCapacity: 0, permitTtl: 0, phase: 0, processRole: 0, renewInstall: 0, sdkAppId: 0,
  seed: 0, sessionMode: 0, store: 0, tabs: 0, transport: 0, trustedKeys: 0, wasm: 0,
} satisfies Record<keyof PlanguardOptions, 0>) as ReadonlyArray<keyof PlanguardOptions>;

/** Fails for what are no options, and for one that is not known. */
export function knownOptions(options: PlanguardOptions): void {
  if (!options) throw badArgument('options', 'they are not an object');
  only(options, ...NAMES);
}

/** How long the right to log in outlives its tab, where a lock says at once that the tab is gone. */
export const LEASE: Milliseconds = 750;
/** How often a login in another tab is looked at. */
export const POLL: Milliseconds = 100;

/** The options as the core takes them. */
export function coreOptions(options: PlanguardOptions, locks: boolean): OpenOptions {
  const { fallback, credential, store: _store, transport: _transport, clock: _clock, tabs: _tabs, wasm: _wasm, ...values } = options;
  const logins = locks ? { leaseTtl: LEASE, leasePoll: POLL, ...values.logins } : values.logins;
  return {
    ...values,
    logins,
    credential: typeof credential === 'string' ? credential : undefined,
    fallbackCatalog: fallback?.[0],
    fallbackEdition: fallback?.[1],
  };
}
