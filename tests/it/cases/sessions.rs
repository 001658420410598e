//! Facts about users are durable and in nobody else's slot; decisions do not age; late words touch nobody who came after.

use std::time::Duration;

use planguard::login::{DeferReason, DenyReason, LoginIntent, LoginOutcome, LoginPolicy};
use planguard::store::{MemoryStore, SqliteStore};
use planguard::time::ManualClock;
use planguard::{EditionId, Planguard, SessionMode, SessionState};
use support::{
    DAY, MINUTE, SECOND, Upstream, ada, at, bob, clock, clock_at, device, error, local, never, now, open,
    request, settle, spawn, with,
};

use crate::cases::rig::{executed, plain, reached};

async fn phone(clock: &ManualClock, store: &MemoryStore) -> Planguard {
    open(clock, store, SessionMode::Device, LoginPolicy::default()).await
}

#[test]
fn a_kick_outlives_the_process() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = phone(&clock, &store).await;
        assert!(reached(&guard, request("ada")).await);
        guard.session(ada()).kicked_off().await;
        drop(guard);
        let guard = phone(&clock, &store).await;
        for intent in
            [LoginIntent::PushWake, LoginIntent::Reconnect, LoginIntent::AppLaunch, LoginIntent::RenewUserSig]
        {
            assert!(!reached(&guard, with("ada", intent)).await, "{intent:?}");
        }
        assert!(reached(&guard, with("ada", LoginIntent::AfterKick { confirmed: true })).await);
    });
}

#[test]
fn a_log_out_on_purpose_is_not_undone_by_a_push_now_or_after_a_restart() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = phone(&clock, &store).await;
        assert!(reached(&guard, request("ada")).await);
        guard.session(ada()).logged_out().await;
        assert!(!reached(&guard, with("ada", LoginIntent::PushWake)).await);
        drop(guard);
        let guard = phone(&clock, &store).await;
        let push = never(&guard, with("ada", LoginIntent::PushWake)).await;
        assert!(matches!(push, LoginOutcome::Deferred { reason: DeferReason::LoggedOut, .. }), "{push:?}");
        assert!(reached(&guard, request("ada")).await);
        guard.session(ada()).user_sig_expired().await;
        assert!(reached(&guard, with("ada", LoginIntent::PushWake)).await);
    });
}

#[test]
fn a_kick_is_still_known_after_another_user_was_here() {
    local(async {
        let (guard, _clock) = device().await;
        assert!(reached(&guard, request("ada")).await);
        guard.session(ada()).kicked_off().await;
        assert!(reached(&guard, request("bob")).await);
        guard.session(bob()).logged_out().await;
        assert!(!reached(&guard, with("ada", LoginIntent::PushWake)).await);
    });
}

#[test]
fn after_a_restart_a_push_logs_in_nobody_but_the_devices_user() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = phone(&clock, &store).await;
        assert!(reached(&guard, request("ada")).await);
        assert!(reached(&guard, request("bob")).await);
        drop(guard);
        let guard = phone(&clock, &store).await;
        let push = never(&guard, with("ada", LoginIntent::PushWake)).await;
        assert!(
            matches!(push, LoginOutcome::Deferred { reason: DeferReason::NotDeviceUser, .. }),
            "{push:?}"
        );
        assert!(reached(&guard, with("bob", LoginIntent::PushWake)).await);
    });
}

#[test]
fn a_loop_over_processes_is_broken_like_one_in_a_process() {
    local(async {
        let directory = tempfile::tempdir().unwrap();
        let (clock, path) = (clock(), directory.path().join("store.db"));
        let open = async || plain(&clock, SqliteStore::open(&path).unwrap(), EditionId::STANDARD).await;
        assert!(reached(&open().await, request("ada")).await);
        let mut sent = 0;
        for _ in 0..12 {
            clock.advance(4 * SECOND);
            let extension = open().await;
            clock.advance(Duration::from_millis(500));
            sent += u32::from(reached(&extension, with("ada", LoginIntent::PushWake)).await);
        }
        assert!(sent <= 5, "{sent}");
    });
}

#[test]
fn a_wait_after_a_failure_is_kept_over_a_restart() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        now(&phone(&clock, &store).await, request("ada"), Err(error(9506))).await.unwrap_err();
        let again = never(&phone(&clock, &store).await, request("ada")).await;
        assert!(
            matches!(again, LoginOutcome::Denied { reason: DenyReason::BackingOff { .. }, .. }),
            "{again:?}"
        );
    });
}

#[test]
fn a_late_callback_of_ada_does_not_shed_bobs_login() {
    local(async {
        for kick in [false, true] {
            let (guard, _clock) = device().await;
            let sdk = Upstream::default();
            assert!(reached(&guard, request("ada")).await);
            let login = spawn(&guard, request("bob"), &sdk);
            settle().await;
            if kick {
                guard.session(ada()).kicked_off().await;
            } else {
                guard.session(ada()).logged_out().await;
            }
            assert!(sdk.answer(Ok(2)));
            assert!(executed(&login.await.unwrap()));
            assert_eq!(guard.session(bob()).state(), SessionState::LoggedIn);
        }
    });
}

