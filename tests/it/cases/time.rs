//! Trust without bound: one outside value about time is believed for no longer than the next good ones allow, and what
//! was dated by it is put right with it.

use planguard::client::{Event, FetchPolicy, SyncError};
use planguard::login::{LoginIntent, LoginOutcome, LoginPolicy};
use planguard::store::MemoryStore;
use planguard::time::{Clock as _, ManualClock};
use planguard::{CounterKey, Lifecycle, LimitId, Planguard, SessionMode, Subject};
use serde_json::json;
use support::{DAY, HOUR, MINUTE, SECOND, ada, at, clock, clock_at, local, now, open, request, with};

use crate::cases::rig::{
    Wire, body, but, dated, doc, executed, figures, header, ok, online, reached, status, told,
};

/// Fetches what the wire has next.
async fn fetched(guard: &Planguard) -> Result<(), SyncError> {
    guard.sync(FetchPolicy::Fetch).await.map(|_| ())
}

/// A guard that has fetched its plan, which runs for 300 days.
async fn with_plan(clock: &ManualClock, store: &MemoryStore, wire: &Wire) -> Planguard {
    let guard = online(clock, store.clone(), wire).open().await.unwrap();
    wire.then(ok(&plan(1, clock), clock.now()));
    fetched(&guard).await.unwrap();
    guard
}

fn plan(revision: u64, clock: &ManualClock) -> serde_json::Value {
    let now = clock.now();
    let subscription = json!({ "starts_at": at("2024-08-01T00:00:00Z"), "expires_at": now.plus(300 * DAY) });
    but(doc(revision, "standard", now), "subscription", subscription)
}

#[test]
fn an_error_page_with_a_false_date_does_not_end_the_plan_or_the_ledger() {
    local(async {
        let html = || body(200, "text/html", "<html>Sign in</html>");
        for bad in
            [status(502), status(500), html(), header(status(302), "location", "https://other.example/")]
        {
            let (clock, store, wire) = (clock(), MemoryStore::new(), Wire::default());
            let guard = with_plan(&clock, &store, &wire).await;
            assert!(reached(&guard, request("ada")).await);
            wire.then(dated(bad, clock.now().plus(3650 * DAY)));
            fetched(&guard).await.unwrap_err();
            assert_eq!(guard.now(), clock.now());
            clock.advance(HOUR);
            wire.then(ok(&plan(2, &clock), clock.now()));
            fetched(&guard).await.unwrap();
            assert_eq!(guard.lifecycle(), Lifecycle::Active);
            assert_eq!(figures(&guard, "2024-08").await.unwrap(), [0, 1, 0]);
        }
    });
}

#[test]
fn an_age_of_years_moves_no_time() {
    local(async {
        for age in ["4294967295", "40000000", "864000"] {
            let (clock, store, wire) = (clock(), MemoryStore::new(), Wire::default());
            let guard = with_plan(&clock, &store, &wire).await;
            wire.then(header(ok(&plan(2, &clock), clock.now()), "age", age));
            fetched(&guard).await.unwrap();
            assert!(guard.now().since(clock.now()) <= DAY, "{age}: {}", guard.now());
            clock.advance(HOUR);
            wire.then(ok(&plan(3, &clock), clock.now()));
            fetched(&guard).await.unwrap();
            assert_eq!(guard.lifecycle(), Lifecycle::Active);
            drop(guard);
            let guard = online(&clock, store, &wire).open().await.unwrap();
            assert_eq!((guard.lifecycle(), guard.now()), (Lifecycle::Active, clock.now()), "{age}");
        }
    });
}

