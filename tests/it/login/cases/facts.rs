//! Facts about sessions, and waits.

use planguard::SessionState;
use planguard::client::Event;

use super::*;

#[test]
fn a_kick_outlives_another_users_visit_and_a_restart() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = device(&clock, &store).await;
        assert!(reached(&guard, of("ada", OpenChat)).await);
        guard.session(ada()).kicked_off().await;
        assert!(reached(&guard, of("bob", OpenChat)).await);
        guard.session(bob()).logged_out().await;
        assert_eq!(denied(&never(&guard, of("ada", PushWake)).await), Some(DenyReason::KickedOff));
        drop(guard);
        let guard = device(&clock, &store).await;
        assert_eq!(denied(&never(&guard, of("ada", PushWake)).await), Some(DenyReason::KickedOff));
        assert!(reached(&guard, of("ada", CONFIRMED)).await);
        assert_eq!(guard.session(ada()).state(), SessionState::LoggedIn);
    });
}

#[test]
fn nobody_is_logged_in_by_a_push_who_logged_out_on_purpose() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = device(&clock, &store).await;
        assert!(reached(&guard, of("ada", OpenChat)).await);
        guard.session(ada()).logged_out().await;
        assert_eq!(deferred(&never(&guard, of("ada", PushWake)).await), Some(DeferReason::LoggedOut));
        drop(guard);
        let guard = device(&clock, &store).await;
        assert_eq!(deferred(&never(&guard, of("ada", PushWake)).await), Some(DeferReason::LoggedOut));
        assert!(reached(&guard, of("ada", OpenChat)).await);
        assert_eq!(never(&guard, of("ada", PushWake)).await, LoginOutcome::AlreadyLoggedIn);
    });
}

#[test]
fn a_session_that_ended_without_a_log_out_leaves_the_user_as_before() {
    local(async {
        let guard = device(&clock(), &MemoryStore::new()).await;
        assert!(reached(&guard, of("ada", OpenChat)).await);
        guard.session(ada()).ended().await;
        assert_eq!(guard.session(ada()).state(), SessionState::LoggedOut);
        assert!(reached(&guard, of("ada", PushWake)).await);
        // It undoes no kick.
        guard.session(ada()).kicked_off().await;
        guard.session(ada()).ended().await;
        assert_eq!(denied(&never(&guard, of("ada", PushWake)).await), Some(DenyReason::KickedOff));
    });
}

#[test]
fn a_push_logs_in_nobody_but_the_devices_user() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = device(&clock, &store).await;
        assert!(reached(&guard, of("ada", OpenChat)).await);
        assert!(reached(&guard, of("bob", OpenChat)).await);
        drop(guard);
        clock.advance(5 * SECOND);
        let guard = device(&clock, &store).await;
        assert_eq!(deferred(&never(&guard, of("ada", PushWake)).await), Some(DeferReason::NotDeviceUser));
        assert!(reached(&guard, of("bob", PushWake)).await);
    });
}

#[test]
fn a_callback_touches_nobody_who_came_after() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let (guard, sdk) = (device(&clock, &store).await, Sdk::default());
        assert!(reached(&guard, of("ada", OpenChat)).await);
        let login = spawn(&guard, of("bob", OpenChat), &sdk);
        settle().await;
        guard.session(ada()).logged_out().await;
        sdk.answer(Ok(2));
        assert!(matches!(login.await.unwrap().unwrap(), LoginOutcome::Executed { .. }));
        guard.session(ada()).kicked_off().await;
        assert_eq!(guard.session(bob()).state(), SessionState::LoggedIn);
    });
}

#[test]
fn the_latest_user_wins_once_the_login_is_sent() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let (guard, sdk) = (device(&clock, &store).await, Sdk::default());
        let first = spawn(&guard, of("ada", OpenChat), &sdk);
        settle().await;
        let second = spawn(&guard, of("bob", OpenChat), &sdk);
        settle().await;
        assert!(sdk.answer(Ok(1)) && sdk.answer(Ok(2)));
        assert_eq!(first.await.unwrap().unwrap(), LoginOutcome::Shed);
        assert!(matches!(second.await.unwrap().unwrap(), LoginOutcome::Executed { value: 2, .. }));
        assert_eq!(guard.session(ada()).state(), SessionState::LoggedOut);
        let report = report_of(&guard, "2024-08").await;
        assert_eq!((report.shed, report.executed, report.active_users), (1, 1, 2));
    });
}

