//! What binds one counter: the plan's limit, the group type's or the counter's own, whichever is in force.

use crate::model::{
    Authority, CeilingOrigin, Counter, EffectiveLimit, Entitlements, GroupType, LimitId, Max,
};

/// The most members of a community, by its type (trtc.io/document/33529). The plan's `members_per_group` does
/// not speak of communities. Larger plans than those of the built-in price lists have more.
pub const COMMUNITY_MEMBERS: u64 = 100_000;

/// What binds one counter: the plan's limit, the group type in its place, or the counter's own maximum below it.
///
/// The one rule for checks, reservations, warnings, previews and corrections. `kind` is the type of the group that an
/// action names; without one the type that the counter knows decides. `None` comes back when nothing is known to bind
/// it.
pub fn binds(
    entitlements: &Entitlements,
    limit: LimitId,
    kind: Option<GroupType>,
    counter: &Counter,
) -> Option<EffectiveLimit> {
    let kind = kind.or(counter.group_type);
    within_own(of_plan(entitlements, limit, kind), limit, kind, counter, entitlements.revision())
}

/// As [`binds`], under a plan that the app does not have yet: `plan` is what that one allows. What a refusal showed
/// was about the plan of today and says nothing of it.
pub(in crate::decide) fn would_bind(
    plan: Option<EffectiveLimit>,
    limit: LimitId,
    kind: Option<GroupType>,
    counter: &Counter,
) -> Option<EffectiveLimit> {
    let kind = kind.or(counter.group_type);
    within_own(by_type(plan, true, limit, kind), limit, kind, counter, u64::MAX)
}

/// What the plan, or the group type in its place, allows; `None` when it is not known.
pub(super) fn of_plan(
    entitlements: &Entitlements,
    limit: LimitId,
    kind: Option<GroupType>,
) -> Option<EffectiveLimit> {
    by_type(entitlements.limit(limit), entitlements.edition.is_some(), limit, kind)
}

fn by_type(
    plan: Option<EffectiveLimit>,
    edition_known: bool,
    limit: LimitId,
    kind: Option<GroupType>,
) -> Option<EffectiveLimit> {
    let by_type = |max| EffectiveLimit { max, authority: Authority::GroupType };
    match (limit, kind) {
        (LimitId::MembersPerGroup, Some(GroupType::AvChatRoom)) => Some(by_type(Max::Unlimited)),
        // On an edition that this version does not know, the bound may be ten times higher.
        (LimitId::MembersPerGroup, Some(GroupType::Community)) => {
            edition_known.then(|| by_type(Max::Of(COMMUNITY_MEMBERS)))
        }
        _ => plan,
    }
}

/// Whether what a refusal showed under a document of the revision `then` still holds with one of `revision`. Held documents
/// never go back in revision but by right, when the number of the one before turned out to be nobody's: then what was
/// shown under it ends with it. Without a document the refusal is the best that is known.
const fn is_current(then: u64, revision: u64) -> bool {
    revision == then || revision == 0
}

/// The plan's bound, unless the counter has a lower one of its own that still holds with a document of `revision`.
fn within_own(
    plan: Option<EffectiveLimit>,
    limit: LimitId,
    kind: Option<GroupType>,
    counter: &Counter,
    revision: u64,
) -> Option<EffectiveLimit> {
    let own = counter.ceiling.and_then(|ceiling| {
        // An audio-video group has no maximum; whatever the chat SDK reports there is not one.
        let has_one = (limit, kind) != (LimitId::MembersPerGroup, Some(GroupType::AvChatRoom));
        let (holds, authority) = match ceiling.origin {
            CeilingOrigin::Group => (true, Authority::GroupOwn),
            // The endpoint's next figure replaces what a refusal showed.
            CeilingOrigin::Inferred { revision: then } if limit == LimitId::MembersPerGroup => {
                (is_current(then, revision), Authority::GroupOwn)
            }
            CeilingOrigin::Inferred { revision: then } => (is_current(then, revision), Authority::Rejection),
        };
        (has_one && holds).then_some(EffectiveLimit { max: Max::Of(ceiling.max), authority })
    });
    match (plan, own) {
        (Some(plan), Some(own)) if own.max >= plan.max => Some(plan),
        (_, Some(own)) => Some(own),
        (plan, None) => plan,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Ceiling;

    #[test]
    fn what_a_refusal_showed_holds_with_the_document_of_then_alone() {
        let holds = |then, revision| {
            let origin = CeilingOrigin::Inferred { revision: then };
            let counter = Counter { ceiling: Some(Ceiling { max: 5, origin }), ..Counter::default() };
            within_own(None, LimitId::GroupsPerUser, None, &counter, revision).is_some()
        };
        assert!(holds(7, 7) && holds(0, 0));
        assert!(!holds(7, 8) && !holds(0, 1), "a newer document says what holds");
        assert!(!holds(u64::MAX, 5), "the number of the document of then was nobody's");
        assert!(holds(7, 0), "without a document the refusal is the best that is known");
    }
}
