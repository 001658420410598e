//! Does this action fit the limits of the plan?

mod bound;
mod gate;
mod limit;

use arrayvec::ArrayVec;

use crate::model::{
    Action, Assessment, BillingZone, CounterKey, DecisionPolicy, Demands, Enforcement, HoldItem, Lifecycle,
    LimitCheck, LimitChecks, LimitStatus, Max, Moment, Snapshot, Standing, Verdict, VerdictReason,
};

pub(in crate::decide) use bound::would_bind;
pub use bound::{COMMUNITY_MEMBERS, binds};
pub(in crate::decide) use gate::covers_group_calls;
pub use limit::evidence;

/// Whether `action` fits, by every limit it touches, and what that rests on.
///
/// `demands` are [`Action::demands`] of the same action. Allocates nothing. Nothing is changed: to hold room
/// against others, reserve what [`reservation`] says.
///
/// - What makes room (leaving, removing, dissolving) is never denied, except while the app is suspended.
/// - Usage that lies above a limit, because the limit was lowered, stays: only additions are denied.
/// - On an unknown plan nothing is denied but what the group's own maximum or its type forbids.
pub fn check(
    snapshot: &Snapshot,
    action: &Action,
    demands: &Demands,
    now: Moment,
    zone: &BillingZone,
    policy: &DecisionPolicy,
    lifecycle: Lifecycle,
) -> Verdict {
    let entitlements = &snapshot.entitlements;
    let assessment =
        |reason, checks| Assessment { reason, checks, entitlements: entitlements.clone(), at: now.at };
    if let Some(why) = action.invalid() {
        return Verdict::Denied(assessment(VerdictReason::Invalid(why), LimitChecks::new()));
    }
    if !lifecycle.serves() {
        return Verdict::Denied(assessment(VerdictReason::Suspended(lifecycle), LimitChecks::new()));
    }
    if let Some(kind) = gate::forbidden_by_type(action) {
        return Verdict::Denied(assessment(VerdictReason::GroupTypeForbids(kind), LimitChecks::new()));
    }
    let checks = limit::checks(snapshot, action, demands, now, zone, policy);
    if let Some(missing) = gate::missing_from_plan(entitlements, action, lifecycle, now.at, policy) {
        // A plan that was upgraded since the last sync has what the stale one lacks, so the choice for stale
        // limits holds here too.
        match if entitlements.is_stale(now.at) { policy.on_stale } else { Enforcement::Enforce } {
            Enforcement::Enforce => return Verdict::Denied(assessment(missing, checks)),
            Enforcement::Warn if !checks.iter().any(LimitCheck::denies) => {
                return Verdict::Warned(assessment(missing, checks));
            }
            Enforcement::Warn | Enforcement::Off => {}
        }
    }
    let denied = checks.iter().any(LimitCheck::denies);
    let exceeded = checks.iter().any(LimitCheck::is_exceeded);
    let near = checks.iter().any(|check| matches!(check.status, LimitStatus::Threshold(_)));
    let blind = entitlements.standing == Standing::Unknown
        || (!checks.is_empty() && checks.iter().all(|check| check.status == LimitStatus::NotKnown));
    match (denied, exceeded, near) {
        (true, ..) => Verdict::Denied(assessment(VerdictReason::LimitReached, checks)),
        (false, true, _) => Verdict::Warned(assessment(VerdictReason::LimitReached, checks)),
        (false, false, true) => Verdict::Warned(assessment(VerdictReason::NearLimit, checks)),
        (false, false, false) if blind => Verdict::Allowed(assessment(VerdictReason::Unknown, checks)),
        (false, false, false) => Verdict::Allowed(assessment(VerdictReason::WithinLimits, checks)),
    }
}

/// What to hold for `action`, counter by counter, in the order of `demands`. A bound is `Unlimited` where the limit is
/// not known or not enforced here and now, so that the usage is counted all the same.
///
/// The bounds are those of [`check`], so that a reservation that a store grants is one that `check` allows.
pub fn reservation(
    snapshot: &Snapshot,
    action: &Action,
    demands: &Demands,
    now: Moment,
    zone: &BillingZone,
    policy: &DecisionPolicy,
) -> ArrayVec<HoldItem, 6> {
    let stale = snapshot.entitlements.is_stale(now.at);
    demands
        .iter()
        .map(|demand| {
            let key = CounterKey::at(demand.limit, demand.subject, now.at, zone);
            let counter = snapshot.usage.get(&key);
            let bound = binds(&snapshot.entitlements, demand.limit, action.group_type(), &counter);
            let enforced = policy.enforcement(demand.limit, stale) == Enforcement::Enforce;
            let max = bound.filter(|_| enforced).map_or(Max::Unlimited, |bound| bound.max);
            HoldItem { key, amount: demand.amount, max }
        })
        .collect()
}
