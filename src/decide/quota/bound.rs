//! The bound on one counter: the plan's, the group type's or the group's own, whichever is in force.

use crate::model::{Action, Authority, Counter, EffectiveLimit, Entitlements, GroupType, LimitId, Max};

/// The most members of a community, by its type (trtc.io/document/33529). The plan's `members_per_group` does
/// not speak of communities. Larger plans than those of the built-in price lists have more.
pub const COMMUNITY_MEMBERS: u64 = 100_000;

/// The type of the group that an action is about.
pub const fn group_type(action: &Action) -> Option<GroupType> {
    match action {
        Action::JoinGroup { kind, .. }
        | Action::LeaveGroup { kind, .. }
        | Action::CreateGroup { kind, .. }
        | Action::DissolveGroup { kind, .. }
        | Action::AddMembers { kind, .. }
        | Action::RemoveMembers { kind, .. }
        | Action::EnlargeGroup { kind, .. } => Some(*kind),
        _ => None,
    }
}

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

/// The bound on `counter`: the plan's, unless the group was itself given a lower one.
pub(super) fn bound(
    entitlements: &Entitlements,
    limit: LimitId,
    kind: Option<GroupType>,
    counter: &Counter,
) -> Option<EffectiveLimit> {
    let plan = of_plan(entitlements, limit, kind);
    // An audio-video group has no maximum; whatever the chat SDK reports there is not one.
    let own = counter
        .own_max
        .filter(|_| limit == LimitId::MembersPerGroup && kind != Some(GroupType::AvChatRoom))
        .map(Max::Of);
    match (plan, own) {
        (Some(plan), Some(own)) if own >= plan.max => Some(plan),
        (_, Some(own)) => Some(EffectiveLimit { max: own, authority: Authority::GroupOwn }),
        (plan, None) => plan,
    }
}
