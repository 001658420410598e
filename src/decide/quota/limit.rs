//! One limit at a time: how much fits, how it came out, and which of several is the tightest.

use std::cmp::Ordering;

use super::Standpoint;
use super::bound::{binds, of_plan};
use crate::model::{
    Action, Authority, BillingZone, Counter, CounterKey, DecisionPolicy, Demands, EffectiveLimit, Elapsed,
    Enforcement, Entitlements, Evidence, GroupType, LimitCheck, LimitChecks, LimitId, LimitStatus, LimitUse,
    Max, Moment, Snapshot, Subject, Timestamp, UsageOrigin, Window,
};

/// One limit that an action touches, as far as the answer needs it.
#[derive(Clone, Copy)]
pub(super) struct Look {
    limit: LimitId,
    requested: i64,
    fits: u64,
    pub(super) status: LimitStatus,
    enforcement: Enforcement,
    max: Option<Max>,
    used: u64,
    reserved: u64,
    /// Whether the usage was ever reported.
    known: bool,
}

/// Where the rest of the evidence comes from.
pub(super) struct Touched<'a> {
    subject: Subject,
    counter: &'a Counter,
    kind: Option<GroupType>,
    bound: Option<EffectiveLimit>,
}

/// Shows every limit that the action touches and that is not switched off, in the order of the demands.
pub(super) fn each<E: Fn() -> Elapsed>(
    snapshot: &Snapshot,
    action: &Action,
    demands: &Demands,
    from: &Standpoint<E>,
    policy: &DecisionPolicy,
    mut take: impl FnMut(&Touched<'_>, Look),
) {
    let entitlements: &Entitlements = &snapshot.entitlements;
    let kind = action.group_type();
    let mut show =
        |limit, subject, requested, counter: &Counter, bound: Option<EffectiveLimit>, warn: &[u8]| {
            let enforcement = policy.enforcement(limit, from.stale);
            if enforcement != Enforcement::Off {
                let (max, used) = (bound.map(|bound| bound.max), counter.used());
                let reserved = if counter.reserved == 0 { 0 } else { counter.reserved_at((from.elapsed)()) };
                let known = counter.known_origin() != UsageOrigin::Unknown;
                let (fits, status) = outcome(requested, max, used, reserved, known, warn);
                let look = Look { limit, requested, fits, status, enforcement, max, used, reserved, known };
                take(&Touched { subject, counter, kind: kind.or(counter.group_type), bound }, look);
            }
        };
    for demand in demands {
        let key = CounterKey::within(demand.limit, demand.subject, from.day, from.month);
        let counter = snapshot.usage.get(&key);
        let bound = binds(entitlements, demand.limit, kind, &counter);
        show(demand.limit, demand.subject, demand.amount, &counter, bound, &policy.thresholds);
    }
    // Sizes that are asked for as a whole: there is no counter yet, and no threshold to warn at.
    if let Some((size, kind)) = size_asked_for(action) {
        let bound = of_plan(entitlements, LimitId::MembersPerGroup, Some(kind));
        show(LimitId::MembersPerGroup, Subject::App, signed(size), &Counter::default(), bound, &[]);
    }
}

impl Touched<'_> {
    /// The whole check, evidence included.
    pub(super) fn check(
        &self,
        entitlements: &Entitlements,
        look: Look,
        now: Moment,
        zone: &BillingZone,
    ) -> LimitCheck {
        let Look { limit, requested, fits, status, enforcement, .. } = look;
        LimitCheck {
            limit,
            subject: self.subject,
            requested,
            fits,
            status,
            enforcement,
            plan: of_plan(entitlements, limit, self.kind),
            resets_at: resets_at(limit, now.at, zone),
            evidence: evidence(entitlements, self.bound, self.counter, now),
        }
    }
}

impl Look {
    fn of(check: &LimitCheck) -> Self {
        let LimitCheck { limit, requested, fits, status, enforcement, .. } = *check;
        let Evidence { max, used, reserved, .. } = check.evidence;
        let known = check.evidence.known_use().is_some();
        Self { limit, requested, fits, status, enforcement, max, used, reserved, known }
    }

    /// One that stays inside and reaches no threshold.
    pub(super) const fn inside(limit: LimitId, requested: i64, max: Max, used: u64, known: bool) -> Self {
        let (fits, status) = (requested.unsigned_abs(), LimitStatus::Fits);
        let (enforcement, reserved) = (Enforcement::Enforce, 0);
        Self { limit, requested, fits, status, enforcement, max: Some(max), used, reserved, known }
    }

    pub(super) const fn in_use(&self) -> LimitUse {
        LimitUse {
            limit: self.limit,
            max: self.max,
            used: if self.known { Some(self.used) } else { None },
            at_least: self.used,
            reserved: self.reserved,
            requested: self.requested,
            fits: self.fits,
        }
    }

    pub(super) const fn is_exceeded(&self) -> bool {
        matches!(self.status, LimitStatus::Exceeds | LimitStatus::Grandfathered)
    }

    pub(super) const fn denies(&self) -> bool {
        self.is_exceeded() && matches!(self.enforcement, Enforcement::Enforce)
    }

