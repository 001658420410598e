//! Value-added services and plugins: who may buy them, at what price, and what they change.

use rust_decimal::Decimal;

use crate::model::named::named_enum;
use crate::model::{Condition, EditionId, Feature, LimitId, Max, ServiceId};

use super::overage::Rate;
use super::source::{SourceId, Stated};
use super::{List, Text};

named_enum! {
    /// How the documents group services.
    pub enum ServiceCategory as "service_category" {
        /// Value-added services.
        ValueAdded = "value_added",
        /// Plugin services.
        Plugin = "plugin",
    }
}

named_enum! {
    /// How often, and for which period, a price is charged.
    pub enum BillingCycle as "billing_cycle" {
        /// By calendar month, deducted on the first days of the next month.
        CalendarMonth = "calendar_month",
        /// Ahead by the month, from the day of purchase T as the plan (see the catalog's plan period).
        PrepaidMonth = "prepaid_month",
        /// Ahead by the month, from the day of purchase T to T-1 of the next month.
        PluginMonth = "plugin_month",
        /// Once for each unit bought.
        Once = "once",
        /// For a fixed number of days.
        FixedDays = "fixed_days",
        /// By the day, afterwards.
        Day = "day",
    }
}

named_enum! {
    /// How the month in which a service is activated is charged.
    pub enum ActivationCharge as "activation_charge" {
        /// By the days from activation on.
        ByDay = "by_day",
        /// Whole, however late in the month it was activated.
        WholeMonth = "whole_month",
    }
}

/// A price of a service for one edition and tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePrice {
    /// The edition that may buy at this price.
    pub edition: EditionId,
    /// The tier, for services that have tiers.
    pub tier: Option<Text>,
    /// The price in the catalog's currency; `None` where no document gives it.
    pub price: Option<Decimal>,
    /// How often it is charged.
    pub cycle: BillingCycle,
    /// The length of a [`BillingCycle::FixedDays`] period, in days.
    pub days: Option<u32>,
    /// Whether the price is for each unit (an agent, a chatbot, a pack) rather than for the app.
    pub per_unit: bool,
    /// True where the document names no edition and that this one may buy is planguard's reading.
    pub reading: bool,
    /// The document.
    pub source: SourceId,
}

/// What a service changes for the app that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Raises a limit of an edition.
    RaisesLimit {
        /// The edition that the service is bought on.
        edition: EditionId,
        /// The tier that was bought, for services that have tiers.
        tier: Option<Text>,
        /// The limit raised.
        limit: LimitId,
        /// To how much; `None` where the document does not say (the billing endpoint does).
        to: Option<Max>,
        /// True where the figure is planguard's reading.
        reading: bool,
        /// The document.
        source: SourceId,
    },
    /// Includes a metered allowance, with a rate for what goes beyond it.
    MeteredAllowance {
        /// The limit that holds the allowance; its window says how often it starts again.
        limit: LimitId,
        /// How much is included.
        included: u64,
        /// What more costs.
        overage: Rate,
        /// How often the overage is charged.
        cycle: BillingCycle,
        /// The document.
        source: SourceId,
    },
    /// Includes units of another service (three Desk agents).
    IncludesUnits {
        /// The service whose units are included.
        service: ServiceId,
        /// How many units are included.
        count: u64,
        /// The document.
        source: SourceId,
    },
    /// A pack of something that is used up.
    Pack {
        /// What is counted, such as `messages`.
        unit: Text,
        /// How many a pack holds.
        count: u64,
        /// The document.
        source: SourceId,
    },
    /// Gives a feature to editions that lack it.
    AddsFeature {
        /// The feature.
        feature: Feature,
        /// True where the documents do not put the service and the feature side by side.
        reading: bool,
        /// The document.
        source: SourceId,
    },
    /// Adds something that the app could not do before.
    AddsCapability {
        /// The tier that adds it; `None` when every tier does.
        tier: Option<Text>,
        /// What it adds, in English.
        text: Text,
        /// The document.
        source: SourceId,
    },
}

/// A remark of the documents about a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceNote {
    /// The remark, in English.
    pub text: Text,
    /// The day until which a limited offer stands, where the document names one.
    pub until: Option<jiff::civil::Date>,
    /// Whether the price is waived while the offer of this note stands.
    pub waives_price: bool,
    /// The document.
    pub source: SourceId,
}

/// A value-added service or plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The service.
    pub id: ServiceId,
    /// Its English name.
    pub name: Text,
    /// Its name in the Chinese documents, where there are any.
    pub local_name: Option<Text>,
    /// How the documents group it.
    pub category: ServiceCategory,
    /// Its tiers, smallest first; empty when it has none.
    pub tiers: List<Text>,
    /// Conditions under which it can be used, all together (the platforms that have it).
    pub conditions: List<Condition>,
    /// One row for each edition that may buy it and each tier it may buy.
    pub prices: List<ServicePrice>,
    /// How the month of its activation is charged; `None` where the documents do not say, or where it is bought
    /// ahead from the day of purchase.
    pub activation_month: Option<Stated<ActivationCharge>>,
    /// What it changes.
    pub effects: List<Effect>,
    /// Remarks of the documents.
    pub notes: List<ServiceNote>,
    /// The document that describes it.
    pub source: SourceId,
}

impl Service {
    /// The price row for an edition and tier; `None` when that edition cannot buy it.
    pub fn price(&self, edition: EditionId, tier: Option<&str>) -> Option<&ServicePrice> {
        self.prices.iter().find(|row| row.edition == edition && row.tier.as_deref() == tier)
    }

    /// Whether an edition may buy it, in any tier.
    pub fn available_on(&self, edition: EditionId) -> bool {
        self.prices.iter().any(|row| row.edition == edition)
    }

    /// Whether it gives the feature to editions that lack it.
    pub fn adds(&self, feature: Feature) -> bool {
        self.effects
            .iter()
            .any(|effect| matches!(effect, Effect::AddsFeature { feature: added, .. } if *added == feature))
    }

    /// To how much it raises a limit of an edition, in a tier; `None` when it does not, or by an unstated
    /// amount.
    pub fn raises(&self, edition: EditionId, tier: Option<&str>, limit: LimitId) -> Option<Max> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::RaisesLimit { edition: e, tier: t, limit: l, to, .. }
                if *e == edition && t.as_deref() == tier && *l == limit =>
            {
                *to
            }
            _ => None,
        })
    }
}
