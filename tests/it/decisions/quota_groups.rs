//! The rules of the group types, and groups' own maxima.

use planguard::decide::quota::COMMUNITY_MEMBERS;
use planguard::{
    Action, Authority, CatalogId, Counter, Decision, EditionId, Entitlements, Feature, GroupType, LimitId,
    LimitStatus, Max, Snapshot, Subject, VerdictReason,
};

use super::fixtures::{
    add_members, at, check, create, document, group, join, key, now, of_group, of_user, own, plan,
    resolve_at, snapshot, user, using,
};

fn standard() -> Snapshot {
    snapshot(plan(EditionId::STANDARD))
}

fn with_own_max(snapshot: &Snapshot, members: u64, own_max: u64) -> Snapshot {
    let counter = Counter { base: members, ceiling: Some(own(own_max)), ..Counter::default() };
    let usage = snapshot.usage.with(key(LimitId::MembersPerGroup, of_group("g")), counter);
    Snapshot { usage, ..snapshot.clone() }
}

#[test]
fn types_forbid_what_no_plan_lifts() {
    for (action, kind) in [
        (join(GroupType::Work), Some(GroupType::Work)),
        (join(GroupType::Public), None),
        (join(GroupType::Meeting), None),
        (join(GroupType::AvChatRoom), None),
        (add_members(GroupType::AvChatRoom, 1), Some(GroupType::AvChatRoom)),
        (add_members(GroupType::Work, 1), None),
        (create(GroupType::AvChatRoom, 3), Some(GroupType::AvChatRoom)),
        (create(GroupType::AvChatRoom, 0), None),
    ] {
        for snapshot in [standard(), snapshot(Entitlements::unknown())] {
            let verdict = check(&snapshot, &action);
            match kind {
                Some(kind) => {
                    assert!(!verdict.may_proceed(), "{action:?}");
                    assert_eq!(verdict.reason, VerdictReason::GroupTypeForbids(kind));
                }
                None => assert!(verdict.may_proceed(), "{action:?}"),
            }
        }
    }
}

#[test]
fn audio_video_groups_have_members_without_bound_and_a_count_of_their_own() {
    let crowded = using(&standard(), LimitId::MembersPerGroup, of_group("g"), 1_000_000);
    assert!(check(&crowded, &join(GroupType::AvChatRoom)).may_proceed());
    assert!(!check(&crowded, &join(GroupType::Public)).may_proceed());

    let fifty = using(&standard(), LimitId::AvGroups, Subject::App, 50);
    let denied = check(&fifty, &create(GroupType::AvChatRoom, 0));
    assert_eq!(denied.tightest().unwrap().limit, LimitId::AvGroups);
    assert!(!denied.may_proceed());
    assert!(check(&fifty, &create(GroupType::Public, 0)).may_proceed());
}

#[test]
fn communities_need_the_feature_and_count_by_themselves() {
    let verdict = check(&standard(), &create(GroupType::Community, 0));
    assert_eq!(verdict.reason, VerdictReason::FeatureNotInPlan(Feature::Community));
    assert!(!verdict.may_proceed());
    assert!(check(&snapshot(plan(EditionId::PREMIUM)), &create(GroupType::Community, 0)).may_proceed());

    let mut doc = document(CatalogId::INTL_2022, EditionId::ULTIMATE);
    doc.applications.insert(Feature::Community, now());
    let ultimate = snapshot(resolve_at(&doc, now()));
    let full = using(&ultimate, LimitId::Communities, Subject::App, 100_000);
    let denied = check(&full, &create(GroupType::Community, 0));
    assert_eq!(denied.tightest().unwrap().limit, LimitId::Communities);
    assert!(!denied.may_proceed());

    // The plan's 2,000 members are of other groups: 99,999 and one more fit.
    let large = using(&ultimate, LimitId::MembersPerGroup, of_group("g"), COMMUNITY_MEMBERS - 1);
    let joined = check(&large, &join(GroupType::Community));
    assert!(joined.may_proceed());
    assert_eq!(joined.tightest().unwrap().evidence.authority, Authority::GroupType);
    let full = using(&ultimate, LimitId::MembersPerGroup, of_group("g"), COMMUNITY_MEMBERS);
    assert!(!check(&full, &join(GroupType::Community)).may_proceed());
}

