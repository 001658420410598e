//! Refusals in context: undocumented limits, corrections, remedies.

use std::sync::Arc;

use planguard::decide::{rejection::classify, remedy};
use planguard::{
    Action, Correction, Counter, EditionId, Feature, GroupType, LimitCheck, LimitId, Max, Rejection,
    RejectionClass, RejectionContext, Remedy, ServiceId, Snapshot, Subject, UsageOrigin,
};

use super::fixtures::{
    add_friend, add_members, check, create, join, key, now, of_group, of_user, plan, snapshot, using,
};

fn reject(code: i32, message: &str, action: &Action) -> Rejection {
    classify(code, message, &RejectionContext { action: Some(action), ..RejectionContext::default() })
}

#[test]
fn undocumented_limits_are_read_from_action_and_message() {
    let public = create(GroupType::Public, 0);
    let community = create(GroupType::Community, 0);
    for message in ["Daily net increase of groups exceeds the limit", "日净增群组数达到上限"] {
        let rejection = reject(99_001, message, &public);
        assert_eq!(rejection.class, RejectionClass::LimitReached);
        assert_eq!(rejection.limit, Some(LimitId::NetNewGroupsPerDay));
        assert!(!rejection.certain);
    }
    let rejection = reject(99_002, "the number of communities exceeds the limit", &community);
    assert_eq!(rejection.limit, Some(LimitId::Communities));
    for (message, action) in [
        ("Daily net increase of groups exceeds the limit", &add_friend()),
        ("internal error", &public),
        ("community creation failed", &community),
        ("", &community),
    ] {
        let rejection = reject(99_003, message, action);
        assert_eq!(rejection.class, RejectionClass::Unknown, "{message}");
        assert_eq!((rejection.code, rejection.message.as_str()), (99_003, message));
        assert_eq!(rejection.limit, None);
    }
}

#[test]
fn a_missing_feature_is_named_by_its_context() {
    let create = create(GroupType::Community, 0);
    assert_eq!(reject(10_059, "", &create).feature, Some(Feature::Community));
    let context =
        RejectionContext { feature: Some(Feature::TargetedGroupMessages), ..RejectionContext::default() };
    assert_eq!(classify(7013, "", &context).feature, Some(Feature::TargetedGroupMessages));
    assert_eq!(classify(10_037, "", &context).feature, None);
}

#[test]
fn messages_stay_out_of_debug_output() {
    let rejection = classify(424_242, "user ada@example.com is unknown", &RejectionContext::default());
    assert!(!format!("{rejection:?}").contains("ada"));
    assert!(format!("{rejection:?}").contains("424242"));
}

fn standard_with(limit: LimitId, subject: Subject, counter: Counter) -> Snapshot {
    let standard = snapshot(plan(EditionId::STANDARD));
    Snapshot { usage: standard.usage.with(key(limit, subject), counter), ..standard }
}

fn correction(code: i32, snapshot: &Snapshot, action: &Action) -> Option<Correction> {
    rejected(code, snapshot, action).correction
}

fn rejected(code: i32, snapshot: &Snapshot, action: &Action) -> Rejection {
    let verdict = check(snapshot, action);
    let checks: &[LimitCheck] = &verdict.checks;
    let context = RejectionContext {
        action: Some(action),
        checks,
        own: Some(of_user("ada")),
        ..RejectionContext::default()
    };
    classify(code, "", &context)
}

#[test]
fn what_was_only_counted_here_is_corrected() {
    let counted = |used| Counter { added: used, ..Counter::default() };
    let (limit, subject) = (LimitId::FriendsPerUser, of_user("ada"));
    let few = standard_with(limit, subject, counted(12));
    assert_eq!(
        correction(30_010, &few, &add_friend()),
        Some(Correction::Used { limit, subject, value: 3000 })
    );
    assert_eq!(
        correction(30_014, &few, &add_friend()),
        Some(Correction::Used { limit, subject: of_user("bob"), value: 3000 }),
        "the other side's list"
    );
    // 60 did not fit into 200: at least 141 are there.
    let group = of_group("g");
    let bulk = standard_with(LimitId::MembersPerGroup, group, counted(1));
    assert_eq!(
        correction(10_038, &bulk, &add_members(GroupType::Public, 60)),
        Some(Correction::Used { limit: LimitId::MembersPerGroup, subject: group, value: 141 })
    );
}

