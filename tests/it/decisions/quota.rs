//! Limits: boundaries, enforcement, thresholds, grandfathering, evidence.

use planguard::Catalogs;
use planguard::decide::{entitle, quota};
use planguard::{
    Action, Assessment, Authority, CatalogId, Counter, Decision, DecisionPolicy, EditionId, Enforcement,
    Entitlements, GroupType, Lifecycle, LimitId, LimitStatus, Max, ServiceId, Snapshot, Subject,
    SuspensionCause, Timestamp, UsageOrigin, VerdictReason,
};

use super::fixtures::{
    HOUR, Plain, add_friend, add_members, at, check, check_with, create, document, grant, group, join, key,
    moment, now, of_group, of_user, plan, resolve_at, snapshot, user, using, zone,
};

fn standard() -> Snapshot {
    snapshot(plan(EditionId::STANDARD))
}

fn reason(verdict: &Assessment) -> VerdictReason {
    verdict.reason
}

#[test]
fn friends_end_at_the_limit() {
    for (edition, limit) in [(EditionId::FREE_TRIAL, 20), (EditionId::STANDARD, 3000)] {
        let with = |used| {
            check(
                &using(&snapshot(plan(edition)), LimitId::FriendsPerUser, of_user("ada"), used),
                &add_friend(),
            )
        };
        assert!(with(limit - 1).decision == Decision::Warned, "the last one reaches 100 %");
        let denied = with(limit);
        assert!(denied.decision == Decision::Denied);
        let tightest = denied.tightest().unwrap();
        assert_eq!(tightest.subject, of_user("ada"));
        assert_eq!(tightest.evidence.max, Some(Max::Of(limit)));
        assert_eq!((tightest.evidence.used, tightest.requested, tightest.fits), (limit, 1, 0));
        assert_eq!(tightest.evidence.authority, Authority::Catalog);
        assert!(!tightest.evidence.stale);
    }
}

#[test]
fn the_peers_side_counts_as_far_as_it_is_known() {
    let peer_full = using(&standard(), LimitId::FriendsPerUser, of_user("bob"), 3000);
    let denied = check(&peer_full, &add_friend());
    assert_eq!(reason(&denied), VerdictReason::LimitReached);
    let checks = &denied.checks;
    assert_eq!(checks.len(), 2);
    assert_eq!((checks[0].subject, checks[1].subject), (of_user("bob"), of_user("ada")));
    assert_eq!(checks[1].status, LimitStatus::UsageUnknown, "ada's list was never read");
}

#[test]
fn of_sixty_forty_seven_fit() {
    let snapshot = using(&standard(), LimitId::MembersPerGroup, of_group("g"), 153);
    let denied = check(&snapshot, &add_members(GroupType::Public, 60));
    let tightest = denied.tightest().unwrap();
    assert!(denied.decision == Decision::Denied);
    assert_eq!((tightest.requested, tightest.fits), (60, 47));
    assert!(check(&snapshot, &add_members(GroupType::Public, 47)).may_proceed());
    assert!(!check(&snapshot, &add_members(GroupType::Public, 48)).may_proceed());
}

#[test]
fn reservations_take_room_until_they_expire() {
    let key = key(LimitId::FriendsPerUser, of_user("ada"));
    let until = Timestamp::from_millis(now().as_millis() + 10);
    let counter =
        Counter { base: 2999, reserved: 1, reserved_until: moment(until).elapsed, ..Counter::default() };
    let snapshot = Snapshot { usage: standard().usage.with(key, counter), ..standard() };
    let denied = check(&snapshot, &add_friend());
    assert!(!denied.may_proceed());
    let evidence = denied.tightest().unwrap().evidence;
    assert_eq!((evidence.used, evidence.reserved), (2999, 1));
    assert!(check_with(&snapshot, &add_friend(), &DecisionPolicy::default(), until).may_proceed());
}

