//! Two editions of one price list side by side.

use crate::model::catalog::{Catalog, Edition};
use crate::model::{Authority, EffectiveLimit, Feature, LimitId, Max, Money};

/// A limit that a move raises or lowers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct LimitChange {
    /// The limit.
    pub limit: LimitId,
    /// What it is before the move, value-added services and the endpoint's overrides included; `None` where
    /// neither they nor the price list have a figure.
    pub before: Option<Max>,
    /// Who set the figure before. Only the endpoint knows whether one of its own outlasts the move; `after` is
    /// what the price list gives.
    pub before_by: Authority,
    /// What it would be after the move; `None` where the price list has no figure.
    pub after: Option<Max>,
}

/// What a move between two editions brings and takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct Comparison {
    /// Limits that rise.
    pub limits_gained: Vec<LimitChange>,
    /// Limits that fall.
    pub limits_lost: Vec<LimitChange>,
    /// Features that the new edition has and the old one lacks, on application or at once.
    pub features_gained: Vec<Feature>,
    /// Features that the old edition has and the new one lacks.
    pub features_lost: Vec<Feature>,
    /// The plan fee per month after the move less the one before; `None` where the price list gives no prices.
    pub extra_per_month: Option<Money>,
}

/// Compares the tables of two editions, without value-added services.
pub fn compare(catalog: &Catalog, from: &Edition, to: &Edition) -> Comparison {
    let side = |edition| Side {
        limit: Box::new(move |id| of_table(edition, id)),
        has: Box::new(move |f| has(edition, f)),
    };
    compare_sides(extra_per_month(catalog, from, to), &side(from), &side(to))
}

/// An edition as an app has it or would have it: services and overrides included.
pub(super) struct Side<'a> {
    /// A limit, where it is known.
    pub(super) limit: Box<dyn Fn(LimitId) -> Option<EffectiveLimit> + 'a>,
    /// Whether a feature is there, on application or at once; `None` where that is not stated.
    pub(super) has: Box<dyn Fn(Feature) -> Option<bool> + 'a>,
}

/// The edition's own figure.
pub(super) fn of_table(edition: &Edition, limit: LimitId) -> Option<EffectiveLimit> {
    edition.limit(limit).map(|figure| EffectiveLimit { max: figure.max, authority: Authority::Catalog })
}

/// Whether the edition by itself has the feature; `None` where that is not stated.
pub(super) fn has(edition: &Edition, feature: Feature) -> Option<bool> {
    edition.feature(feature).support.has()
}

pub(super) fn compare_sides(extra_per_month: Option<Money>, from: &Side<'_>, to: &Side<'_>) -> Comparison {
    let mut out = Comparison { extra_per_month, ..Comparison::default() };
    for &limit in LimitId::ALL {
        let before = (from.limit)(limit);
        let change = LimitChange {
            limit,
            before: before.map(|known| known.max),
            before_by: before.map_or(Authority::Unknown, |known| known.authority),
            after: (to.limit)(limit).map(|known| known.max),
        };
        // Beside a figure that is not stated nothing is gained or lost, unless it goes with a feature that is not there:
        // absent is least.
        let absent =
            |side: &Side<'_>| limit == LimitId::Communities && (side.has)(Feature::Community) == Some(false);
        if (change.before.is_none() && !absent(from)) || (change.after.is_none() && !absent(to)) {
            continue;
        }
        match change.after.cmp(&change.before) {
            std::cmp::Ordering::Greater => out.limits_gained.push(change),
            std::cmp::Ordering::Less => out.limits_lost.push(change),
            std::cmp::Ordering::Equal => {}
        }
    }
    for &feature in Feature::ALL {
        match ((from.has)(feature), (to.has)(feature)) {
            (Some(false), Some(true)) => out.features_gained.push(feature),
            (Some(true), Some(false)) => out.features_lost.push(feature),
            _ => {}
        }
    }
    out
}

/// The difference between the plan fees.
pub(super) fn extra_per_month(catalog: &Catalog, from: &Edition, to: &Edition) -> Option<Money> {
    let difference = to.price_per_month?.checked_sub(from.price_per_month?)?;
    Some(Money::new(difference, catalog.currency?))
}