#[test]
fn a_good_document_with_a_false_date_is_healed_by_the_next_true_ones() {
    local(async {
        for years in [1, 10, 40] {
            let (clock, store, wire) = (clock(), MemoryStore::new(), Wire::default());
            let guard = with_plan(&clock, &store, &wire).await;
            let mut events = guard.subscribe();
            wire.then(ok(&plan(2, &clock), clock.now().plus(years * 365 * DAY)));
            fetched(&guard).await.unwrap();
            for revision in 3..=4 {
                clock.advance(HOUR);
                wire.then(ok(&plan(revision, &clock), clock.now()));
                fetched(&guard).await.unwrap();
            }
            assert_eq!((guard.lifecycle(), guard.now()), (Lifecycle::Active, clock.now()), "{years} years");
            let jumps = told(&mut events).iter().filter(|e| matches!(e, Event::ClockJumped(_))).count();
            assert!(jumps <= 2, "{jumps}");
            drop(guard);
            let guard = online(&clock, store, &wire).open().await.unwrap();
            assert_eq!(guard.lifecycle(), Lifecycle::Active, "{years} years");
            assert!(reached(&guard, request("ada")).await);
        }
    });
}

#[test]
fn a_date_of_2064_on_a_503_is_forgotten_by_all_that_follow() {
    local(async {
        let (clock, store, wire) = (clock(), MemoryStore::new(), Wire::default());
        let guard = with_plan(&clock, &store, &wire).await;
        wire.then(dated(status(503), at("2064-08-10T04:00:00Z")));
        fetched(&guard).await.unwrap_err();
        for n in 2..=48 {
            clock.advance(HOUR);
            wire.then(ok(&plan(n, &clock), clock.now()));
            fetched(&guard).await.unwrap();
        }
        drop(guard);
        let guard = online(&clock, store, &wire).open().await.unwrap();
        assert_eq!(guard.lifecycle(), Lifecycle::Active);
        assert!(reached(&guard, request("ada")).await);
    });
}

#[test]
fn two_agreeing_answers_move_time_and_two_later_ones_move_it_back() {
    local(async {
        let (clock, store, wire) = (clock(), MemoryStore::new(), Wire::default());
        let guard = with_plan(&clock, &store, &wire).await;
        let mut events = guard.subscribe();
        for revision in [2, 3] {
            clock.advance(MINUTE);
            wire.then(ok(&plan(revision, &clock), clock.now().plus(10 * DAY)));
            fetched(&guard).await.unwrap();
        }
        assert_eq!(guard.now(), clock.now().plus(10 * DAY));
        for revision in [4, 5] {
            clock.advance(MINUTE);
            wire.then(ok(&plan(revision, &clock), clock.now()));
            fetched(&guard).await.unwrap();
        }
        assert_eq!(guard.now(), clock.now());
        assert!(told(&mut events).iter().any(|event| matches!(event, Event::ClockJumped(_))));
        assert_eq!(guard.lifecycle(), Lifecycle::Active);
    });
}

#[test]
fn a_month_that_had_not_begun_counts_nobody_once_the_endpoint_has_said_so() {
    local(async {
        let clock = clock();
        let (real, wire) = (clock.now(), Wire::default());
        clock.set(real.plus(30 * DAY));
        let guard = online(&clock, MemoryStore::new(), &wire).open().await.unwrap();
        assert!(reached(&guard, request("ada")).await);
        wire.then(ok(&doc(1, "standard", real), real));
        fetched(&guard).await.unwrap();
        clock.advance(28 * DAY);
        assert_eq!(guard.billing_month().to_string(), "2024-09");
        guard.session(ada()).user_sig_expired().await;
        let push = now(&guard, with("ada", LoginIntent::PushWake), Ok(2)).await.unwrap();
        assert!(matches!(push, LoginOutcome::Deferred { .. }), "{push:?}");
    });
}

