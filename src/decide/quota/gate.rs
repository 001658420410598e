//! What stands before the limits: rules of the group types, features and services that an action needs.

use crate::decide::feature::decided;
use crate::model::{
    Action, Catalog, DecisionPolicy, Entitlements, Feature, FeatureReason, GroupType, Lifecycle, LimitId,
    ServiceId, Timestamp, VerdictReason,
};

/// Whether a tier of the call service covers calls of more than two people.
pub(in crate::decide) fn covers_group_calls(tier: Option<&str>) -> bool {
    tier != Some("one_to_one")
}

/// The group type, where it forbids the action whatever the plan.
///
/// Nobody joins a Work group without an invitation, and nobody is invited to an audio-video group
/// (trtc.io/document/33529).
pub(super) const fn forbidden_by_type(action: &Action) -> Option<GroupType> {
    match action {
        Action::JoinGroup { kind: GroupType::Work, .. }
        | Action::ApplyToJoin { kind: GroupType::Work, .. } => Some(GroupType::Work),
        Action::AddMembers { kind: GroupType::AvChatRoom, count, .. } if *count > 0 => {
            Some(GroupType::AvChatRoom)
        }
        Action::CreateGroup { kind: GroupType::AvChatRoom, initial_members, .. } if *initial_members > 0 => {
            Some(GroupType::AvChatRoom)
        }
        _ => None,
    }
}

/// What the plan lacks that the action needs; `None` when nothing is known to be missing.
pub(super) fn missing_from_plan(
    entitlements: &Entitlements,
    action: &Action,
    lifecycle: Lifecycle,
    now: Timestamp,
    policy: &DecisionPolicy,
) -> Option<VerdictReason> {
    // Without an edition, that a service or feature is absent says nothing.
    // Nor does it where the price list does not say which services there are.
    let catalog =
        entitlements.edition.and(entitlements.price_list.as_deref()).filter(|list| list.services_stated);
    let lacks = |name| {
        let (granted, reason) = decided(entitlements, name, lifecycle, now, policy);
        !granted && reason != FeatureReason::Unknown
    };
    match action {
        Action::CreateGroup { kind: GroupType::Community, .. } => {
            lacks(Feature::Community).then_some(VerdictReason::FeatureNotInPlan(Feature::Community))
        }
        Action::Search => {
            let missing = entitlements.service(ServiceId::CLOUD_SEARCH).is_none()
                && entitlements.limit(LimitId::SearchRequestsPerMonth).is_none();
            catalog.filter(|_| missing).map(|_| VerdictReason::ServiceNotInPlan(ServiceId::CLOUD_SEARCH))
        }
        Action::Push { .. } => {
            let plugin = entitlements.service(ServiceId::PUSH).is_some()
                || entitlements.limit(LimitId::PushCallsPerDay).is_some();
            match catalog {
                _ if plugin || !lacks(Feature::PushToAllUsers) => None,
                // Where the price list sells no plugin, the edition has the feature or lacks it.
                Some(catalog) if catalog.service(ServiceId::PUSH).is_some() => {
                    Some(VerdictReason::ServiceNotInPlan(ServiceId::PUSH))
                }
                _ => Some(VerdictReason::FeatureNotInPlan(Feature::PushToAllUsers)),
            }
        }
        Action::Call { group } => catalog.and_then(|catalog| lacking_call(entitlements, catalog, *group)),
        _ => None,
    }
}

fn lacking_call(entitlements: &Entitlements, catalog: &Catalog, group: bool) -> Option<VerdictReason> {
    let sold = [ServiceId::CALL, ServiceId::AUDIO_VIDEO_CALL];
    let sold = sold.into_iter().find(|&id| catalog.service(id).is_some())?;
    let covers = entitlements.services.iter().any(|service| match service.id {
        ServiceId::AUDIO_VIDEO_CALL => true,
        ServiceId::CALL => !group || covers_group_calls(service.tier.as_deref()),
        _ => false,
    });
    let lacking =
        if group { VerdictReason::GroupCallNotInPlan(sold) } else { VerdictReason::ServiceNotInPlan(sold) };
    (!covers).then_some(lacking)
}
