//! The plan worked out for a stretch of time: until when an answer that was found once holds.

use std::sync::Arc;

use super::quota::{PlainLimits, plain_limits};
use super::{feature, lifecycle};
use crate::model::{
    BillingDay, BillingMonth, BillingZone, DecisionPolicy, Entitlements, Feature, FeatureReason, Lifecycle,
    Timestamp,
};

/// What holds from one instant to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// The instant it was worked out for.
    pub from: Timestamp,
    /// The first instant at which something may be different.
    pub until: Timestamp,
    /// Where the plan stands.
    pub lifecycle: Lifecycle,
    /// Whether the entitlements are past their freshness.
    pub stale: bool,
    /// Whether the billing endpoint ever confirmed the entitlements.
    pub confirmed: bool,
    /// The billing day.
    pub day: BillingDay,
    /// The billing month.
    pub month: BillingMonth,
    /// Whether each feature is granted, and why, in the order of [`Feature::ALL`].
    pub features: [(bool, FeatureReason); Feature::COUNT],
    /// What the plan says of every limit; `None` without a plan.
    pub limits: Option<PlainLimits>,
}

/// Works the plan out for `now` and for as long after it as nothing changes.
pub fn outlook(
    entitlements: &Arc<Entitlements>,
    now: Timestamp,
    zone: &BillingZone,
    policy: &DecisionPolicy,
) -> Outlook {
    let stands = lifecycle::lifecycle(entitlements, now, zone);
    let (day, month) = (zone.day(now), zone.month(now));
    let available = Feature::ALL.iter().filter_map(|&name| entitlements.feature(name)?.available_from);
    // The day is what reminders count in.
    let until = available
        .chain(entitlements.fresh_until())
        .chain(entitlements.fetched_at)
        .chain(entitlements.changes_at)
        .chain(lifecycle::turns(entitlements, now, zone))
        .filter(|at| *at > now)
        .fold(zone.start_of(day.next().date()), Timestamp::min);
    let stale = entitlements.is_stale(now);
    Outlook {
        from: now,
        until,
        lifecycle: stands,
        stale,
        confirmed: entitlements.is_confirmed(),
        limits: plain_limits(entitlements, policy, stale),
        day,
        month,
        features: std::array::from_fn(|nth| {
            feature::decided(entitlements, Feature::ALL[nth], stands, now, policy)
        }),
    }
}
