// What decisions are asked with, and what they answer.

import type { DeferReason, Enforcement, Feature, GroupType, LimitId, Platform, SessionMode, Support, Until } from '../../generated/types.js';
import type { Alternative } from '../../generated/types.js';

export type { Alternative, DeferReason, Enforcement, Feature, GroupType, LimitId, Platform, SessionMode, Support, Until };

/** The same in sentences for a screen. */
export interface Explanation {
  readonly en: string;
  readonly zhHans: string;
}

/** An answer that can be shown. */
export interface Explained {
  readonly explanation: Explanation;
}

/** A word with the fields that belong to it. */
export interface Word<Type extends string = string> {
  readonly type: Type;
  readonly [field: string]: unknown;
}

export type Max = number | 'unlimited';

/** An exact amount. */
export interface Money {
  readonly amount: string;
  readonly currency: string;
}

/** What decisions are opened with. Of `document`, `seed` and `fallback` the first that is given counts. */
export interface Options {
  readonly sdkAppId: number;
  /** A document of the billing endpoint, as text; `fetchedAt` says when it was fetched, `freshFor` for how many seconds it is fresh. */
  readonly document?: string;
  readonly fetchedAt?: Date;
  readonly freshFor?: number;
  /** A document that ships with the program. */
  readonly seed?: string;
  /** A price list and an edition to assume. */
  readonly fallback?: readonly [catalog: string, edition: string];
  /** The billing zone, a fixed offset; `+08:00` where it is left out. */
  readonly zone?: string;
  readonly sessionMode?: SessionMode;
  readonly decisions?: {
    readonly allLimits?: Enforcement;
    readonly limits?: Readonly<Partial<Record<LimitId, Enforcement>>>;
    readonly onStale?: Enforcement;
    readonly thresholds?: readonly number[];
    readonly featuresWhenUnknown?: boolean;
  };
  readonly logins?: {
    readonly launchIsPerson?: boolean;
    readonly guestAvGroups?: boolean;
    readonly mauBudget?: number;
    readonly onBudget?: Enforcement;
  };
  /** The time; that of the host where it is left out. */
  readonly now?: () => Date;
}

export type Action =
  | { readonly type: 'add_friend' | 'remove_friend'; readonly user: string; readonly peer: string }
  | { readonly type: 'join_group' | 'apply_to_join' | 'leave_group'; readonly user: string; readonly group: string; readonly kind: GroupType }
  | { readonly type: 'create_group'; readonly owner: string; readonly kind: GroupType; readonly initialMembers: number }
  | { readonly type: 'dissolve_group'; readonly owner: string; readonly group: string; readonly kind: GroupType }
  | { readonly type: 'add_members' | 'remove_members'; readonly group: string; readonly kind: GroupType; readonly count: number }
  | { readonly type: 'enlarge_group'; readonly group: string; readonly kind: GroupType; readonly to: number }
  | { readonly type: 'register_user' | 'search' }
  | { readonly type: 'push'; readonly messages: number }
  | { readonly type: 'call'; readonly group: boolean };

export type Observation =
  | { readonly type: 'friends' | 'groups'; readonly user: string; readonly count: number }
  | { readonly type: 'group'; readonly group: string; readonly members: number; readonly ownMax?: number };

/** Where a feature is about to be used, as far as it is known. */
export interface FeatureContext {
  readonly platform?: Platform;
  readonly sdkVersion?: string;
  readonly groupType?: GroupType;
  readonly groupSize?: number;
  readonly switchedOn?: boolean;
}

/** What would lift a denial. */
export type Remedy = Word & Explained;

export interface FeatureDecision extends Explained {
  readonly feature: Feature;
  readonly granted: boolean;
  readonly reason: Word<
    'included' | 'approved' | 'not_in_edition' | 'not_applied' | 'waiting' | 'condition_unmet' | 'suspended' | 'unknown'
  >;
  readonly stale: boolean;
  readonly confirmed: boolean;
}

export interface FeatureAssessment extends Explained, Pick<FeatureDecision, 'feature' | 'granted' | 'reason'> {
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly at: Date;
  readonly remedies: readonly Remedy[];
}