#[test]
fn what_was_observed_corrects_the_limit() {
    let observed =
        Counter { base: 2000, as_of: Some(now()), origin: UsageOrigin::Observed, ..Counter::default() };
    let snapshot = standard_with(LimitId::FriendsPerUser, of_user("ada"), observed);
    assert_eq!(
        correction(30_010, &snapshot, &add_friend()),
        Some(Correction::Ceiling { limit: LimitId::FriendsPerUser, subject: of_user("ada"), max: 2000 }),
        "of this user: nobody else's list was refused"
    );
    let members =
        Counter { base: 100, as_of: Some(now()), origin: UsageOrigin::Observed, ..Counter::default() };
    let group = standard_with(LimitId::MembersPerGroup, of_group("g"), members);
    assert_eq!(
        correction(10_014, &group, &add_members(GroupType::Public, 1)),
        Some(Correction::Ceiling { limit: LimitId::MembersPerGroup, subject: of_group("g"), max: 100 }),
        "the group's own maximum, not the plan's"
    );
    let bulk = add_members(GroupType::Public, 30);
    assert_eq!(correction(10_038, &group, &bulk), None, "where in between the limit lies is not known");
}

#[test]
fn a_refusal_that_was_foreseen_corrects_nothing() {
    let full = using(&snapshot(plan(EditionId::STANDARD)), LimitId::FriendsPerUser, of_user("ada"), 3000);
    let rejection = rejected(30_010, &full, &add_friend());
    assert_eq!(rejection.correction, None);
    assert!(!rejection.refetch);
    assert!(rejected(30_010, &snapshot(plan(EditionId::STANDARD)), &add_friend()).refetch);
    assert_eq!(correction(10_007, &full, &add_friend()), None);
}

#[test]
fn refusals_have_remedies() {
    let standard = snapshot(plan(EditionId::STANDARD));
    let entitlements: &Arc<_> = &standard.entitlements;
    let ways = |code, action: &Action| {
        let verdict = check(&standard, action);
        let checks: &[LimitCheck] = &verdict.checks;
        let context = RejectionContext { action: Some(action), checks, ..RejectionContext::default() };
        let rejection = classify(code, "", &context);
        remedy::for_rejection(entitlements, &rejection, &context, now())
    };
    let groups = ways(10_037, &join(GroupType::Public));
    assert_eq!(groups[0], Remedy::Sync, "here it seemed to fit");
    assert!(matches!(groups[1], Remedy::ChangeEdition { to: EditionId::PREMIUM, .. }));
    let full = ways(10_014, &add_members(GroupType::Public, 1));
    assert_eq!(full, [Remedy::RaiseGroupMaximum { up_to: Max::Of(200) }]);
    let community = ways(10_059, &create(GroupType::Community, 0));
    assert!(matches!(community.as_slice(), [Remedy::ChangeEdition { to: EditionId::PREMIUM, .. }]));
    assert_eq!(
        ways(11_000, &create(GroupType::Community, 0)),
        [Remedy::SwitchOn { feature: Feature::Community }]
    );
    let tiers = |group| -> Vec<String> {
        let tier = |way| match way {
            Remedy::BuyService { service: ServiceId::CALL, tier: Some(tier), .. } => tier,
            other => panic!("{other:?}"),
        };
        ways(-1001, &Action::Call { group }).into_iter().map(tier).collect()
    };
    assert_eq!(tiers(false), ["free", "one_to_one", "group"]);
    assert_eq!(tiers(true), ["free", "group"], "a call of two is not enough for a group");
    assert_eq!(ways(60_020, &add_friend()).first(), Some(&Remedy::Sync));
    assert!(ways(80_001, &add_friend()).is_empty());
}
