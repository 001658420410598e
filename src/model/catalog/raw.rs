//! The catalog file as written: rows of the documents' tables, ids and numbers still unchecked.
//!
//! Ids are texts here, so that an unknown one becomes a typed error with its place instead of a parser message.

mod read;

use crate::model::Condition;

use super::policy::{
    ChangeCharge, ChangeFrequency, DayWindow, FreeTrial, MoveKind, Payment, PeriodRule, PurchaseLength,
    RefundRule, Reminders, Retention,
};
use super::rows::Named;
use super::service::ActivationCharge;

pub(super) struct RawCatalog {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) currency: Option<String>,
    pub(super) billing_model: String,
    /// Limits that the documents of this catalog do not mention at all.
    pub(super) limits_not_stated: Vec<String>,
    /// Features that the documents of this catalog do not mention at all.
    pub(super) features_not_stated: Vec<String>,
    /// The documents do not say which services there are: that one is missing means nothing.
    pub(super) services_not_stated: bool,
    pub(super) sources: Vec<RawSource>,
    pub(super) editions: Vec<RawEdition>,
    pub(super) limits: Named<RawLimit>,
    pub(super) features: Named<RawFeature>,
    pub(super) overage: Vec<RawOverage>,
    pub(super) services: Vec<RawService>,
    pub(super) policies: RawPolicies,
    pub(super) notes: Vec<RawNote>,
    pub(super) differences: Vec<RawDifference>,
}

pub(super) struct RawSource {
    pub(super) id: String,
    pub(super) document: String,
    pub(super) language: String,
    pub(super) url: Option<String>,
    pub(super) date: Option<String>,
    pub(super) time: Option<String>,
}

pub(super) struct RawEdition {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) local_name: Option<String>,
    pub(super) price_per_month: Option<String>,
    pub(super) paid: bool,
    pub(super) validity: Option<String>,
    pub(super) source: String,
}

/// One row of the comparison table that holds numbers.
pub(super) struct RawLimit {
    pub(super) source: String,
    /// By edition.
    pub(super) max: Named<RawMax>,
    /// Editions whose cell names no number.
    pub(super) not_stated: Vec<String>,
}

pub(super) enum RawMax {
    Number(i64),
    Word(String),
}

/// One row of the comparison table that holds features, with the remarks that condition it.
pub(super) struct RawFeature {
    pub(super) source: String,
    /// By edition.
    pub(super) support: Named<String>,
    pub(super) waiting_time_hours: Option<u32>,
    pub(super) conditions: Vec<Condition>,
    pub(super) cap: Option<String>,
}

pub(super) struct RawOverage {
    pub(super) meter: String,
    pub(super) editions: Vec<String>,
    /// Absent with `not_stated`.
    pub(super) supported: Option<bool>,
    /// The documents do not say what happens beyond the quota.
    pub(super) not_stated: bool,
    pub(super) rate: Option<RawRate>,
    pub(super) source: String,
}

pub(super) struct RawRate {
    pub(super) price: String,
    pub(super) per: i64,
    pub(super) rounding: String,
    pub(super) reading: bool,
}

pub(super) struct RawService {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) local_name: Option<String>,
    pub(super) category: String,
    pub(super) tiers: Vec<String>,
    pub(super) conditions: Vec<Condition>,
    pub(super) prices: Vec<RawPrice>,
    pub(super) activation_month: Option<RawStated<ActivationCharge>>,
    pub(super) effects: Vec<RawEffect>,
    pub(super) notes: Vec<RawServiceNote>,
    pub(super) source: String,
}

pub(super) struct RawPrice {
    pub(super) editions: Vec<String>,
    pub(super) tier: Option<String>,
    pub(super) price: Option<String>,
    pub(super) cycle: String,
    pub(super) days: Option<u32>,
    pub(super) per_unit: bool,
    pub(super) reading: bool,
    pub(super) source: String,
}

pub(super) enum RawEffect {
    RaisesLimit {
        editions: Vec<String>,
        tier: Option<String>,
        limit: String,
        to: Option<RawMax>,
        reading: bool,
        source: String,
    },
    MeteredAllowance {
        limit: String,
        included: i64,
        overage: RawRate,
        cycle: String,
        source: String,
    },
    IncludesUnits {
        service: String,
        count: i64,
        source: String,
    },
    Pack {
        unit: String,
        count: i64,
        source: String,
    },
    AddsFeature {
        feature: String,
        reading: bool,
        source: String,
    },
    AddsCapability {
        tier: Option<String>,
        text: String,
        source: String,
    },
}

pub(super) struct RawServiceNote {
    pub(super) text: String,
    pub(super) until: Option<String>,
    pub(super) waives_price: bool,
    pub(super) source: String,
}

pub(super) struct RawStated<T> {
    pub(super) value: T,
    pub(super) reading: bool,
    pub(super) note: Option<String>,
    pub(super) source: String,
}

pub(super) struct RawPolicies {
    pub(super) plan_payment: RawStated<Payment>,
    pub(super) overage_payment: RawStated<Payment>,
    pub(super) plan_period: RawStated<PeriodRule>,
    pub(super) plugin_period: Option<RawStated<PeriodRule>>,
    pub(super) deduction: RawStated<DayWindow>,
    pub(super) overage_from_activation_month: Option<RawStated<bool>>,
    pub(super) purchase_length: Option<RawStated<PurchaseLength>>,
    pub(super) change_frequency: Option<RawStated<ChangeFrequency>>,
    pub(super) free_trial: Option<RawStated<FreeTrial>>,
    pub(super) reminders: Option<RawStated<Reminders>>,
    pub(super) grace_hours: Option<RawStated<u32>>,
    pub(super) arrears_hours: Option<RawStated<u32>>,
    pub(super) retention: Option<RawStated<Retention>>,
    pub(super) disabled_app_days: Option<RawStated<u32>>,
    pub(super) suspended_month_in_proportion: Option<RawStated<bool>>,
    pub(super) max_apps_per_account: Option<RawStated<u32>>,
    pub(super) refund: Option<RawStated<RefundRule>>,
    pub(super) services_on_paid_editions_only: Option<RawStated<bool>>,
    /// The documents do not say how editions are changed, but for the moves that are listed.
    pub(super) moves_not_stated: bool,
    pub(super) moves: Vec<RawMove>,
}

pub(super) struct RawMove {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) kind: MoveKind,
    pub(super) immediate: bool,
    pub(super) charge: ChangeCharge,
    pub(super) refunds_needless_services: bool,
    pub(super) reading: bool,
    pub(super) note: String,
    pub(super) source: String,
}

pub(super) struct RawNote {
    pub(super) about: String,
    pub(super) text: String,
    pub(super) source: String,
}

pub(super) struct RawDifference {
    pub(super) about: String,
    pub(super) statements: Vec<RawStatement>,
    pub(super) used: String,
}

pub(super) struct RawStatement {
    pub(super) text: String,
    pub(super) source: String,
}