/** How far one limit is used, and how much of what was asked for fits. */
export interface LimitUse {
  readonly limit: LimitId;
  readonly max?: Max;
  readonly used?: number;
  readonly atLeast: number;
  readonly reserved: number;
  readonly requested: number;
  readonly fits: number;
}

export type Decision = 'allowed' | 'warned' | 'denied';

export interface Verdict extends Explained {
  readonly decision: Decision;
  readonly reason: Word;
  readonly tightest?: LimitUse;
  readonly stale: boolean;
  readonly confirmed: boolean;
}

export interface Assessment extends Explained {
  readonly decision: Decision;
  readonly reason: Word;
  readonly checks: readonly (Readonly<Record<string, unknown>> & Pick<LimitUse, 'limit' | 'requested' | 'fits'>)[];
  readonly stale: boolean;
  readonly at: Date;
  readonly remedies: readonly Remedy[];
}

export type Lifecycle = Explained &
  Word<'unknown' | 'active' | 'expiring_soon' | 'grace' | 'suspended' | 'reclaimed'>;

/** Why a login is asked for. */
export type LoginIntent =
  | 'open_chat'
  | 'app_launch'
  | 'reconnect'
  | 'push_wake'
  | 'prefetch'
  | 'view_only'
  | 'renew_user_sig'
  | 'after_kick'
  | 'after_kick_confirmed';

export interface LoginRequest {
  readonly user: string;
  readonly intent: LoginIntent;
  /** Whether the provider knows the user id; true where it is left out. */
  readonly knownToProvider?: boolean;
}

/** What a login does to the count of active users. */
export interface ActiveUserEffect extends Explained {
  readonly newInMonth: boolean;
  readonly newOnDay: boolean;
  readonly price?: Money;
  readonly warning?: Word;
  readonly evidence?: Readonly<Record<string, unknown>>;
}

/** `execute`: call `sent`, then the chat SDK, then `succeeded` or `failed`. Anything else: do not call the chat SDK. */
export type LoginAnswer =
  | { readonly type: 'execute'; readonly mau: ActiveUserEffect }
  | { readonly type: 'under_way' }
  | ({ readonly type: 'already_logged_in' } & Explained)
  | ({ readonly type: 'deferred'; readonly reason: DeferReason; readonly until: Until; readonly alternative: Alternative } & Explained)
  | ({
      readonly type: 'denied';
      readonly reason: Word;
      readonly retryAt?: Date;
      readonly evidence?: Readonly<Record<string, unknown>>;
      readonly remedies: readonly Remedy[];
    } & Explained);

/** `type` is the class of the failure: what it means for the next login. */
export interface LoginFailure extends Explained {
  readonly type: string;
  readonly code: number;
  readonly retryAt?: Date;
  readonly text: string;
}

/** What the chat SDK or the app says of a user's session. */
export type SessionChange =
  | 'connected'
  | 'disconnected'
  | 'kicked_off'
  | 'user_sig_expired'
  | 'logged_out'
  | 'ended'
  | 'new_user_sig'
  | 'failures_forgotten';

/** A month to bill, in the words of the billing endpoint's JSON: `value_added`, `peak_dau`. */
export interface BillRequest {
  readonly catalog: string;
  readonly edition: string;
  readonly month: string;
  readonly usage?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

export interface Bill extends Explained {
  readonly catalog: string;
  readonly edition: string;
  readonly month: string;
  readonly currency?: string;
  readonly total?: Money;
  readonly free: boolean;
  readonly lines: readonly (Readonly<Record<string, unknown>> & { readonly item: string; readonly amount?: Money })[];
  readonly unpriced: readonly string[];
}

/** A price list, as far as a screen that compares editions needs it. */
export interface Catalog {
  readonly id: string;
  readonly title: string;
  readonly currency?: string;
  readonly billingModel: 'mau' | 'dau_peak_groups';
  readonly editions: readonly {
    readonly id: string;
    readonly name: string;
    readonly localName?: string;
    readonly pricePerMonth?: string;
    readonly limits: Readonly<Partial<Record<LimitId, Max>>>;
    readonly features: Readonly<Record<Feature, Support>>;
  }[];
}
