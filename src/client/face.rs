//! What the foreign face needs of a guard besides what apps call.

use std::sync::Arc;

use super::guard::Planguard;
use super::plan::current;
use crate::decide::outlook::outlook;
use crate::model::{Feature, FeatureDecision, Lifecycle, Snapshot, Timestamp};
use crate::time::Clock;

/// What the plan says of every feature, and until when.
pub(crate) struct PlanAhead {
    pub(crate) snapshot: Arc<Snapshot>,
    /// When it was worked out.
    pub(crate) now: Timestamp,
    /// The first instant at which something may be different.
    pub(crate) until: Timestamp,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) stale: bool,
    pub(crate) features: Vec<FeatureDecision>,
}

impl Planguard {
    /// The clock by which the app's own code is bounded.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.inner.core.clock)
    }

    /// What the plan says of every feature, and until when.
    pub(crate) fn plan_ahead(&self) -> PlanAhead {
        let core = &self.inner.core;
        let now = core.moment();
        let snapshot = Arc::clone(&current::snapshot(core, now));
        let ahead = outlook(&snapshot.entitlements, now.at, &core.zone, &core.policy);
        // What a refusal showed ends by elapsed time.
        let believed = snapshot.suspension.filter(|_| snapshot.entitlements.reported_suspended.is_some());
        let until = believed.map_or(ahead.until, |suspension| {
            ahead.until.min(now.at.plus(suspension.wait.left(now.elapsed)))
        });
        let features = Feature::ALL.iter().zip(&ahead.features).map(|(&feature, &(granted, reason))| {
            FeatureDecision { feature, granted, reason, stale: ahead.stale, confirmed: ahead.confirmed }
        });
        PlanAhead {
            now: now.at,
            until,
            lifecycle: ahead.lifecycle,
            stale: ahead.stale,
            features: features.collect(),
            snapshot,
        }
    }
}
