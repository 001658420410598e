//! What binds one counter: the plan's limit, the group type's or the counter's own, whichever is in force.

use crate::model::{
    Authority, CeilingOrigin, Counter, EffectiveLimit, Entitlements, GroupType, LimitId, Max,
};

/// The most members of a community, by its type (trtc.io/document/33529). The plan's `members_per_group` does
/// not speak of communities. Larger plans than those of the built-in price lists have more.
pub const COMMUNITY_MEMBERS: u64 = 100_000;

/// What the plan, or the group type in its place, allows; `None` when it is not known.
pub(super) fn of_plan(
    entitlements: &Entitlements,
    limit: LimitId,
    kind: Option<GroupType>,
) -> Option<EffectiveLimit> {
    let by_type = |max| EffectiveLimit { max, authority: Authority::GroupType };
    match (limit, kind) {
        (LimitId::MembersPerGroup, Some(GroupType::AvChatRoom)) => Some(by_type(Max::Unlimited)),
        // On an edition that this version does not know, the bound may be ten times higher.
        (LimitId::MembersPerGroup, Some(GroupType::Community)) => {
            entitlements.edition.map(|_| by_type(Max::Of(COMMUNITY_MEMBERS)))
        }
        _ => entitlements.limit(limit),
    }
}

/// What binds `counter`: the plan's limit, unless the counter has a lower one of its own. Checks, reservations,
/// warnings, previews and corrections all ask this.
///
/// `kind` is the type of the group that an action names; without one the type that the counter knows decides.
pub fn bound(
    entitlements: &Entitlements,
    limit: LimitId,
    kind: Option<GroupType>,
    counter: &Counter,
) -> Option<EffectiveLimit> {
    let kind = kind.or(counter.group_type);
    let plan = of_plan(entitlements, limit, kind);
    let own = counter.ceiling.and_then(|ceiling| {
        // An audio-video group has no maximum; whatever the chat SDK reports there is not one.
        let has_one = (limit, kind) != (LimitId::MembersPerGroup, Some(GroupType::AvChatRoom));
        let believed = match ceiling.origin {
            CeilingOrigin::Group => true,
            // The endpoint's next figure replaces what a refusal showed.
            CeilingOrigin::Inferred { revision } => entitlements.revision() <= revision,
        };
        let authority = match ceiling.origin {
            CeilingOrigin::Inferred { .. } if limit != LimitId::MembersPerGroup => Authority::Rejection,
            _ => Authority::GroupOwn,
        };
        (has_one && believed).then_some(EffectiveLimit { max: Max::Of(ceiling.max), authority })
    });
    match (plan, own) {
        (Some(plan), Some(own)) if own.max >= plan.max => Some(plan),
        (_, Some(own)) => Some(own),
        (plan, None) => plan,
    }
}
