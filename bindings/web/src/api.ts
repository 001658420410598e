// The functions beside the guard: bills, refunds, comparisons, words.

import type {
  Advice, Alternative, AssumptionId, Bill, BillRequest, Committed, Comparison, DeferReason, EditionId, Feature,
  FeatureReason, Forecast, GroupType, InvalidAction, LimitId, Locale, Marginal, Max, Refund, RefundRequest,
  RejectionClass, Until,
} from '../generated/types.js';
import { badArgument } from './errors.js';
import { only } from './known.js';
import { type Catalog, useClasses } from './objects.js';
import { init as load, type WasmSource, wasm } from './wasm/module.js';

/**
 * Loads the module, once; `Planguard.open` does it by itself. `wasm` says where the module is, for a bundler or a policy
 * that does not let the package find it.
 */
export async function init(options?: { readonly wasm?: WasmSource | undefined }): Promise<void> {
  const known = only(options, 'wasm');
  useClasses();
  await load(known);
}

/** The version of planguard. */
export const version = (): string => wasm().version();

/** What a month costs. */
export const bill = (request: BillRequest): Bill => wasm().bill(request);

/** What a month costs; the request is the JSON that planguard's documents describe. */
export const billOfJson = (text: string): Bill => wasm().bill_of_json(text);

/** Where the month of `request` is going, seen from `asOf`. */
export const forecast = (request: BillRequest, asOf: Date): Forecast => wasm().forecast(request, asOf);

/** What comes back for orders that are returned. */
export const refund = (request: RefundRequest): Refund => wasm().refund(request);

/** What one edition has more and less than another. */
export const compare = (catalog: Catalog, from: EditionId, to: EditionId): Comparison => wasm().compare(catalog, from, to);

/** What the next active user costs on an edition. */
export const marginalMauPrice = (catalog: Catalog, edition: EditionId, soFar: number, quota?: Max): Marginal | undefined =>
  wasm().marginal_mau_price(catalog, edition, soFar, quota);

/** The feature of that word; an error that lists the known ones where it is none of them. */
export const parseFeature = (text: string): Feature => wasm().parse_feature(text);

export const parseGroupType = (text: string): GroupType => wasm().parse_group_type(text);

export const parseLimitId = (text: string): LimitId => wasm().parse_limit_id(text);

/** The locale for a BCP 47 tag, such as `zh-CN`. */
export const parseLocale = (tag: string): Locale => wasm().parse_locale(tag);

/** Words that explain themselves. */
export interface ExplainedWords {
  Advice: Advice;
  Alternative: Alternative;
  AssumptionId: AssumptionId;
  Committed: Committed;
  DeferReason: DeferReason;
  InvalidAction: InvalidAction;
  RejectionClass: RejectionClass;
  Until: Until;
}

/** A word in sentences for a screen. */
export function explain<K extends keyof ExplainedWords>(kind: K, word: ExplainedWords[K], locale: Locale): string {
  const calls = wasm() as unknown as Record<string, ((word: unknown, locale: Locale) => string) | undefined>;
  const call = calls[`${String(kind).toLowerCase()}_explain`];
  if (!call) throw badArgument('kind', `there are no words called \`${String(kind)}\``);
  return call(word, locale);
}

/** Why a feature is granted or not, in sentences for a screen. */
export const explainFeatureReason = (reason: FeatureReason, feature: Feature, locale: Locale): string =>
  wasm().featurereason_explain(reason, feature, locale);
