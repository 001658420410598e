//! One limit at a time: how much fits, how it came out, and which of several is the tightest.

use std::cmp::Ordering;

use crate::model::{
    Action, Authority, BillingZone, Counter, CounterKey, DecisionPolicy, Demands, EffectiveLimit,
    Enforcement, Entitlements, Evidence, GroupType, LimitCheck, LimitChecks, LimitId, LimitStatus, Max,
    Moment, Snapshot, Subject, Timestamp, Window,
};

use super::bound::{binds, of_plan};

/// Every limit that the action touches and that is not switched off, the tightest first.
pub(super) fn checks(
    snapshot: &Snapshot,
    action: &Action,
    demands: &Demands,
    now: Moment,
    zone: &BillingZone,
    policy: &DecisionPolicy,
) -> LimitChecks {
    let entitlements: &Entitlements = &snapshot.entitlements;
    let kind = action.group_type();
    let mut checks = LimitChecks::new();
    let mut take = |limit, subject, requested, counter: &Counter, bound, thresholds: &[u8]| {
        let enforcement = policy.enforcement(limit, entitlements.is_stale(now.at));
        if enforcement != Enforcement::Off {
            let evidence = evidence(entitlements, bound, counter, now);
            let (fits, status) = outcome(requested, &evidence, thresholds);
            let plan = of_plan(entitlements, limit, kind.or(counter.group_type));
            let resets_at = resets_at(limit, now.at, zone);
            let check = LimitCheck {
                limit,
                subject,
                requested,
                fits,
                status,
                enforcement,
                plan,
                resets_at,
                evidence,
            };
            insert(&mut checks, check);
        }
    };
    for demand in demands {
        let counter = snapshot.usage.get(&CounterKey::at(demand.limit, demand.subject, now.at, zone));
        let bound = binds(entitlements, demand.limit, kind, &counter);
        take(demand.limit, demand.subject, demand.amount, &counter, bound, &policy.thresholds);
    }
    // Sizes that are asked for as a whole: there is no counter yet, and no threshold to warn at.
    if let Some((size, kind)) = size_asked_for(action) {
        let bound = of_plan(entitlements, LimitId::MembersPerGroup, Some(kind));
        take(LimitId::MembersPerGroup, Subject::App, signed(size), &Counter::default(), bound, &[]);
    }
    checks
}

fn size_asked_for(action: &Action) -> Option<(u64, GroupType)> {
    match action {
        Action::CreateGroup { kind, initial_members, .. } => Some((initial_members.saturating_add(1), *kind)),
        Action::EnlargeGroup { kind, to, .. } => Some((*to, *kind)),
        _ => None,
    }
}

/// How much of what is asked for fits, and how that comes out.
fn outcome(requested: i64, evidence: &Evidence, thresholds: &[u8]) -> (u64, LimitStatus) {
    let asked = requested.unsigned_abs();
    let taken = evidence.used.saturating_add(evidence.reserved);
    match evidence.max {
        _ if requested <= 0 => (asked, LimitStatus::Fits),
        None => (asked, LimitStatus::NotKnown),
        Some(Max::Unlimited) => (asked, LimitStatus::Fits),
        Some(Max::Of(max)) if evidence.used > max => (0, LimitStatus::Grandfathered),
        Some(Max::Of(max)) => match taken.checked_add(asked).filter(|&total| total <= max) {
            Some(total) => match threshold(total, max, thresholds) {
                LimitStatus::Fits if evidence.known_use().is_none() => (asked, LimitStatus::UsageUnknown),
                status => (asked, status),
            },
            None => (max.saturating_sub(taken), LimitStatus::Exceeds),
        },
    }
}

/// The highest threshold that `total` of `max` reaches.
fn threshold(total: u64, max: u64, thresholds: &[u8]) -> LimitStatus {
    thresholds
        .iter()
        .copied()
        .filter(|&percent| u128::from(total) * 100 >= u128::from(max) * u128::from(percent))
        .max()
        .map_or(LimitStatus::Fits, LimitStatus::Threshold)
}

/// What a decision about `counter` rests on.
pub fn evidence(
    entitlements: &Entitlements,
    bound: Option<EffectiveLimit>,
    counter: &Counter,
    now: Moment,
) -> Evidence {
    Evidence {
        max: bound.map(|bound| bound.max),
        authority: bound.map_or(Authority::Unknown, |bound| bound.authority),
        used: counter.used(),
        reserved: counter.reserved_at(now.elapsed),
        usage_origin: counter.known_origin(),
        usage_as_of: counter.as_of,
        added_since: counter.added,
        entitlements_as_of: entitlements.fetched_at,
        stale: entitlements.is_stale(now.at),
        age: entitlements.fetched_at.map_or_else(Default::default, |at| now.at.since(at)),
    }
}

/// The first instant of the next window.
fn resets_at(limit: LimitId, now: Timestamp, zone: &BillingZone) -> Option<Timestamp> {
    match limit.window() {
        Window::Level => None,
        Window::Day => Some(zone.start_of(zone.day(now).next().date())),
        Window::Month => Some(zone.start_of(zone.month(now).next().first_date())),
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Keeps the tightest first, and in order of demand what is equally tight.
fn insert(checks: &mut LimitChecks, check: LimitCheck) {
    let at = checks.iter().position(|other| tighter(&check, other) == Ordering::Less).unwrap_or(checks.len());
    checks.insert(at, check);
}

fn tighter(a: &LimitCheck, b: &LimitCheck) -> Ordering {
    rank(a).cmp(&rank(b)).then_with(|| {
        let ((left_a, max_a), (left_b, max_b)) = (share_left(a), share_left(b));
        left_a.saturating_mul(max_b).cmp(&left_b.saturating_mul(max_a))
    })
}

/// What denies, then what is exceeded with a warning, then what bounds, then what does not.
fn rank(check: &LimitCheck) -> u8 {
    match check.evidence.max {
        _ if check.denies() => 0,
        _ if check.is_exceeded() => 1,
        Some(Max::Of(_)) if check.requested > 0 => 2,
        _ => 3,
    }
}

/// What is left after the action, and of how much, as a fraction.
fn share_left(check: &LimitCheck) -> (i128, i128) {
    match check.evidence.max {
        Some(Max::Of(max)) => (i128::from(max) - i128::from(check.total()), i128::from(max.max(1))),
        _ => (0, 1),
    }
}
