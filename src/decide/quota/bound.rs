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

/// What binds one counter: the plan's limit, the group type in its place, or the group's own maximum below it.
///
/// The one rule for checks, warnings, previews and corrections. `kind` is the type of the group that the counter
/// belongs to, `None` where it is not known or the counter is no group's. `None` comes back when nothing is known
/// to bind it.
pub fn binds(
    entitlements: &Entitlements,
    limit: LimitId,
    kind: Option<GroupType>,
    counter: &Counter,
) -> Option<EffectiveLimit> {
    within_group(of_plan(entitlements, limit, kind), limit, kind, counter)
}

/// As [`binds`], under a plan that the app does not have yet: `plan` is what that one allows.
pub(in crate::decide) fn would_bind(
    plan: Option<EffectiveLimit>,
    limit: LimitId,
    kind: Option<GroupType>,
    counter: &Counter,
) -> Option<EffectiveLimit> {
    within_group(by_type(plan, true, limit, kind), limit, kind, counter)
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

/// The plan's bound, unless the group was itself given a lower one.
fn within_group(
    plan: Option<EffectiveLimit>,
    limit: LimitId,
    kind: Option<GroupType>,
    counter: &Counter,
) -> Option<EffectiveLimit> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::entitle::fallback;
    use crate::model::EditionId;

    fn max(kind: Option<GroupType>, own_max: Option<u64>, known: bool) -> Option<(Max, Authority)> {
        let edition = EditionId::Standard;
        let plan = if known { fallback(edition.catalog(), edition) } else { Entitlements::unknown() };
        let counter = Counter { own_max, ..Counter::default() };
        let limit = LimitId::MembersPerGroup;
        let bound = binds(&plan, limit, kind, &counter);
        if known {
            assert_eq!(would_bind(plan.limit(limit), limit, kind, &counter), bound, "{kind:?} {own_max:?}");
        }
        bound.map(|bound| (bound.max, bound.authority))
    }

    #[test]
    fn a_group_is_bound_by_plan_type_or_its_own_maximum() {
        use GroupType::{AvChatRoom, Community, Public};
        let (plan, by_type, own) = (Authority::Fallback, Authority::GroupType, Authority::GroupOwn);
        // 200 members by the table of Standard.
        for (kind, own_max, known, expected) in [
            (None, None, true, Some((Max::Of(200), plan))),
            (Some(Public), None, true, Some((Max::Of(200), plan))),
            (Some(Public), Some(199), true, Some((Max::Of(199), own))),
            (Some(Public), Some(200), true, Some((Max::Of(200), plan))),
            (Some(Public), Some(6_000), true, Some((Max::Of(200), plan))),
            (None, Some(50), true, Some((Max::Of(50), own))),
            (Some(AvChatRoom), None, true, Some((Max::Unlimited, by_type))),
            (Some(AvChatRoom), Some(50), true, Some((Max::Unlimited, by_type))),
            (Some(Community), None, true, Some((Max::Of(COMMUNITY_MEMBERS), by_type))),
            (Some(Community), Some(300), true, Some((Max::Of(300), own))),
            (None, None, false, None),
            (Some(Public), Some(50), false, Some((Max::Of(50), own))),
            (Some(Community), None, false, None),
            (Some(AvChatRoom), Some(50), false, Some((Max::Unlimited, by_type))),
        ] {
            assert_eq!(max(kind, own_max, known), expected, "{kind:?} {own_max:?} {known}");
        }
    }
}