#[test]
fn a_kick_that_speaks_of_ada_leaves_bob_logged_in() {
    local(async {
        let (guard, _clock) = device().await;
        assert!(reached(&guard, request("ada")).await);
        assert!(reached(&guard, request("bob")).await);
        guard.session(ada()).kicked_off().await;
        assert_eq!(guard.session(bob()).state(), SessionState::LoggedIn);
        assert_eq!(never(&guard, request("bob")).await, LoginOutcome::AlreadyLoggedIn);
    });
}

#[test]
fn a_late_failure_of_ada_takes_nothing_from_bob() {
    local(async {
        for code in [6208, 70_001, 9506] {
            let (guard, _clock) = device().await;
            let (sdk, other) = (Upstream::default(), Upstream::default());
            let late = spawn(&guard, request("ada"), &sdk);
            settle().await;
            let login = spawn(&guard, request("bob"), &other);
            settle().await;
            assert!(other.answer(Ok(2)));
            assert!(executed(&login.await.unwrap()), "{code}");
            let _ = sdk.answer(Err(error(code)));
            assert_eq!(late.await.unwrap().unwrap(), LoginOutcome::Shed, "{code}");
            assert_eq!(guard.session(bob()).state(), SessionState::LoggedIn, "{code}");
        }
    });
}

#[test]
fn a_login_that_was_never_sent_logs_nobody_out() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let (first, second) = (phone(&clock, &store).await, phone(&clock, &store).await);
        let (sdk1, sdk2) = (Upstream::default(), Upstream::default());
        assert!(reached(&second, request("ada")).await);
        let running = spawn(&first, request("bob"), &sdk1);
        settle().await;
        let waiting = spawn(&second, request("bob").timeout(SECOND), &sdk2);
        settle().await;
        for _ in 0..6 {
            clock.advance(Duration::from_millis(200));
            settle().await;
        }
        waiting.await.unwrap().unwrap_err();
        assert_eq!((sdk1.started(), sdk2.started()), (1, 0));
        assert_eq!(second.session(ada()).state(), SessionState::LoggedIn);
        running.abort();
    });
}

#[test]
fn a_push_that_waited_over_the_turn_of_the_month_is_not_sent() {
    local(async {
        let (clock, store) = (clock_at("2024-08-31T15:59:40Z"), MemoryStore::new());
        let (first, second) = (phone(&clock, &store).await, phone(&clock, &store).await);
        let (sdk1, sdk2) = (Upstream::default(), Upstream::default());
        assert!(reached(&first, request("ada")).await);
        first.session(ada()).user_sig_expired().await;
        clock.advance(5 * SECOND);
        // Held by a process that is frozen: nobody polls its login any more.
        let mut frozen = Box::pin(first.login_with(request("ada"), || sdk1.clone().login()));
        while sdk1.started() == 0 {
            assert!(futures::poll!(&mut frozen).is_pending());
            settle().await;
        }
        let push = spawn(&second, with("ada", LoginIntent::PushWake), &sdk2);
        settle().await;
        clock.set(at("2024-08-31T16:00:30Z"));
        for _ in 0..40 {
            settle().await;
            clock.advance(Duration::from_millis(200));
        }
        settle().await;
        assert_eq!(sdk2.started(), 0);
        assert!(matches!(push.await.unwrap().unwrap(), LoginOutcome::Deferred { .. }));
    });
}

#[test]
fn a_push_that_waited_for_a_kicked_users_login_is_decided_again() {
    local(async {
        let (guard, _clock) = device().await;
        let (sdk, other) = (Upstream::default(), Upstream::default());
        assert!(reached(&guard, request("ada")).await);
        guard.session(ada()).user_sig_expired().await;
        let first = spawn(&guard, request("ada"), &sdk);
        settle().await;
        let push = spawn(&guard, with("ada", LoginIntent::PushWake), &other);
        settle().await;
        guard.session(ada()).kicked_off().await;
        settle().await;
        assert_eq!(other.started(), 0);
        assert!(!executed(&push.await.unwrap()));
        let _ = sdk.answer(Ok(1));
        assert_eq!(first.await.unwrap().unwrap(), LoginOutcome::Shed);
    });
}

#[test]
fn kicks_of_two_users_do_not_overwrite_each_other() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = open(&clock, &store, SessionMode::MultiUser, LoginPolicy::default()).await;
        for (name, who) in [("ada", ada()), ("bob", bob())] {
            assert!(reached(&guard, request(name)).await);
            guard.session(who).kicked_off().await;
        }
        clock.advance(DAY);
        let other = open(&clock, &store, SessionMode::MultiUser, LoginPolicy::default()).await;
        for name in ["ada", "bob"] {
            assert!(!reached(&other, with(name, LoginIntent::PushWake)).await, "{name}");
        }
    });
}

#[test]
fn a_kick_seen_by_the_extension_binds_the_running_app() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let (app, extension) = (phone(&clock, &store).await, phone(&clock, &store).await);
        assert!(reached(&app, request("ada")).await);
        app.session(ada()).user_sig_expired().await;
        extension.session(ada()).kicked_off().await;
        clock.advance(MINUTE);
        assert!(!reached(&app, with("ada", LoginIntent::Reconnect)).await);
        assert!(reached(&app, request("ada")).await);
    });
}
