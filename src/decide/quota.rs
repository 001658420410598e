//! Does this action fit the limits of the plan?

mod bound;
mod gate;
mod limit;

use arrayvec::ArrayVec;

use crate::model::{
    Action, Assessment, BillingZone, CounterKey, Decision, DecisionPolicy, Demands, Enforcement,
    Entitlements, HoldItem, Lifecycle, LimitCheck, LimitChecks, LimitStatus, Max, Moment, Snapshot, Standing,
    VerdictReason,
};

#[cfg(feature = "testing")]
pub use bound::COMMUNITY_MEMBERS;
pub use bound::binds;
pub(in crate::decide) use bound::would_bind;
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
pub fn assess(
    snapshot: &Snapshot,
    action: &Action,
    demands: &Demands,
    now: Moment,
    zone: &BillingZone,
    policy: &DecisionPolicy,
    lifecycle: Lifecycle,
) -> Assessment {
    let entitlements = &snapshot.entitlements;
    let assessment = |decision, reason, checks| Assessment {
        decision,
        reason,
        checks,
        entitlements: entitlements.clone(),
        at: now.at,
    };
    let denied = |reason| assessment(Decision::Denied, reason, LimitChecks::new());
    if let Some(why) = action.invalid() {
        return denied(VerdictReason::Invalid(why));
    }
    if !lifecycle.serves() {
        return denied(VerdictReason::Suspended(lifecycle));
    }
    if let Some(kind) = gate::forbidden_by_type(action) {
        return denied(VerdictReason::GroupTypeForbids(kind));
    }
    let checks = limit::checks(snapshot, action, demands, now, zone, policy);
    if let Some(missing) = gate::missing_from_plan(entitlements, action, lifecycle, now.at, policy) {
        // A plan that was upgraded since the last sync has what the stale one lacks, so the choice for stale
        // limits holds here too.
        match if entitlements.is_stale(now.at) { policy.on_stale } else { Enforcement::Enforce } {
            Enforcement::Enforce => return assessment(Decision::Denied, missing, checks),
            Enforcement::Warn if !checks.iter().any(LimitCheck::denies) => {
                return assessment(Decision::Warned, missing, checks);
            }
            Enforcement::Warn | Enforcement::Off => {}
        }
    }
    let (decision, reason) = by_limits(entitlements, &checks);
    assessment(decision, reason, checks)
}

/// What the limits alone say.
fn by_limits(entitlements: &Entitlements, checks: &LimitChecks) -> (Decision, VerdictReason) {
    let any = |status: fn(&LimitCheck) -> bool| checks.iter().any(status);
    let all_unknown = !checks.is_empty() && checks.iter().all(|check| check.status == LimitStatus::NotKnown);
    if any(LimitCheck::denies) {
        (Decision::Denied, VerdictReason::LimitReached)
    } else if any(LimitCheck::is_exceeded) {
        (Decision::Warned, VerdictReason::LimitReached)
    } else if any(|check| matches!(check.status, LimitStatus::Threshold(_))) {
        (Decision::Warned, VerdictReason::NearLimit)
    } else if entitlements.standing == Standing::Unknown || all_unknown {
        (Decision::Allowed, VerdictReason::Unknown)
    } else if any(|check| check.status == LimitStatus::UsageUnknown) {
        (Decision::Allowed, VerdictReason::UsageUnknown)
    } else {
        (Decision::Allowed, VerdictReason::WithinLimits)
    }
}

/// What to hold for `action`, counter by counter, in the order of `demands`. A bound is `Unlimited` where the limit is
/// not known or not enforced here and now, so that the usage is counted all the same.
///
/// The bounds are those of [`assess`], so that a reservation that a store grants is one that `assess` allows.
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
