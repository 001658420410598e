//! Does this action fit the limits of the plan?

mod bound;
mod gate;
mod limit;
mod plenty;

use arrayvec::ArrayVec;

use crate::model::{
    Action, Assessment, BillingDay, BillingMonth, BillingZone, CounterKey, Decision, DecisionPolicy, Demands,
    Elapsed, Enforcement, HoldItem, Lifecycle, LimitChecks, LimitStatus, Max, Moment, Snapshot, Standing,
    Timestamp, Verdict, VerdictReason,
};
use limit::{Look, Touched};

#[cfg(feature = "testing")]
pub use bound::COMMUNITY_MEMBERS;
pub use bound::binds;
pub(in crate::decide) use bound::would_bind;
pub(in crate::decide) use gate::covers_group_calls;
pub use limit::evidence;
pub use plenty::{PlainCounter, PlainLimit, PlainLimits, Plenty, is_plain, plain_limits};

/// From where an action is looked at: what is the same for every limit.
#[derive(Clone, Copy, Debug)]
pub struct Standpoint<E> {
    /// Trusted time.
    pub at: Timestamp,
    /// Elapsed time, asked for only where permits hold room.
    pub elapsed: E,
    /// The billing day.
    pub day: BillingDay,
    /// The billing month.
    pub month: BillingMonth,
    /// Whether the entitlements are past their freshness.
    pub stale: bool,
    /// Where the plan stands.
    pub lifecycle: Lifecycle,
}

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
    let from = Standpoint {
        at: now.at,
        elapsed: || now.elapsed,
        day: zone.day(now.at),
        month: zone.month(now.at),
        stale: entitlements.is_stale(now.at),
        lifecycle,
    };
    let mut checks = LimitChecks::new();
    let (decision, reason) = decided(snapshot, action, demands, &from, policy, |touched, look| {
        let check = touched.check(entitlements, look, now, zone);
        limit::insert(&mut checks, check);
    });
    Assessment { decision, reason, checks, entitlements: entitlements.clone(), at: now.at }
}

/// The small answer: what [`assess`] decides, by the same rule, without what it rests on.
pub fn verdict<E: Fn() -> Elapsed>(
    snapshot: &Snapshot,
    action: &Action,
    demands: &Demands,
    from: &Standpoint<E>,
    policy: &DecisionPolicy,
) -> Verdict {
    let mut tightest: Option<Look> = None;
    let (decision, reason) = decided(snapshot, action, demands, from, policy, |_, look| {
        if tightest.is_none_or(|other| look.is_tighter_than(&other)) {
            tightest = Some(look);
        }
    });
    let tightest = tightest.map(|look| look.in_use());
    Verdict { decision, reason, tightest, stale: from.stale, confirmed: snapshot.entitlements.is_confirmed() }
}

/// The rule: what is decided, and why. `take` is shown every limit that the action touches and that is not switched off,
/// in the order of the demands; none where what stands before the limits denies already.
fn decided<E: Fn() -> Elapsed>(
    snapshot: &Snapshot,
    action: &Action,
    demands: &Demands,
    from: &Standpoint<E>,
    policy: &DecisionPolicy,
    mut take: impl FnMut(&Touched<'_>, Look),
) -> (Decision, VerdictReason) {
    let entitlements = &*snapshot.entitlements;
    if let Some(why) = action.invalid() {
        return (Decision::Denied, VerdictReason::Invalid(why));
    }
    if !from.lifecycle.serves() {
        return (Decision::Denied, VerdictReason::Suspended(from.lifecycle));
    }
    if let Some(kind) = gate::forbidden_by_type(action) {
        return (Decision::Denied, VerdictReason::GroupTypeForbids(kind));
    }
    let mut all = AllLimits::default();
    limit::each(snapshot, action, demands, from, policy, |touched, look| {
        all.add(&look);
        take(touched, look);
    });
    if let Some(missing) = gate::missing_from_plan(entitlements, action, from.lifecycle, from.at, policy) {
        // A plan that was upgraded since the last sync has what the stale one lacks, so the choice for stale
        // limits holds here too.
        match if from.stale { policy.on_stale } else { Enforcement::Enforce } {
            Enforcement::Enforce => return (Decision::Denied, missing),
            Enforcement::Warn if !all.denies() => return (Decision::Warned, missing),
            Enforcement::Warn | Enforcement::Off => {}
        }
    }
    all.decided(entitlements.standing)
}

/// What all limits of an action say together: the gravest, and whether any is known.
#[derive(Default)]
struct AllLimits {
    gravest: Option<Gravity>,
    any_known: bool,
}

/// How grave what one limit says is, the least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gravity {
    Inside,
    UsageUnknown,
    Threshold,
    Exceeded,
    Denies,
}

impl AllLimits {
    fn add(&mut self, look: &Look) {
        let gravity = match look.status {
            _ if look.denies() => Gravity::Denies,
            LimitStatus::Exceeds | LimitStatus::Grandfathered => Gravity::Exceeded,
            LimitStatus::Threshold(_) => Gravity::Threshold,
            LimitStatus::UsageUnknown => Gravity::UsageUnknown,
            LimitStatus::Fits | LimitStatus::NotKnown => Gravity::Inside,
        };
        self.gravest = self.gravest.max(Some(gravity));
        self.any_known |= look.status != LimitStatus::NotKnown;
    }

    fn denies(&self) -> bool {
        self.gravest == Some(Gravity::Denies)
    }

    fn decided(&self, standing: Standing) -> (Decision, VerdictReason) {
        let none_known = self.gravest.is_some() && !self.any_known;
        match self.gravest {
            Some(Gravity::Denies) => (Decision::Denied, VerdictReason::LimitReached),
            Some(Gravity::Exceeded) => (Decision::Warned, VerdictReason::LimitReached),
            Some(Gravity::Threshold) => (Decision::Warned, VerdictReason::NearLimit),
            _ if standing == Standing::Unknown || none_known => (Decision::Allowed, VerdictReason::Unknown),
            Some(Gravity::UsageUnknown) => (Decision::Allowed, VerdictReason::UsageUnknown),
            Some(Gravity::Inside) | None => (Decision::Allowed, VerdictReason::WithinLimits),
        }
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