#[test]
fn thresholds_warn() {
    let status = |used, percent: u64| {
        let with = using(&standard(), LimitId::FriendsPerUser, of_user("ada"), used);
        let verdict = check(&with, &add_friend());
        assert_eq!(verdict.decision == Decision::Warned, percent > 0, "{used}");
        verdict.tightest().unwrap().status
    };
    // Of 3,000: 80 % are 2,400, 95 % are 2,850. The action adds one.
    assert_eq!(status(2398, 0), LimitStatus::Fits);
    assert_eq!(status(2399, 80), LimitStatus::Threshold(80));
    assert_eq!(status(2848, 80), LimitStatus::Threshold(80));
    assert_eq!(status(2849, 95), LimitStatus::Threshold(95));
    assert_eq!(status(2998, 95), LimitStatus::Threshold(95));
    assert_eq!(status(2999, 100), LimitStatus::Threshold(100));
}

#[test]
fn what_exists_above_a_lowered_limit_stays() {
    let over = using(&snapshot(plan(EditionId::FREE_TRIAL)), LimitId::FriendsPerUser, of_user("ada"), 25);
    let denied = check(&over, &add_friend());
    let tightest = denied.tightest().unwrap();
    assert_eq!((tightest.status, tightest.fits), (LimitStatus::Grandfathered, 0));
    let remove = Action::RemoveFriend { user: user("ada"), peer: user("bob") };
    assert!(check(&over, &remove).decision == Decision::Allowed);
}

#[test]
fn enforcement_is_the_apps_choice() {
    let full = using(&standard(), LimitId::FriendsPerUser, of_user("ada"), 3000);
    let with = |chosen| {
        let mut policy = DecisionPolicy::default();
        policy.enforcement.set(LimitId::FriendsPerUser, chosen);
        check_with(&full, &add_friend(), &policy, now())
    };
    assert!(with(None).decision == Decision::Denied);
    assert!(with(Some(Enforcement::Enforce)).decision == Decision::Denied);
    let warned = with(Some(Enforcement::Warn));
    assert!(warned.decision == Decision::Warned);
    assert_eq!(reason(&warned), VerdictReason::LimitReached);
    let off = with(Some(Enforcement::Off));
    assert!(off.decision == Decision::Allowed);
    assert!(off.checks.is_empty());
}

#[test]
fn stale_data_warns_unless_the_app_says_otherwise() {
    let full = using(&standard(), LimitId::FriendsPerUser, of_user("ada"), 3000);
    let later = Timestamp::from_millis(now().as_millis() + HOUR);
    let warned = check_with(&full, &add_friend(), &DecisionPolicy::default(), later);
    assert!(warned.decision == Decision::Warned);
    assert!(warned.tightest().unwrap().evidence.stale);
    let strict = DecisionPolicy { on_stale: Enforcement::Enforce, ..DecisionPolicy::default() };
    assert!(check_with(&full, &add_friend(), &strict, later).decision == Decision::Denied);
    let mut one = DecisionPolicy::default();
    one.enforce(LimitId::FriendsPerUser, Enforcement::Enforce);
    assert!(check_with(&full, &add_friend(), &one, later).decision == Decision::Denied);
}

#[test]
fn freshness_ends_at_its_instant() {
    let full = using(&standard(), LimitId::FriendsPerUser, of_user("ada"), 3000);
    let at = |millis| Timestamp::from_millis(now().as_millis() + millis);
    let policy = DecisionPolicy::default();
    assert!(check_with(&full, &add_friend(), &policy, at(299_999)).decision == Decision::Denied);
    assert!(check_with(&full, &add_friend(), &policy, at(300_000)).decision == Decision::Warned);
}

#[test]
fn an_unknown_plan_lets_through_and_says_so() {
    let unknown = snapshot(Entitlements::unknown());
    for action in
        [add_friend(), create(GroupType::Community, 5), Action::Search, Action::Call { group: true }]
    {
        let verdict = check(&unknown, &action);
        assert!(verdict.decision == Decision::Allowed, "{action:?}");
        assert_eq!(reason(&verdict), VerdictReason::Unknown);
    }
    let fallback =
        snapshot(entitle::fallback(CatalogId::INTL_2024, EditionId::FREE_TRIAL, &Catalogs::default()));
    let full = using(&fallback, LimitId::FriendsPerUser, of_user("ada"), 20);
    let warned = check(&full, &add_friend());
    assert!(warned.decision == Decision::Warned, "a fallback is never fresh");
    assert_eq!(warned.tightest().unwrap().evidence.authority, Authority::Fallback);
}

