// Objects of Rust: permits, tickets, sessions, price lists.

import type {
  Assessment, BillingModel, CatalogId, Committed, Currency, EditionId, Feature, GroupId, LimitId, LoginOutcome, Max,
  Money, PermitId, ServiceId, SessionState, Support,
} from '../generated/types.js';
import { whole } from './wasm/buffer.js';
import { Native, nativeClass, wasm } from './wasm/module.js';

/** What an asynchronous call may be given. */
export interface CallOptions {
  /** Cancels the call: its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Room that is held for one action. One that is disposed of or let go without an answer gives its room back. */
export class Permit extends Native {
  /** @internal */
  constructor(handle: bigint) {
    super('Permit', handle);
  }

  /** Its name, by which it can be finished after a reload. */
  get id(): PermitId {
    return wasm().permit_id(this);
  }

  /** What was found when it was given. */
  get assessment(): Assessment {
    return wasm().permit_assessment(this);
  }

  /** When it gives its room back by itself. */
  get expires(): Date {
    return wasm().permit_expires(this);
  }

  /** The action happened as asked for. */
  commit(options?: CallOptions): Promise<Committed> {
    return wasm().permit_commit(this, options);
  }

  /** Only so much of it happened. */
  commitAmount(amount: number, options?: CallOptions): Promise<Committed> {
    return wasm().permit_commit_amount(this, amount, options);
  }

  /** The group that was created is this one. */
  commitAs(group: GroupId, options?: CallOptions): Promise<Committed> {
    return wasm().permit_commit_as(this, group, options);
  }

  /** The action did not happen: the room goes back at once. */
  release(): void {
    wasm().permit_release(this);
  }

  /** Whether it happened is not known yet: the room stays held until the permit is finished by its id, or expires. */
  keep(): PermitId {
    return wasm().permit_keep(this);
  }
}

/** A login under way, which the app carries out itself. One that is let go without an answer is an abandoned login. */
export class LoginTicket extends Native {
  /** @internal */
  constructor(handle: bigint) {
    super('LoginTicket', handle);
  }

  /** The chat SDK logged the user in. */
  succeed(options?: CallOptions): Promise<LoginOutcome> {
    return wasm().loginticket_succeed(this, options);
  }

  /** The chat SDK refused, with this code and text. Rejects where the login failed for its caller. */
  fail(code: number, message: string, options?: CallOptions): Promise<LoginOutcome> {
    return wasm().loginticket_fail(this, code, typeof message === 'string' ? whole(message) : message, options);
  }

  /** The app gives the login up. */
  abandon(): void {
    wasm().loginticket_abandon(this);
  }
}

/** The session of one user: hand the chat SDK's callbacks to the user they are about. */
export class UserSession extends Native {
  /** @internal */
  constructor(handle: bigint) {
    super('UserSession', handle);
  }

  /** Where it stands. */
  get state(): SessionState {
    return wasm().usersession_state(this);
  }

  /** The chat SDK is connected. */
  connected(options?: CallOptions): Promise<void> {
    return wasm().usersession_connected(this, options);
  }

  /** The chat SDK lost its connection, and tries again by itself. */
  disconnected(options?: CallOptions): Promise<void> {
    return wasm().usersession_disconnected(this, options);
  }

  /** Another device took this user's place: nobody is logged in again without asking the person. */
  kickedOff(options?: CallOptions): Promise<void> {
    return wasm().usersession_kicked_off(this, options);
  }

  /** The provider refuses the `UserSig` as expired. */
  userSigExpired(options?: CallOptions): Promise<void> {
    return wasm().usersession_user_sig_expired(this, options);
  }

  /** The person logged out: no machine logs them in again. */
  loggedOut(options?: CallOptions): Promise<void> {
    return wasm().usersession_logged_out(this, options);
  }

  /** The session ended, and nothing follows from it. */
  ended(options?: CallOptions): Promise<void> {
    return wasm().usersession_ended(this, options);
  }
}

/** A price list. */
export class Catalog extends Native {
  /** @internal */
  constructor(handle: bigint) {
    super('Catalog', handle);
  }

  /** Reads an own price list from JSON, with every check. */
  static fromJson(text: string): Catalog {
    return wasm().catalog_from_json(text);
  }

  /** A built-in price list. */
  static builtIn(id: CatalogId): Catalog {
    return wasm().catalog_built_in(id);
  }

  /** The built-in price lists. */
  static all(): ReadonlyArray<Catalog> {
    return wasm().catalogs();
  }

  get id(): CatalogId {
    return wasm().catalog_id(this);
  }

  /** Its title, in English. */
  get title(): string {
    return wasm().catalog_title(this);
  }

  /** The currency of its prices; none when it has no prices. */
  get currency(): Currency | undefined {
    return wasm().catalog_currency(this);
  }

  /** What it counts active users by. */
  get billingModel(): BillingModel {
    return wasm().catalog_billing_model(this);
  }

  get editions(): ReadonlyArray<EditionId> {
    return wasm().catalog_editions(this);
  }

  get services(): ReadonlyArray<ServiceId> {
    return wasm().catalog_services(this);
  }

  /** What an edition costs a month; none where the list does not say, or has no such edition. */
  pricePerMonth(edition: EditionId): Money | undefined {
    return wasm().catalog_price_per_month(this, edition);
  }

  /** A limit of an edition; none where the list does not say, or has no such edition. */
  limit(edition: EditionId, limit: LimitId): Max | undefined {
    return wasm().catalog_limit(this, edition, limit);
  }

  /** Whether an edition has a feature; none where the list has no such edition. */
  support(edition: EditionId, feature: Feature): Support | undefined {
    return wasm().catalog_support(this, edition, feature);
  }

  /** The whole price list as JSON, with the source of every figure. */
  toJson(): string {
    return wasm().catalog_to_json(this);
  }
}

/** @internal */
export class Builder extends Native {
  constructor(handle: bigint) {
    super('Builder', handle);
  }
}

/** @internal */
export class EventStream extends Native {
  constructor(handle: bigint) {
    super('EventStream', handle);
  }
}

/** The guard of the core, which the package's own wraps. @internal */
export class Planguard extends Native {
  constructor(handle: bigint) {
    super('Planguard', handle);
  }
}

/** Says which class each type is. Not at import: that has no effects. @internal */
export function useClasses(): void {
  nativeClass('Permit', Permit);
  nativeClass('LoginTicket', LoginTicket);
  nativeClass('UserSession', UserSession);
  nativeClass('Catalog', Catalog);
  nativeClass('Builder', Builder);
  nativeClass('EventStream', EventStream);
  nativeClass('Planguard', Planguard);
}
