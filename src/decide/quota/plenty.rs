//! Plenty of room: the answer to most checks, found without looking at the plan.
//!
//! What the plan says of each limit is worked out before. An action that stays clear of every threshold is allowed, and
//! what is left is compared as ever; whatever is close to anything, or about anything but counters, is decided by the
//! whole rule.

use super::limit::Look;
use crate::model::{
    Action, Decision, DecisionPolicy, Enforcement, Entitlements, GroupType, LimitId, Max, Standing, Verdict,
    VerdictReason,
};

/// What the plan says of one limit, for a counter that has no bound of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlainLimit {
    /// The bound.
    pub max: Max,
    /// The smallest total that is close to it.
    pub close: u64,
    /// Whether it is looked at.
    pub on: bool,
}

/// What the plan says of every limit, in the order of [`LimitId::ALL`]: `None` where it does not know one.
pub type PlainLimits = [Option<PlainLimit>; LimitId::COUNT];

/// What a counter holds, as far as this needs it: one without a bound or a group type of its own in which nothing is
/// reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlainCounter {
    /// What is used.
    pub used: u64,
    /// Whether the usage was ever reported.
    pub known: bool,
}

/// Works out what the plan says of every limit; `None` without a plan.
pub fn plain_limits(
    entitlements: &Entitlements,
    policy: &DecisionPolicy,
    stale: bool,
) -> Option<PlainLimits> {
    (entitlements.standing != Standing::Unknown).then(|| {
        std::array::from_fn(|nth| {
            let limit = LimitId::ALL[nth];
            let max = entitlements.limit(limit)?.max;
            let close = match max {
                Max::Of(max) => close_to(max, &policy.thresholds),
                Max::Unlimited => u64::MAX,
            };
            Some(PlainLimit { max, close, on: policy.enforcement(limit, stale) != Enforcement::Off })
        })
    })
}

/// The smallest total that reaches a threshold, or goes beyond `max`.
fn close_to(max: u64, thresholds: &[u8]) -> u64 {
    let lowest = thresholds.iter().copied().min();
    let reached = lowest.map(|percent| (u128::from(max) * u128::from(percent)).div_ceil(100));
    let reached = reached.and_then(|total| u64::try_from(total).ok()).unwrap_or(u64::MAX);
    reached.min(max.saturating_add(1))
}

/// Whether only counters decide about `action`, by bounds that the plan alone sets.
pub fn is_plain(action: &Action) -> bool {
    let ordinary = |kind| !matches!(kind, GroupType::AvChatRoom | GroupType::Community | GroupType::Work);
    match action {
        Action::AddFriend { user, peer } | Action::RemoveFriend { user, peer } => user != peer,
        Action::JoinGroup { kind, .. }
        | Action::LeaveGroup { kind, .. }
        | Action::AddMembers { kind, .. }
        | Action::RemoveMembers { kind, .. } => ordinary(*kind),
        Action::RegisterUser => true,
        _ => false,
    }
}

/// The limits that were looked at so far, all of which have plenty of room.
#[derive(Default)]
pub struct Plenty {
    tightest: Option<Look>,
    unknown: bool,
}

impl Plenty {
    /// Looks at one more limit, of which `amount` is asked; `false` where it is close.
    #[inline]
    #[must_use]
    pub fn also(&mut self, limit: LimitId, amount: i64, plain: PlainLimit, counter: PlainCounter) -> bool {
        if !plain.on {
            return true;
        }
        let PlainCounter { used, known } = counter;
        if amount > 0 && matches!(plain.max, Max::Of(_)) {
            if used.saturating_add(amount.unsigned_abs()) >= plain.close {
                return false;
            }
            self.unknown |= !known;
        }
        let look = Look::inside(limit, amount, plain.max, used, known);
        if self.tightest.as_ref().is_none_or(|other| look.is_tighter_inside(other)) {
            self.tightest = Some(look);
        }
        true
    }

    /// The answer once every limit was looked at.
    #[inline]
    pub fn verdict(&self, stale: bool, confirmed: bool) -> Verdict {
        let reason = if self.unknown { VerdictReason::UsageUnknown } else { VerdictReason::WithinLimits };
        let tightest = self.tightest.as_ref().map(Look::in_use);
        Verdict { decision: Decision::Allowed, reason, tightest, stale, confirmed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_is_the_first_total_that_reaches_the_lowest_threshold() {
        for (max, thresholds, close) in [
            (3_000, &[80, 95, 100][..], 2_400),
            (7, &[95, 80][..], 6),
            (0, &[80][..], 0),
            (10, &[][..], 11),
            (10, &[200][..], 11),
            (u64::MAX, &[100][..], u64::MAX),
            (u64::MAX, &[255][..], u64::MAX),
        ] {
            assert_eq!(close_to(max, thresholds), close, "{max} {thresholds:?}");
        }
    }
}