#[test]
fn a_look_at_2034_without_an_endpoint_ends_when_the_clock_is_right_again() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let reopen = || open(&clock, &store, SessionMode::Device, LoginPolicy::default());
        let guard = reopen().await;
        let real = clock.now();
        assert!(reached(&guard, request("bob")).await);
        clock.set(at("2034-08-10T00:00:00Z"));
        assert!(reached(&guard, request("ada")).await);
        drop(guard);
        clock.set(real);
        let mut sent = 0;
        for month in 1..=4 {
            clock.advance(30 * DAY);
            let guard = reopen().await;
            sent += u32::from(reached(&guard, with("ada", LoginIntent::PushWake)).await);
            clock.advance(MINUTE);
            sent += u32::from(reached(&guard, with("ada", LoginIntent::PushWake)).await);
            assert!(month < 2 || guard.now() == clock.now(), "month {month}: {}", guard.now());
        }
        assert!(sent <= 1, "{sent}");
        let guard = reopen().await;
        assert_eq!(guard.now(), clock.now());
    });
}

#[test]
fn three_years_of_pushes_do_not_pass_for_one_login_in_2033() {
    local(async {
        let (clock, store) = (clock_at("2033-01-01T00:00:00Z"), MemoryStore::new());
        let reopen = || open(&clock, &store, SessionMode::Device, LoginPolicy::default());
        assert!(reached(&reopen().await, request("ada")).await);
        clock.set(at("2024-08-10T05:00:00Z"));
        let mut passed = 0;
        for _ in 0..36 {
            clock.advance(30 * DAY);
            passed += u32::from(reached(&reopen().await, with("ada", LoginIntent::PushWake)).await);
        }
        assert!(passed <= 1, "{passed}");
    });
}

#[test]
fn what_was_learnt_of_the_clocks_error_outlives_the_process() {
    local(async {
        let clock = clock();
        let (real, store, wire) = (clock.now(), MemoryStore::new(), Wire::default());
        clock.set(real.plus(30 * DAY));
        let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
        let subscription = json!({ "starts_at": real.minus(DAY), "expires_at": real.plus(15 * DAY) });
        let document = but(doc(1, "standard", real), "subscription", subscription);
        for _ in 0..2 {
            wire.then(ok(&document, real));
            fetched(&guard).await.unwrap();
        }
        assert_eq!((guard.lifecycle(), guard.now()), (Lifecycle::Active, real));
        drop(guard);
        let guard = online(&clock, store, &wire).open().await.unwrap();
        assert_eq!((guard.lifecycle(), guard.now()), (Lifecycle::Active, real));
    });
}

#[test]
fn a_document_dated_ahead_is_refused_and_shuts_out_no_true_one() {
    local(async {
        for ahead in [HOUR, 3650 * DAY] {
            let (clock, store, wire) = (clock(), MemoryStore::new(), Wire::default());
            let guard = with_plan(&clock, &store, &wire).await;
            wire.then(ok(&doc(51, "premium", clock.now().plus(ahead)), clock.now()));
            fetched(&guard).await.unwrap_err();
            for (revision, edition) in [(52, "premium"), (5_000_000, "standard")] {
                clock.advance(HOUR);
                wire.then(ok(&doc(revision, edition, clock.now()), clock.now()));
                fetched(&guard).await.unwrap();
                assert_eq!(guard.entitlements().revision(), revision);
            }
        }
    });
}

#[test]
fn a_usage_figure_dated_ahead_keeps_out_no_true_one_after_a_restart_either() {
    local(async {
        let (clock, store, wire) = (clock(), MemoryStore::new(), Wire::default());
        let guard = with_plan(&clock, &store, &wire).await;
        let figure = |revision, as_of, groups: u64| {
            let usage = json!({ "as_of": as_of, "non_av_groups": groups });
            but(doc(revision, "standard", clock.now()), "usage", usage)
        };
        wire.then(ok(&figure(2, clock.now().plus(20 * DAY), 999_999), clock.now()));
        fetched(&guard).await.unwrap();
        drop(guard);
        clock.advance(MINUTE);
        let guard = online(&clock, store, &wire).open().await.unwrap();
        wire.then(ok(&figure(3, clock.now(), 3), clock.now()));
        fetched(&guard).await.unwrap();
        let key = CounterKey { limit: LimitId::NonAvGroups, subject: Subject::App, bucket: 0 };
        assert_eq!(guard.snapshot().usage.get(&key).used(), 3);
    });
}

