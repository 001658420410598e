//! A refusal or an inference lasts as long as its cause, speaks of whom it saw, and holds up no person for a machine.

use planguard::client::FetchPolicy;
use planguard::login::{Begun, DenyReason, LoginIntent, LoginOutcome};
use planguard::store::MemoryStore;
use planguard::time::Clock as _;
use planguard::{
    Action, CatalogId, CounterKey, EditionId, GroupType, LimitId, Observation, RejectionContext, Remedy,
    Subject,
};
use serde_json::json;
use support::{
    DAY, MINUTE, SECOND, ada, add_friend, clock, error, group, local, never, now, request, settle, user, with,
};

use crate::cases::rig::{Wire, but, doc, executed, ok, online, plain, reached};

fn of(action: &Action) -> RejectionContext<'_> {
    RejectionContext { action: Some(action), ..RejectionContext::default() }
}

#[test]
fn an_upgrade_ends_what_the_provider_refused_for_the_plan_before() {
    local(async {
        for code in [72_002, 70_398, 60_020] {
            let (clock, wire) = (clock(), Wire::default());
            let guard = online(&clock, MemoryStore::new(), &wire).open().await.unwrap();
            wire.then(ok(&doc(1, "free_trial", clock.now()), clock.now()));
            guard.sync(FetchPolicy::Fetch).await.unwrap();
            now(&guard, request("ada"), Err(error(code))).await.unwrap_err();
            clock.advance(10 * SECOND);
            wire.then(ok(&doc(2, "standard", clock.now()), clock.now()));
            guard.sync(FetchPolicy::Fetch).await.unwrap();
            assert!(reached(&guard, request("ada")).await, "{code}");
        }
    });
}

