//! Several causes at once: a failing or hanging store, a moved clock, a second process, a restart, late callbacks.

use planguard::client::{Committed, FetchPolicy};
use planguard::login::{Begun, LoginIntent, LoginOutcome};
use planguard::store::{Fault, FaultyStore, MemoryStore};
use planguard::time::Clock as _;
use planguard::{Action, EditionId, GroupType, Lifecycle, LimitId, Observation, SessionMode, SessionState};
use serde_json::json;
use support::{
    DAY, HOUR, MINUTE, SECOND, Upstream, ada, add_friend, at, bob, clock, clock_at, error, group, local, now,
    request, settle, spawn, user, with,
};

use crate::cases::rig::{Wire, but, dated, doc, executed, figures, ok, online, plain, reached, status, used};

#[test]
fn a_permit_of_an_outage_lapses_though_the_clock_was_set_back_and_another_process_asks() {
    local(async {
        let (clock, memory) = (clock(), MemoryStore::new());
        let store = FaultyStore::new(memory.clone());
        let guard = plain(&clock, store.clone(), EditionId::FREE_TRIAL).await;
        let other = plain(&clock, memory, EditionId::FREE_TRIAL).await;
        guard.observe(&Observation::Friends { user: ada(), count: 19 }).await;
        store.fail_next(u64::MAX, Fault::DiskFull);
        std::mem::forget(guard.reserve(&add_friend()).await);
        clock.set(clock.now().minus(DAY));
        store.recover();
        guard.record(&Action::RegisterUser).await;
        assert!(other.reserve(&add_friend()).await.permit().is_none());
        clock.advance(MINUTE);
        assert!(other.reserve(&add_friend()).await.permit().is_some());
    });
}

#[test]
fn a_fault_between_two_processes_oversells_at_most_the_place_that_was_given_blind() {
    local(async {
        let mut blind = 0;
        for after in 0..24 {
            let (clock, memory) = (clock(), MemoryStore::new());
            let store = FaultyStore::new(memory.clone());
            let one = plain(&clock, store.clone(), EditionId::FREE_TRIAL).await;
            let two = plain(&clock, memory.clone(), EditionId::FREE_TRIAL).await;
            one.observe(&Observation::Friends { user: ada(), count: 10 }).await;
            store.fail_later(after, 1, Fault::Busy);
            let mut given = 0;
            for n in 0..20_u32 {
                let add = Action::AddFriend { user: ada(), peer: user(&format!("p{n}")) };
                for guard in [&one, &two] {
                    if let Some(permit) = guard.reserve(&add).await.permit() {
                        given += 1;
                        assert_eq!(permit.commit().await, Committed::InTime);
                    }
                    // The outage, if this is one, is over before the other process asks.
                    guard.record(&Action::RegisterUser).await;
                }
            }
            // Only a permit asked for while the store does not say what the other process took is given blind.
            blind += given - 10;
            one.record(&Action::RegisterUser).await;
            for guard in [&one, &two] {
                let used = guard.assess(&add_friend()).checks.iter().map(|check| check.evidence.used).max();
                assert_eq!(used, Some(10 + given), "after {after}");
            }
        }
        assert!(blind <= 1, "{blind}");
    });
}

#[test]
fn a_kick_told_while_the_store_failed_binds_after_restart_and_clock_change() {
    local(async {
        let (clock, memory) = (clock(), MemoryStore::new());
        let store = FaultyStore::new(memory.clone());
        let guard = plain(&clock, store.clone(), EditionId::STANDARD).await;
        assert!(reached(&guard, request("ada")).await);
        store.fail_next(u64::MAX, Fault::Busy);
        clock.set(clock.now().minus(HOUR));
        guard.session(ada()).kicked_off().await;
        assert!(!reached(&guard, with("ada", LoginIntent::PushWake)).await);
        store.recover();
        guard.record(&Action::RegisterUser).await;
        drop(guard);
        clock.advance(DAY);
        let guard = plain(&clock, memory, EditionId::STANDARD).await;
        assert!(!reached(&guard, with("ada", LoginIntent::PushWake)).await);
        assert!(reached(&guard, request("ada")).await);
    });
}

#[test]
fn a_correction_of_time_while_the_store_fails_corrects_the_store_as_well() {
    local(async {
        let (clock, memory, wire) = (clock(), MemoryStore::new(), Wire::default());
        let real = clock.now();
        clock.set(real.plus(30 * DAY));
        let store = FaultyStore::new(memory.clone());
        let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
        assert!(reached(&guard, request("ada")).await);
        store.fail_next(u64::MAX, Fault::DiskFull);
        for _ in 0..2 {
            wire.then(ok(&doc(1, "standard", real), real));
            guard.sync(FetchPolicy::Fetch).await.unwrap();
        }
        assert_eq!(guard.billing_month().to_string(), "2024-08");
        store.recover();
        guard.record(&Action::RegisterUser).await;
        drop(guard);
        let guard = online(&clock, memory, &wire).open().await.unwrap();
        assert_eq!(guard.now(), real);
        clock.advance(28 * DAY);
        let push = now(&guard, with("ada", LoginIntent::PushWake), Ok(1)).await.unwrap();
        assert!(matches!(push, LoginOutcome::Deferred { .. }), "{push:?}");
    });
}

