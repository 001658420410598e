//! One column of a price list: what an edition costs, allows and can do.

use rust_decimal::Decimal;

use crate::model::named::named_enum;
use crate::model::{Condition, EditionId, Feature, LimitId, Max, Support};

use super::meter::Meter;
use super::overage::Overage;
use super::source::SourceId;
use super::{List, Text};

named_enum! {
    /// For how long an edition is held at a time.
    pub enum Validity as "validity" {
        /// Without end.
        Permanent = "permanent",
        /// Month by calendar month, billed afterwards.
        CalendarMonth = "calendar_month",
        /// One month on trial, which the provider may extend.
        TrialMonth = "trial_month",
        /// Bought ahead by the month.
        PrepaidMonth = "prepaid_month",
    }
}

/// How much of a limit an edition allows, by the price list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitFigure {
    /// The most the edition allows.
    pub max: Max,
    /// The document.
    pub source: SourceId,
}

/// How an edition supports a feature, by the price list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureFigure {
    /// Whether the edition has it.
    pub support: Support,
    /// Hours between the approval of an application and the feature being there, where the document says.
    pub waiting_time_hours: Option<u32>,
    /// Conditions that all must hold; empty when unsupported.
    pub conditions: List<Condition>,
    /// The limit that bounds how much of the feature there is (communities).
    pub cap: Option<LimitId>,
    /// The document; that of the edition where none mentions the feature.
    pub source: SourceId,
}

impl FeatureFigure {
    /// What is known of a feature that the price list does not mention.
    pub(super) const fn not_stated(source: SourceId) -> Self {
        Self {
            support: Support::NotStated,
            waiting_time_hours: None,
            conditions: List::Borrowed(&[]),
            cap: None,
            source,
        }
    }
}

/// An edition of a price list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// The edition.
    pub id: EditionId,
    /// Its English name.
    pub name: Text,
    /// Its name in the Chinese documents, where there are any.
    pub local_name: Option<Text>,
    /// The plan fee a month in the catalog's currency, 0 for a free edition; `None` where no document gives it.
    pub price_per_month: Option<Decimal>,
    /// The document of the plan fee, or, where there is none, of the edition itself.
    pub price_source: SourceId,
    /// Whether a fee is due for it.
    pub paid: bool,
    /// For how long it is held at a time; `None` where no document says.
    pub validity: Option<Validity>,
    pub(super) limits: [Option<LimitFigure>; LimitId::COUNT],
    pub(super) features: [FeatureFigure; Feature::COUNT],
    pub(super) overage: [Option<Overage>; Meter::COUNT],
}

impl Edition {
    /// The edition's own figure for a limit; `None` where the price list has none for it.
    pub const fn limit(&self, limit: LimitId) -> Option<LimitFigure> {
        self.limits[limit.index()]
    }

    /// How the edition supports a feature, [`Support::NotStated`] included.
    pub fn feature(&self, feature: Feature) -> &FeatureFigure {
        &self.features[feature.index()]
    }

    /// What usage beyond the quota costs; `None` where the price list does not meter it, or does not state it.
    pub const fn overage(&self, meter: Meter) -> Option<&Overage> {
        self.overage[meter.index()].as_ref()
    }

    /// The limits that the price list states for this edition.
    pub fn limits(&self) -> impl Iterator<Item = (LimitId, LimitFigure)> + '_ {
        LimitId::ALL.iter().filter_map(|&id| Some((id, self.limit(id)?)))
    }

    /// Every feature with its figure.
    pub fn features(&self) -> impl Iterator<Item = (Feature, &FeatureFigure)> {
        Feature::ALL.iter().copied().zip(&self.features)
    }

    /// What the price list meters for this edition.
    pub fn overages(&self) -> impl Iterator<Item = (Meter, &Overage)> {
        Meter::ALL.iter().filter_map(|&meter| Some((meter, self.overage(meter)?)))
    }
}