#[test]
fn an_upgrade_ends_the_refusal_also_for_a_process_that_was_restarted_before() {
    local(async {
        let (clock, wire, store) = (clock(), Wire::default(), MemoryStore::new());
        let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
        wire.then(ok(&doc(1, "free_trial", clock.now()), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        now(&guard, request("ada"), Err(error(72_002))).await.unwrap_err();
        drop(guard);
        let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
        assert!(!reached(&guard, request("ada")).await);
        clock.advance(MINUTE);
        wire.then(ok(&doc(2, "standard", clock.now()), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        drop(guard);
        assert!(reached(&online(&clock, store, &wire).open().await.unwrap(), request("ada")).await);
    });
}

#[test]
fn a_users_limit_at_the_provider_names_itself_and_the_edition_that_lifts_it() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let guard = online(&clock, MemoryStore::new(), &wire).open().await.unwrap();
        let document = but(doc(1, "free", clock.now()), "catalog", json!("intl-2022"));
        wire.then(ok(&document, clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        let stranger = request("ada").known_to_provider(false);
        now(&guard, stranger, Err(error(70_398))).await.unwrap_err();
        clock.advance(MINUTE);
        let refused = never(&guard, stranger).await;
        let LoginOutcome::Denied { reason, remedies, .. } = refused else { panic!("{refused:?}") };
        assert_eq!(reason, DenyReason::UsersFull);
        let to_pro = |way: &Remedy| matches!(way, Remedy::ChangeEdition { to: EditionId::PRO, .. });
        assert!(remedies.iter().any(to_pro), "{remedies:?}");
    });
}

#[test]
fn nobody_is_told_to_pay_for_what_is_denied() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let guard = online(&clock, MemoryStore::new(), &wire).open().await.unwrap();
        wire.then(ok(&doc(1, "standard", clock.now()), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        now(&guard, request("ada"), Err(error(72_002))).await.unwrap_err();
        clock.advance(MINUTE);
        match now(&guard, request("ada"), Ok(1)).await.unwrap() {
            LoginOutcome::Denied { remedies, .. } => {
                assert!(!remedies.iter().any(|way| matches!(way, Remedy::PayOverage { .. })), "{remedies:?}");
                assert!(remedies.contains(&Remedy::Sync), "{remedies:?}");
            }
            outcome => assert!(executed(&Ok(outcome))),
        }
    });
}

#[test]
fn a_refusal_of_the_plan_comes_with_its_ways_out() {
    local(async {
        let guard = plain(&clock(), MemoryStore::new(), EditionId::STANDARD).await;
        let join = Action::JoinGroup { user: ada(), group: group("g"), kind: GroupType::Public };
        let ways = guard.report_rejection(10_037, "", &of(&join)).await.remedies;
        assert!(ways.iter().any(|way| matches!(way, Remedy::ChangeEdition { .. })), "{ways:?}");
        guard.observe(&Observation::Group { group: group("g"), members: 50, own_max: Some(50) }).await;
        let add = Action::AddMembers { group: group("g"), kind: GroupType::Public, count: 1 };
        let ways = guard.report_rejection(10_014, "", &of(&add)).await.remedies;
        assert!(ways.iter().any(|way| matches!(way, Remedy::RaiseGroupMaximum { .. })), "{ways:?}");
    });
}

#[test]
fn a_small_groups_refusal_binds_no_other_group() {
    local(async {
        let guard = plain(&clock(), MemoryStore::new(), EditionId::STANDARD).await;
        let add = |name| Action::AddMembers { group: group(name), kind: GroupType::Public, count: 1 };
        guard.observe(&Observation::Group { group: group("old"), members: 20, own_max: None }).await;
        guard.observe(&Observation::Group { group: group("other"), members: 150, own_max: Some(200) }).await;
        guard.report_rejection(10_038, "", &of(&add("old"))).await;
        assert!(!guard.check(&add("old")).may_proceed());
        assert!(guard.check(&add("other")).may_proceed());
        assert!(guard.check(&add("never seen")).may_proceed());
    });
}

#[test]
fn one_users_refusal_binds_no_other_user() {
    local(async {
        let guard = plain(&clock(), MemoryStore::new(), EditionId::STANDARD).await;
        let join =
            |who: &str| Action::JoinGroup { user: user(who), group: group("g"), kind: GroupType::Public };
        guard.observe(&Observation::Groups { user: user("ada"), count: 30 }).await;
        guard.observe(&Observation::Groups { user: user("bob"), count: 40 }).await;
        guard.report_rejection(10_037, "", &of(&join("ada"))).await;
        assert!(!guard.check(&join("ada")).may_proceed());
        assert!(guard.check(&join("bob")).may_proceed());
    });
}

#[test]
fn what_a_refusal_taught_outlives_the_process() {
    local(async {
        let (clock, wire, store) = (clock(), Wire::default(), MemoryStore::new());
        let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
        wire.then(ok(&doc(1, "standard", clock.now()), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        guard.observe(&Observation::Friends { user: ada(), count: 1_000 }).await;
        guard.report_rejection(30_010, "", &of(&add_friend())).await;
        assert!(!guard.check(&add_friend()).may_proceed());
        drop(guard);
        let guard = online(&clock, store, &wire).open().await.unwrap();
        assert!(!guard.check(&add_friend()).may_proceed());
    });
}

#[test]
fn the_endpoints_next_figure_ends_what_was_only_inferred() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let guard =
            online(&clock, MemoryStore::new(), &wire).decisions(support::strict()).open().await.unwrap();
        let figure = |revision, groups: u64| {
            let usage = json!({ "as_of": clock.now(), "non_av_groups": groups });
            but(doc(revision, "standard", clock.now()), "usage", usage)
        };
        wire.then(ok(&figure(1, 10), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        let create = Action::CreateGroup { owner: ada(), kind: GroupType::Public, initial_members: 0 };
        guard.report_rejection(10_036, "", &of(&create)).await;
        let key = CounterKey { limit: LimitId::NonAvGroups, subject: Subject::App, bucket: 0 };
        clock.advance(MINUTE);
        wire.then(ok(&figure(2, 11), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        let counter = guard.snapshot().usage.get(&key);
        assert_eq!((counter.used(), counter.ceiling), (11, None));
        assert!(guard.check(&create).may_proceed());
    });
}

#[test]
fn a_suspension_that_was_only_reported_is_believed_for_minutes_whatever_the_clock_is_set_to() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = plain(&clock, store, EditionId::STANDARD).await;
        now(&guard, request("ada"), Err(error(60_020))).await.unwrap_err();
        assert!(!guard.lifecycle().serves());
        clock.set(clock.now().minus(DAY));
        clock.advance(6 * MINUTE);
        guard.observe(&Observation::Friends { user: ada(), count: 1 }).await;
        assert!(guard.lifecycle().serves(), "{:?}", guard.lifecycle());
    });
}

#[test]
fn a_person_does_not_wait_for_what_the_machine_failed_at() {
    local(async {
        let clock = clock();
        let guard = plain(&clock, MemoryStore::new(), EditionId::STANDARD).await;
        assert!(reached(&guard, request("ada")).await);
        guard.session(ada()).user_sig_expired().await;
        for _ in 0..12 {
            clock.advance(5 * MINUTE);
            let _ = now(&guard, with("ada", LoginIntent::Reconnect), Err(error(9508))).await;
        }
        clock.advance(5 * SECOND);
        guard.session(ada()).connected().await;
        assert!(reached(&guard, request("ada")).await);
    });
}

#[test]
fn a_person_asks_right_after_the_network_is_back_in_another_process_too() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let extension = plain(&clock, store.clone(), EditionId::STANDARD).await;
        assert!(reached(&extension, request("ada")).await);
        extension.session(ada()).user_sig_expired().await;
        for _ in 0..12 {
            clock.advance(5 * MINUTE);
            let _ = now(&extension, with("ada", LoginIntent::PushWake), Err(error(9508))).await;
        }
        clock.advance(5 * SECOND);
        let app = plain(&clock, store, EditionId::STANDARD).await;
        assert!(reached(&app, request("ada")).await);
    });
}

