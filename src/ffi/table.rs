//! The answers of every feature gate at once: a host that finds crossing slow keeps them on its side.

use std::time::Duration;

use super::entitlements::{LimitEntry, limits};
use super::error::PlanguardError;
use super::guard::Planguard;
use crate::model::{FeatureDecision, Lifecycle, Timestamp};

/// What the plan says of every feature and limit, for as long as it holds.
///
/// It is out of date once `valid_for` has passed since it was asked for, or when [`Planguard::generation`] is another
/// one: after an [`EntitlementsChanged`](super::Event::EntitlementsChanged), `set_phase`, `sync` or `report_rejection`.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FeatureTable {
    /// The number of what it was made from.
    pub generation: u64,
    /// The first instant, of trusted time, at which something may be different.
    pub until: Timestamp,
    /// How long that is from now: for the host's own monotonic clock.
    pub valid_for: Duration,
    /// Where the plan stands.
    pub lifecycle: Lifecycle,
    /// Whether the entitlements are past their freshness.
    pub stale: bool,
    /// The answer of [`Planguard::feature`] for every feature.
    pub features: Vec<FeatureDecision>,
    /// Every limit that is known.
    pub limits: Vec<LimitEntry>,
}

#[uniffi::export]
impl Planguard {
    /// What the plan says of every feature and limit, in one call.
    pub fn feature_table(&self) -> Result<FeatureTable, PlanguardError> {
        let plan = self.core()?.plan_ahead();
        Ok(FeatureTable {
            generation: plan.snapshot.generation,
            until: plan.until,
            valid_for: plan.until.since(plan.now),
            lifecycle: plan.lifecycle,
            stale: plan.stale,
            limits: limits(&plan.snapshot.entitlements),
            features: plan.features,
        })
    }
}