#[test]
fn a_date_long_past_teaches_no_more_than_one_that_is_ahead() {
    local(async {
        let (clock, store, wire) = (clock(), MemoryStore::new(), Wire::default());
        let guard = with_plan(&clock, &store, &wire).await;
        assert!(reached(&guard, request("ada")).await);
        wire.then(ok(&plan(2, &clock), at("1999-12-31T23:59:59Z")));
        let _ = fetched(&guard).await;
        clock.advance(MINUTE);
        for revision in 3..=4 {
            wire.then(ok(&plan(revision, &clock), clock.now()));
            fetched(&guard).await.unwrap();
        }
        assert_eq!((guard.lifecycle(), guard.now()), (Lifecycle::Active, clock.now()));
        assert_eq!(figures(&guard, "2024-08").await.unwrap(), [0, 1, 0]);
    });
}

#[test]
fn a_304_with_a_false_date_is_healed_like_a_200() {
    local(async {
        let (clock, store, wire) = (clock(), MemoryStore::new(), Wire::default());
        let guard = online(&clock, store, &wire).open().await.unwrap();
        wire.then(header(ok(&plan(1, &clock), clock.now()), "etag", "\"1\""));
        fetched(&guard).await.unwrap();
        let confirmed = |date| header(dated(status(304), date), "etag", "\"1\"");
        wire.then(confirmed(clock.now().plus(3650 * DAY)));
        fetched(&guard).await.unwrap();
        for _ in 0..2 {
            clock.advance(MINUTE);
            wire.then(confirmed(clock.now()));
            fetched(&guard).await.unwrap();
        }
        assert_eq!((guard.lifecycle(), guard.now()), (Lifecycle::Active, clock.now()));
    });
}

#[test]
fn deferred_and_uncertain_users_of_a_month_ahead_move_back_with_the_time() {
    local(async {
        let clock = clock();
        let (real, wire) = (clock.now(), Wire::default());
        clock.set(real.plus(30 * DAY));
        let guard = online(&clock, MemoryStore::new(), &wire).open().await.unwrap();
        assert!(!reached(&guard, with("bob", LoginIntent::PushWake)).await);
        let sent = now(&guard, request("ada"), Err(support::error(6012))).await;
        assert!(!executed(&sent));
        clock.advance(SECOND);
        wire.then(ok(&doc(1, "standard", real), real));
        fetched(&guard).await.unwrap();
        assert_eq!(guard.billing_month().to_string(), "2024-08");
        assert_eq!(figures(&guard, "2024-08").await.unwrap(), [1, 0, 1]);
        assert_eq!(figures(&guard, "2024-09").await.unwrap(), [0, 0, 0]);
    });
}

#[test]
fn a_service_whose_end_only_a_wrong_clock_saw_is_in_force_again() {
    local(async {
        let (clock, store, wire) = (clock(), MemoryStore::new(), Wire::default());
        let real = clock.now();
        let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
        let service =
            json!([{ "id": "unlimited_av_groups", "quantity": 1, "expires_at": real.plus(20 * DAY) }]);
        let document = but(but(doc(1, "pro", real), "catalog", json!("intl-2022")), "value_added", service);
        wire.then(ok(&document, real));
        fetched(&guard).await.unwrap();
        let unlimited = guard.entitlements().limit(LimitId::AvGroups);
        clock.set(real.plus(30 * DAY));
        guard.record(&planguard::Action::RegisterUser).await;
        assert_ne!(guard.entitlements().limit(LimitId::AvGroups), unlimited);
        clock.set(real);
        for _ in 0..2 {
            clock.advance(MINUTE);
            wire.then(ok(&document, clock.now()));
            fetched(&guard).await.unwrap();
        }
        assert_eq!((guard.now(), guard.entitlements().limit(LimitId::AvGroups)), (clock.now(), unlimited));
        drop(guard);
        let guard = online(&clock, store, &wire).open().await.unwrap();
        assert_eq!(guard.entitlements().limit(LimitId::AvGroups), unlimited);
    });
}