#[test]
fn a_new_user_sig_that_is_refused_is_not_sent_again() {
    local(async {
        let clock = clock();
        let guard = plain(&clock, MemoryStore::new(), EditionId::STANDARD).await;
        assert!(reached(&guard, request("ada")).await);
        guard.session(ada()).user_sig_expired().await;
        guard.new_user_sig(&ada()).await;
        let renew = with("ada", LoginIntent::RenewUserSig);
        now(&guard, renew, Err(error(70_001))).await.unwrap_err();
        let refused = never(&guard, renew).await;
        assert!(
            matches!(
                refused,
                LoginOutcome::Denied { reason: DenyReason::CredentialRefused { code: 70_001 }, .. }
            ),
            "{refused:?}"
        );
    });
}

#[test]
fn new_user_sigs_that_are_refused_time_and_again_wait_longer_each_time() {
    local(async {
        let clock = clock();
        let guard = plain(&clock, MemoryStore::new(), EditionId::STANDARD).await;
        let mut sent = 0;
        for _ in 0..30 {
            guard.new_user_sig(&ada()).await;
            let renew = with("ada", LoginIntent::OpenChat);
            sent += u32::from(now(&guard, renew, Err(error(70_001))).await.is_err());
            clock.advance(20 * SECOND);
        }
        assert!(sent <= 12, "{sent}");
    });
}

#[test]
fn a_refusal_reported_for_one_ticket_leaves_other_users_tickets_alone() {
    local(async {
        let clock = clock();
        let guard = support::open(
            &clock,
            &MemoryStore::new(),
            planguard::SessionMode::MultiUser,
            planguard::login::LoginPolicy::default(),
        )
        .await;
        let Begun::Ticket(first) = guard.begin_login_with(request("ada")).await.unwrap() else { panic!() };
        let Begun::Ticket(second) = guard.begin_login_with(request("bob")).await.unwrap() else { panic!() };
        first.fail(70_013, "unknown").await.unwrap_err();
        settle().await;
        assert!(second.succeed().await.is_logged_in());
        assert!(reached(&guard, request("cy")).await);
        assert_eq!(guard.entitlements().catalog, Some(CatalogId::INTL_2024));
    });
}
