//! What a refusal shows to be wrong here: the counter, the limit, or the group's own maximum.

use crate::model::{
    Advice, Authority, Correction, LimitCheck, LimitId, Max, Rejection, RejectionClass, RejectionContext,
    UsageOrigin,
};

use super::code::PEER;

/// A counter that only this install kept is corrected; one that somebody with an overview reported is believed, and
/// then it is the limit of this one counter that is lower than what was known. A refusal says nothing of others.
pub(super) fn correction(rejection: &Rejection, context: &RejectionContext<'_>) -> Option<Correction> {
    if rejection.class != RejectionClass::LimitReached {
        return None;
    }
    let limit = rejection.limit?;
    let mut checks = context.checks.iter().filter(|check| check.limit == limit && check.requested > 0);
    let check = match (limit, context.own) {
        // Two sides have a counter each, and which comes first depends on how full they are.
        (LimitId::FriendsPerUser, own) => {
            let own = own?;
            checks.find(|check| (check.subject == own) != (rejection.code == PEER))
        }
        _ => checks.next(),
    }?;
    let LimitCheck { subject, requested, evidence, .. } = *check;
    let believed = matches!(evidence.usage_origin, UsageOrigin::Observed | UsageOrigin::Endpoint);
    if rejection.advice == Advice::RaiseGroupMaximum {
        let unknown = evidence.authority != Authority::GroupOwn;
        return (believed && unknown).then_some(Correction::Ceiling { limit, subject, max: evidence.used });
    }
    match evidence.max {
        // The refusal is what was expected here.
        _ if check.is_exceeded() => None,
        Some(Max::Of(max)) if !believed => {
            // What was asked for did not fit, so at least this much is used.
            let value = max.saturating_sub(requested.unsigned_abs().saturating_sub(1));
            Some(Correction::Used { limit, subject, value })
        }
        // A bulk request that fails does not show where below it the limit lies.
        _ if believed && requested == 1 => Some(Correction::Ceiling { limit, subject, max: evidence.used }),
        _ => None,
    }
}