#[test]
fn a_refused_user_sig_is_not_sent_again() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = device(&clock, &store).await;
        assert!(reached(&guard, of("ada", OpenChat)).await);
        guard.session(ada()).user_sig_expired().await;
        guard.new_user_sig(&ada()).await;
        now(&guard, of("ada", RenewUserSig), Err(error(70_001))).await.unwrap_err();
        let refused = Some(DenyReason::CredentialRefused { code: 70_001 });
        assert_eq!(denied(&never(&guard, of("ada", RenewUserSig)).await), refused);
        // With a new one before each, the provider is spared a flood.
        let mut sent = 1;
        for _ in 0..30 {
            guard.new_user_sig(&ada()).await;
            sent += u32::from(now(&guard, of("ada", RenewUserSig), Err(error(70_001))).await.is_err());
            clock.advance(20 * SECOND);
        }
        assert!(sent < 15, "{sent}");
    });
}

#[test]
fn a_live_session_is_not_in_doubt_while_it_is_renewed() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let (guard, sdk) = (device(&clock, &store).await, Sdk::default());
        assert!(reached(&guard, of("ada", OpenChat)).await);
        let renewal = spawn(&guard, of("ada", RenewUserSig), &sdk);
        settle().await;
        assert_eq!(never(&guard, of("ada", OpenChat)).await, LoginOutcome::AlreadyLoggedIn);
        sdk.answer(Err(error(9506)));
        assert!(renewal.await.unwrap().is_err());
        assert_eq!(guard.session(ada()).state(), SessionState::LoggedIn);
    });
}

#[test]
fn a_person_does_not_wait_for_a_machine() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = device(&clock, &store).await;
        guard.known_active(&ada()).await;
        for _ in 0..12 {
            clock.advance(5 * MINUTE);
            now(&guard, of("ada", Reconnect), Err(error(9508))).await.unwrap_err();
        }
        let machine = never(&guard, of("ada", Reconnect)).await;
        assert!(matches!(denied(&machine), Some(DenyReason::BackingOff { .. })));
        assert!(reached(&guard, of("ada", OpenChat)).await);
    });
}

#[test]
fn a_connection_ends_the_networks_backoff() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = device(&clock, &store).await;
        now(&guard, of("ada", OpenChat), Err(error(9508))).await.unwrap_err();
        let waits = never(&guard, of("ada", OpenChat)).await;
        assert!(matches!(denied(&waits), Some(DenyReason::BackingOff { .. })));
        guard.session(ada()).connected().await;
        assert!(reached(&guard, of("ada", OpenChat)).await);
    });
}

#[test]
fn a_person_who_joined_a_machines_login_is_not_failed_by_it() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let (guard, sdk) = (device(&clock, &store).await, Sdk::default());
        guard.known_active(&ada()).await;
        let push = spawn(&guard, of("ada", PushWake), &sdk);
        settle().await;
        let person = spawn(&guard, of("ada", OpenChat), &sdk);
        settle().await;
        sdk.answer(Err(error(9508)));
        settle().await;
        sdk.answer(Ok(1));
        assert!(push.await.unwrap().is_err());
        assert!(matches!(person.await.unwrap().unwrap(), LoginOutcome::Executed { .. }));
    });
}

#[test]
fn a_broken_loop_is_reported_once_by_all_processes() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let mut broken = 0;
        for _ in 0..4 {
            let guard = device(&clock, &store).await;
            let mut events = guard.subscribe();
            for _ in 0..3 {
                let _ = now(&guard, of("ada", CONFIRMED), Err(error(6208))).await;
            }
            while let Some(event) = events.try_next() {
                broken += u32::from(matches!(event, Ok(Event::LoginLoopBroken { .. })));
            }
        }
        assert_eq!(broken, 1);
    });
}