#[test]
fn suspension_denies_every_action() {
    let suspended =
        Lifecycle::Suspended { cause: SuspensionCause::Arrears, since: now(), reclaim_at: Timestamp::MAX };
    for action in
        [add_friend(), Action::RemoveFriend { user: user("ada"), peer: user("bob") }, Action::Search]
    {
        let verdict = quota::assess(
            &standard(),
            &action,
            &action.demands(&Plain),
            moment(now()),
            &zone(),
            &DecisionPolicy::default(),
            suspended,
        );
        assert!(verdict.decision == Decision::Denied);
        assert_eq!(reason(&verdict), VerdictReason::Suspended(suspended));
    }
}

#[test]
fn metered_services_are_quotas_once_bought() {
    let without = check(&standard(), &Action::Search);
    assert_eq!(reason(&without), VerdictReason::ServiceNotInPlan(ServiceId::CLOUD_SEARCH));
    assert!(!without.may_proceed());
    let push = Action::Push { messages: 10 };
    assert_eq!(reason(&check(&standard(), &push)), VerdictReason::ServiceNotInPlan(ServiceId::PUSH));
    assert!(check(&snapshot(plan(EditionId::FREE_TRIAL)), &push).may_proceed(), "the trial has the feature");

    let mut doc = document(CatalogId::INTL_2024, EditionId::STANDARD);
    doc.value_added = vec![grant(ServiceId::PUSH, None, None), grant(ServiceId::CLOUD_SEARCH, None, None)];
    let bought = snapshot(resolve_at(&doc, now()));
    assert!(check(&bought, &Action::Search).may_proceed());
    let used_up = using(&bought, LimitId::SearchRequestsPerMonth, Subject::App, 300_000);
    let denied = check(&used_up, &Action::Search);
    assert_eq!(reason(&denied), VerdictReason::LimitReached);
    // The month turns at midnight in the billing zone, UTC+8.
    assert_eq!(denied.tightest().unwrap().resets_at, Some(at("2024-08-31T16:00:00Z")));
    let calls = using(&bought, LimitId::PushCallsPerDay, Subject::App, 100);
    let denied = check(&calls, &push);
    assert_eq!(denied.tightest().unwrap().resets_at, Some(at("2024-08-15T16:00:00Z")));
    let ultimate = snapshot(plan(EditionId::ULTIMATE));
    assert_eq!(
        reason(&check(&ultimate, &push)),
        VerdictReason::FeatureNotInPlan(planguard::Feature::PushToAllUsers),
        "the list of 2022 sells no plugin"
    );
}

#[test]
fn calls_need_their_service_and_tier() {
    let with = |services: Vec<_>, group| {
        let mut doc = document(CatalogId::INTL_2024, EditionId::STANDARD);
        doc.value_added = services;
        check(&snapshot(resolve_at(&doc, now())), &Action::Call { group }).may_proceed()
    };
    assert!(!with(vec![], false));
    assert!(with(vec![grant(ServiceId::CALL, Some("one_to_one"), None)], false));
    assert!(!with(vec![grant(ServiceId::CALL, Some("one_to_one"), None)], true));
    assert!(with(vec![grant(ServiceId::CALL, Some("group"), None)], true));
    let pro = check(&snapshot(plan(EditionId::PRO)), &Action::Call { group: false });
    assert_eq!(reason(&pro), VerdictReason::ServiceNotInPlan(ServiceId::AUDIO_VIDEO_CALL));
}