#[test]
fn creating_a_group_checks_four_limits() {
    let verdict = check(&standard(), &create(GroupType::Work, 198));
    let limits: Vec<_> = verdict.checks.iter().map(|check| check.limit).collect();
    assert_eq!(limits.len(), 4);
    assert_eq!(limits[0], LimitId::MembersPerGroup, "199 of 200 are the tightest");
    assert_eq!(limits[3], LimitId::NonAvGroups, "unlimited comes last");
    for limit in [LimitId::GroupsPerUser, LimitId::NetNewGroupsPerDay] {
        assert!(limits.contains(&limit));
    }
}

#[test]
fn the_owner_is_one_of_the_initial_members() {
    assert!(check(&standard(), &create(GroupType::Work, 199)).may_proceed());
    let denied = check(&standard(), &create(GroupType::Work, 200));
    let tightest = denied.tightest().unwrap();
    assert!(!denied.may_proceed());
    assert_eq!((tightest.requested, tightest.fits), (201, 200));
    assert!(!check(&standard(), &create(GroupType::Work, u64::MAX)).may_proceed());
}

#[test]
fn the_groups_own_maximum_binds_below_the_plans() {
    let small = with_own_max(&standard(), 50, 50);
    let denied = check(&small, &add_members(GroupType::Public, 1));
    let tightest = denied.tightest().unwrap();
    assert_eq!(tightest.evidence.max, Some(Max::Of(50)));
    assert_eq!(tightest.evidence.authority, Authority::GroupOwn);

    let beyond_plan = with_own_max(&standard(), 200, 500);
    let denied = check(&beyond_plan, &add_members(GroupType::Public, 1));
    let tightest = denied.tightest().unwrap();
    assert_eq!(
        (tightest.evidence.max, tightest.evidence.authority),
        (Some(Max::Of(200)), Authority::Catalog)
    );

    let unknown = with_own_max(&snapshot(Entitlements::unknown()), 50, 50);
    let verdict = check(&unknown, &add_members(GroupType::Public, 1));
    assert!(verdict.tightest().unwrap().is_exceeded(), "known whatever the plan");
    assert!(verdict.decision == Decision::Warned);
}

#[test]
fn a_group_is_enlarged_up_to_the_plan() {
    let enlarge = |kind, to| check(&standard(), &Action::EnlargeGroup { group: group("g"), kind, to });
    assert!(enlarge(GroupType::Public, 200).decision == Decision::Allowed);
    let denied = enlarge(GroupType::Public, 201);
    assert!(!denied.may_proceed());
    assert_eq!(denied.tightest().unwrap().fits, 200);
    assert!(enlarge(GroupType::AvChatRoom, 1_000_000).may_proceed());
    assert!(enlarge(GroupType::Community, COMMUNITY_MEMBERS).may_proceed());
}

#[test]
fn the_days_net_increase_counts_groups_of_all_types() {
    let trial = snapshot(plan(EditionId::FREE_TRIAL));
    let spent = using(&trial, LimitId::NetNewGroupsPerDay, Subject::App, 100);
    for kind in
        [GroupType::Work, GroupType::Public, GroupType::Meeting, GroupType::AvChatRoom, GroupType::Community]
    {
        let denied = check(&spent, &create(kind, 0));
        let tightest = denied.tightest().unwrap();
        assert!(!denied.may_proceed(), "{kind}");
        assert_eq!(tightest.limit, LimitId::NetNewGroupsPerDay);
        assert_eq!(tightest.status, LimitStatus::Exceeds);
        assert_eq!(tightest.resets_at, Some(at("2024-08-15T16:00:00Z")), "midnight in UTC+8");
    }
    let dissolve = Action::DissolveGroup { owner: user("ada"), group: group("g"), kind: GroupType::Work };
    assert!(check(&spent, &dissolve).decision == Decision::Allowed);
}

#[test]
fn the_tightest_of_several_comes_first() {
    // 45 of 50 groups of the user (90 %), 99 of 100 groups of the app (99 %).
    let trial = snapshot(plan(EditionId::FREE_TRIAL));
    let used = using(&trial, LimitId::GroupsPerUser, of_user("ada"), 44);
    let used = using(&used, LimitId::NonAvGroups, Subject::App, 98);
    let verdict = check(&used, &create(GroupType::Public, 0));
    let limits: Vec<_> = verdict.checks.iter().map(|check| check.limit).collect();
    assert_eq!(limits[..2], [LimitId::NonAvGroups, LimitId::GroupsPerUser]);
    let both_full = using(&used, LimitId::GroupsPerUser, of_user("ada"), 50);
    let denied = check(&both_full, &create(GroupType::Public, 0));
    assert_eq!(denied.tightest().unwrap().limit, LimitId::GroupsPerUser);
    assert!(!denied.may_proceed());
}