#[test]
fn a_false_date_a_failing_store_and_a_restart_end_the_plan_for_nobody() {
    local(async {
        let (clock, memory, wire) = (clock(), MemoryStore::new(), Wire::default());
        let store = FaultyStore::new(memory.clone());
        let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
        let plan = |revision| {
            let ends =
                json!({ "starts_at": at("2024-08-01T00:00:00Z"), "expires_at": clock.now().plus(300 * DAY) });
            but(doc(revision, "standard", clock.now()), "subscription", ends)
        };
        wire.then(ok(&plan(1), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        store.fail_next(u64::MAX, Fault::Backend);
        wire.then(dated(status(502), clock.now().plus(3650 * DAY)));
        guard.sync(FetchPolicy::Fetch).await.unwrap_err();
        clock.advance(HOUR);
        wire.then(ok(&plan(2), clock.now().plus(3650 * DAY)));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        store.recover();
        drop(guard);
        let guard = online(&clock, memory, &wire).open().await.unwrap();
        for revision in 3..=4 {
            clock.advance(HOUR);
            wire.then(ok(&plan(revision), clock.now()));
            guard.sync(FetchPolicy::Fetch).await.unwrap();
        }
        assert_eq!((guard.lifecycle(), guard.now()), (Lifecycle::Active, clock.now()));
    });
}

#[test]
fn a_ticket_over_the_turn_of_the_month_with_a_failing_store_counts_in_the_new_one() {
    local(async {
        let (clock, memory) = (clock_at("2024-08-31T15:59:50Z"), MemoryStore::new());
        let store = FaultyStore::new(memory.clone());
        let guard = plain(&clock, store.clone(), EditionId::STANDARD).await;
        let Begun::Ticket(ticket) = guard.begin_login_with(request("ada")).await.unwrap() else { panic!() };
        store.fail_next(u64::MAX, Fault::DiskFull);
        clock.advance(20 * SECOND);
        assert!(ticket.succeed().await.is_logged_in());
        store.recover();
        assert_eq!(figures(&guard, "2024-08").await.unwrap(), [0, 0, 0]);
        assert_eq!(figures(&guard, "2024-09").await.unwrap(), [0, 1, 0]);
        drop(guard);
        let guard = plain(&clock, memory, EditionId::STANDARD).await;
        assert_eq!(figures(&guard, "2024-09").await.unwrap(), [0, 1, 0]);
    });
}

#[test]
fn a_lost_login_of_an_outage_stays_uncertain_over_a_restart() {
    local(async {
        let (clock, memory) = (clock(), MemoryStore::new());
        let store = FaultyStore::new(memory.clone());
        let guard = plain(&clock, store.clone(), EditionId::STANDARD).await;
        store.fail_next(u64::MAX, Fault::Busy);
        assert!(!reached(&guard, with("ada", LoginIntent::PushWake)).await);
        let lost = spawn(&guard, request("ada"), &Upstream::default());
        settle().await;
        lost.abort();
        settle().await;
        store.recover();
        assert_eq!(figures(&guard, "2024-08").await.unwrap(), [1, 0, 0]);
        drop(guard);
        let guard = plain(&clock, memory, EditionId::STANDARD).await;
        assert_eq!(figures(&guard, "2024-08").await.unwrap(), [1, 0, 0]);
    });
}

#[test]
fn a_late_answer_during_an_outage_touches_nobody_who_came_after() {
    local(async {
        let (clock, store) = (clock(), FaultyStore::new(MemoryStore::new()));
        let guard = plain(&clock, store.clone(), EditionId::STANDARD).await;
        let (sdk, other) = (Upstream::default(), Upstream::default());
        let late = spawn(&guard, request("ada"), &sdk);
        settle().await;
        store.fail_next(u64::MAX, Fault::Unwritable);
        let login = spawn(&guard, request("bob"), &other);
        settle().await;
        clock.set(clock.now().minus(HOUR));
        assert!(other.answer(Ok(2)));
        assert!(executed(&login.await.unwrap()));
        let _ = sdk.answer(Ok(1));
        assert_eq!(late.await.unwrap().unwrap(), LoginOutcome::Shed);
        assert_eq!(guard.session(bob()).state(), SessionState::LoggedIn);
        assert_eq!(guard.session(ada()).state(), SessionState::LoggedOut);
        store.recover();
        guard.record(&Action::RegisterUser).await;
        assert!(figures(&guard, "2024-08").await.unwrap()[1] >= 1);
    });
}

#[test]
fn one_happening_told_to_two_processes_in_an_outage_is_counted_once_after_it() {
    local(async {
        let (clock, memory) = (clock(), MemoryStore::new());
        let store = FaultyStore::new(memory.clone());
        let one = plain(&clock, store.clone(), EditionId::STANDARD).await;
        let two = plain(&clock, memory.clone(), EditionId::STANDARD).await;
        let join = Action::JoinGroup { user: ada(), group: group("g"), kind: GroupType::Public };
        store.fail_next(u64::MAX, Fault::DiskFull);
        assert!(one.record_once("notice-1", &join).await);
        assert!(two.record_once("notice-1", &join).await);
        store.recover();
        one.record(&Action::RegisterUser).await;
        drop((one, two));
        let guard = plain(&clock, memory, EditionId::STANDARD).await;
        assert_eq!(used(&guard, LimitId::GroupsPerUser), 1);
    });
}

#[test]
fn a_budget_holds_over_a_store_that_hangs_in_one_of_two_processes() {
    local(async {
        let (clock, memory) = (clock(), MemoryStore::new());
        let store = FaultyStore::new(memory.clone());
        let policy = planguard::login::LoginPolicy {
            mau_budget: Some(3),
            on_budget: Some(planguard::Enforcement::Enforce),
            ..Default::default()
        };
        let builder = support::builder(&clock).fallback(planguard::CatalogId::INTL_2024, EditionId::STANDARD);
        let guard = builder.session_mode(SessionMode::MultiUser).logins(policy).store(store.clone());
        let guard = guard.open().await.unwrap();
        store.hang();
        let sdk = Upstream::default();
        let logins: Vec<_> = (0..8).map(|n| spawn(&guard, request(&format!("u{n}")), &sdk)).collect();
        for _ in 0..60 {
            settle().await;
            clock.advance(SECOND / 10);
        }
        settle().await;
        assert_eq!(sdk.started(), 3);
        store.recover();
        while sdk.answer(Ok(1)) {
            settle().await;
        }
        let mut sent = 0;
        for login in logins {
            sent += usize::from(executed(&login.await.unwrap()));
        }
        assert_eq!(sent, 3);
        assert_eq!(figures(&guard, "2024-08").await.unwrap(), [0, 3, 0]);
    });
}

#[test]
fn a_refusal_taught_in_an_outage_is_ended_by_the_next_document_in_every_process() {
    local(async {
        let (clock, memory, wire) = (clock(), MemoryStore::new(), Wire::default());
        let store = FaultyStore::new(memory.clone());
        let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
        wire.then(ok(&doc(1, "free_trial", clock.now()), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        store.fail_next(u64::MAX, Fault::Busy);
        now(&guard, request("ada"), Err(error(72_002))).await.unwrap_err();
        clock.set(clock.now().minus(HOUR));
        clock.advance(HOUR + MINUTE);
        assert!(!reached(&guard, request("ada")).await);
        store.recover();
        guard.record(&Action::RegisterUser).await;
        let other = online(&clock, memory, &wire).open().await.unwrap();
        assert!(!reached(&other, request("ada")).await);
        wire.then(ok(&doc(2, "standard", clock.now()), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        clock.advance(MINUTE);
        assert!(reached(&other, request("ada")).await);
    });
}

#[test]
fn an_app_killed_at_any_write_under_a_set_back_clock_sells_and_counts_nothing_twice() {
    local(async {
        for after in 0..30 {
            let (clock, memory) = (clock(), MemoryStore::new());
            let store = FaultyStore::new(memory.clone());
            let guard = plain(&clock, store.clone(), EditionId::FREE_TRIAL).await;
            guard.observe(&Observation::Friends { user: ada(), count: 18 }).await;
            store.fail_later(after, u64::MAX, Fault::Backend);
            let permit = guard.reserve(&add_friend()).await.permit().unwrap();
            clock.set(clock.now().minus(2 * HOUR));
            assert_eq!(permit.commit().await, Committed::InTime);
            assert!(reached(&guard, request("ada")).await);
            guard.session(ada()).user_sig_expired().await;
            assert!(reached(&guard, request("ada")).await);
            drop(guard);
            clock.advance(2 * MINUTE);
            let guard = plain(&clock, memory, EditionId::FREE_TRIAL).await;
            let _ = reached(&guard, request("ada")).await;
            let report = figures(&guard, "2024-08").await.unwrap();
            assert_eq!((report, used(&guard, LimitId::FreeMau)), ([0, 1, 0], 1), "killed after {after}");
            let friends = guard.assess(&add_friend()).checks.iter().map(|c| c.evidence.used).max();
            assert!(friends == Some(18) || friends == Some(19), "killed after {after}: {friends:?}");
        }
    });
}