#[test]
fn evidence_says_where_usage_comes_from() {
    let key = key(LimitId::FriendsPerUser, of_user("ada"));
    let counter = Counter {
        base: 100,
        as_of: Some(at("2024-08-14T00:00:00Z")),
        origin: UsageOrigin::Observed,
        added: 3,
        ..Counter::default()
    };
    let snapshot = Snapshot { usage: standard().usage.with(key, counter), ..standard() };
    let verdict = check(&snapshot, &add_friend());
    let ada = verdict.checks.iter().find(|check| check.subject == of_user("ada")).unwrap();
    assert_eq!((ada.evidence.used, ada.evidence.added_since), (103, 3));
    assert_eq!(ada.evidence.usage_origin, UsageOrigin::Observed);
    assert_eq!(ada.evidence.usage_as_of, Some(at("2024-08-14T00:00:00Z")));
}

#[test]
fn absurd_counts_are_denied_not_wrapped() {
    let used = using(&standard(), LimitId::MembersPerGroup, of_group("g"), 1);
    for count in [u64::MAX, u64::try_from(i64::MAX).unwrap(), 1 << 40] {
        let verdict = check(&used, &add_members(GroupType::Work, count));
        assert!(!verdict.may_proceed());
        assert_eq!(verdict.tightest().unwrap().fits, 199);
    }
    assert!(check(&used, &add_members(GroupType::Work, 0)).decision == Decision::Allowed);
    let huge = Action::EnlargeGroup { group: group("g"), kind: GroupType::Work, to: u64::MAX };
    assert!(!check(&used, &huge).may_proceed());
}

#[test]
fn reservations_carry_the_bounds_of_the_check() {
    let snapshot = standard();
    let action = join(GroupType::Public);
    let demands = action.demands(&Plain);
    let holds =
        quota::reservation(&snapshot, &action, &demands, moment(now()), &zone(), &DecisionPolicy::default());
    let bounds: Vec<_> = holds.iter().map(|hold| (hold.key.limit, hold.amount, hold.max)).collect();
    assert_eq!(
        bounds,
        [(LimitId::GroupsPerUser, 1, Max::Of(500)), (LimitId::MembersPerGroup, 1, Max::Of(200))]
    );
    let later = Timestamp::from_millis(now().as_millis() + HOUR);
    let stale =
        quota::reservation(&snapshot, &action, &demands, moment(later), &zone(), &DecisionPolicy::default());
    assert!(stale.iter().all(|hold| hold.max == Max::Unlimited), "warned, not denied");
}

#[test]
fn a_list_that_was_never_read_is_not_empty() {
    let unread = check(&standard(), &add_friend());
    assert_eq!((unread.decision, unread.reason), (Decision::Allowed, VerdictReason::UsageUnknown));
    let tightest = unread.verdict().tightest.unwrap();
    assert_eq!((tightest.used, tightest.fits, tightest.max), (None, 1, Some(Max::Of(3000))));
    assert_eq!(unread.tightest().unwrap().evidence.usage_origin, UsageOrigin::Unknown);
    assert!(unread.remedies().is_empty(), "nothing was denied");
    // What was counted here is the least that is used: beyond the limit it denies as any.
    let counted = Counter { added: 3000, ..Counter::default() };
    let key = key(LimitId::FriendsPerUser, of_user("ada"));
    let full = Snapshot { usage: standard().usage.with(key, counted), ..standard() };
    assert_eq!(check(&full, &add_friend()).decision, Decision::Denied);
}

#[test]
fn the_small_answer_is_the_large_one_without_its_evidence() {
    for used in [0, 2399, 2999, 3000, 3001] {
        let assessment =
            check(&using(&standard(), LimitId::FriendsPerUser, of_user("ada"), used), &add_friend());
        let (verdict, tightest) = (assessment.verdict(), *assessment.tightest().unwrap());
        assert_eq!((verdict.decision, verdict.reason), (assessment.decision, assessment.reason));
        assert_eq!((verdict.may_proceed(), verdict.stale), (assessment.may_proceed(), assessment.is_stale()));
        let small = verdict.tightest.unwrap();
        assert_eq!((small.limit, small.max, small.used), (tightest.limit, tightest.evidence.max, Some(used)));
        assert_eq!((small.requested, small.fits, small.reserved), (1, tightest.fits, 0));
    }
}
