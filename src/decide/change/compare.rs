//! Two editions of one price list side by side.

use crate::model::catalog::{Catalog, Edition};
use crate::model::{Feature, LimitId, Max, Money, Support};

/// A limit that a move raises or lowers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitChange {
    /// The limit.
    pub limit: LimitId,
    /// What it is before the move, value-added services included; `None` where the price list has no figure.
    pub before: Option<Max>,
    /// What it would be after the move; `None` where the price list has no figure.
    pub after: Option<Max>,
}

/// What a move between two editions brings and takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    let max = |edition: &Edition, limit| edition.limit(limit).map(|figure| figure.max);
    compare_limits(catalog, from, to, |limit| max(from, limit), |limit| max(to, limit))
}

/// Compares two editions whose limits may have been raised by services.
pub(super) fn compare_limits(
    catalog: &Catalog,
    from: &Edition,
    to: &Edition,
    before: impl Fn(LimitId) -> Option<Max>,
    after: impl Fn(LimitId) -> Option<Max>,
) -> Comparison {
    let mut out = Comparison { extra_per_month: extra_per_month(catalog, from, to), ..Comparison::default() };
    for &limit in LimitId::ALL {
        let change = LimitChange { limit, before: before(limit), after: after(limit) };
        // A figure that only one edition has (communities) goes with its feature: absent is least.
        match change.after.cmp(&change.before) {
            std::cmp::Ordering::Greater => out.limits_gained.push(change),
            std::cmp::Ordering::Less => out.limits_lost.push(change),
            std::cmp::Ordering::Equal => {}
        }
    }
    let has = |edition: &Edition, feature| edition.feature(feature).support != Support::Unsupported;
    for &feature in Feature::ALL {
        match (has(from, feature), has(to, feature)) {
            (false, true) => out.features_gained.push(feature),
            (true, false) => out.features_lost.push(feature),
            _ => {}
        }
    }
    out
}

fn extra_per_month(catalog: &Catalog, from: &Edition, to: &Edition) -> Option<Money> {
    let difference = to.price_per_month?.checked_sub(from.price_per_month?)?;
    Some(Money::new(difference, catalog.currency?))
}