    /// Whether this is tighter; of what is equally tight, what is asked for first comes first.
    #[inline]
    pub(super) fn is_tighter_than(&self, other: &Self) -> bool {
        match self.rank().cmp(&other.rank()) {
            Ordering::Less => true,
            Ordering::Greater => false,
            Ordering::Equal => {
                let ((left, max), (other_left, other_max)) = (self.share_left(), other.share_left());
                // Numbers in use fit into one word.
                match (left.checked_mul(other_max), other_left.checked_mul(max)) {
                    (Some(this), Some(that)) => this < that,
                    _ => i128::from(left) * i128::from(other_max) < i128::from(other_left) * i128::from(max),
                }
            }
        }
    }

    /// As [`Self::is_tighter_than`], of two that are [`Self::inside`]: of two sides of one action the fuller one is.
    #[inline]
    pub(super) fn is_tighter_inside(&self, other: &Self) -> bool {
        match self.max {
            // A share of more than that is not told from others.
            Some(Max::Of(max))
                if self.requested > 0
                    && self.requested == other.requested
                    && self.max == other.max
                    && max < i64::MAX.unsigned_abs() =>
            {
                self.used > other.used
            }
            _ => self.is_tighter_than(other),
        }
    }

    /// What denies, then what is exceeded with a warning, then what bounds, then what does not.
    const fn rank(&self) -> u8 {
        match self.max {
            _ if self.denies() => 0,
            _ if self.is_exceeded() => 1,
            Some(Max::Of(_)) if self.requested > 0 => 2,
            _ => 3,
        }
    }

    /// What is left after the action, and of how much, as a fraction.
    fn share_left(&self) -> (i64, i64) {
        let total = self.used.saturating_add(self.reserved).saturating_add_signed(self.requested);
        match self.max {
            Some(Max::Of(max)) => {
                let (over, left) = (total.saturating_sub(max), max.saturating_sub(total));
                (signed(left) - signed(over), signed(max.max(1)))
            }
            _ => (0, 1),
        }
    }
}

fn size_asked_for(action: &Action) -> Option<(u64, GroupType)> {
    match action {
        Action::CreateGroup { kind, initial_members, .. } => Some((initial_members.saturating_add(1), *kind)),
        Action::EnlargeGroup { kind, to, .. } => Some((*to, *kind)),
        _ => None,
    }
}

/// How much of what is asked for fits, and how that comes out.
fn outcome(
    requested: i64,
    max: Option<Max>,
    used: u64,
    reserved: u64,
    known: bool,
    thresholds: &[u8],
) -> (u64, LimitStatus) {
    let asked = requested.unsigned_abs();
    let taken = used.saturating_add(reserved);
    match max {
        _ if requested <= 0 => (asked, LimitStatus::Fits),
        None => (asked, LimitStatus::NotKnown),
        Some(Max::Unlimited) => (asked, LimitStatus::Fits),
        Some(Max::Of(max)) if used > max => (0, LimitStatus::Grandfathered),
        Some(Max::Of(max)) => match taken.checked_add(asked).filter(|&total| total <= max) {
            Some(total) => match threshold(total, max, thresholds) {
                LimitStatus::Fits if !known => (asked, LimitStatus::UsageUnknown),
                status => (asked, status),
            },
            None => (max.saturating_sub(taken), LimitStatus::Exceeds),
        },
    }
}

/// The highest threshold that `total` of `max` reaches.
fn threshold(total: u64, max: u64, thresholds: &[u8]) -> LimitStatus {
    // Numbers in use fit into one word.
    const SMALL: u64 = u64::MAX >> 8;
    let reaches = |percent: u8| {
        if total <= SMALL && max <= SMALL {
            total * 100 >= max * u64::from(percent)
        } else {
            u128::from(total) * 100 >= u128::from(max) * u128::from(percent)
        }
    };
    let highest = thresholds.iter().copied().filter(|&percent| reaches(percent)).max();
    highest.map_or(LimitStatus::Fits, LimitStatus::Threshold)
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
pub(super) fn insert(checks: &mut LimitChecks, check: LimitCheck) {
    let look = Look::of(&check);
    let at = checks.iter().position(|other| look.is_tighter_than(&Look::of(other))).unwrap_or(checks.len());
    checks.insert(at, check);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_that_stay_inside_the_short_comparison_says_what_the_long_one_says() {
        let mut random = fastrand::Rng::with_seed(11);
        for _ in 0..20_000 {
            let bounds = [Max::Of(3), Max::Of(3_000), Max::Of(u64::MAX), Max::Of(1 << 63), Max::Unlimited];
            let mut drawn = || {
                let max = bounds[random.usize(..bounds.len())];
                let most = if let Max::Of(max) = max { max } else { u64::MAX };
                let used = if random.bool() { random.u64(..most) } else { random.u64(..most.min(3)) };
                let requested = if random.bool() { 1 } else { -1 };
                Look::inside(LimitId::FriendsPerUser, requested, max, used, random.bool())
            };
            let (one, other) = (drawn(), drawn());
            assert_eq!(
                one.is_tighter_inside(&other),
                one.is_tighter_than(&other),
                "{:?}",
                [one.in_use(), other.in_use()]
            );
        }
    }
}
