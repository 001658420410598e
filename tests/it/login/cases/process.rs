//! Several processes on one store.

use planguard::SessionState;
use planguard::login::{Begun, FailureClass};
use planguard::store::ProcessRole;

use super::*;

#[test]
fn a_push_that_waited_for_another_process_is_decided_again() {
    local(async {
        let (clock, store) = (clock_at("2024-08-31T15:59:40Z"), MemoryStore::new());
        let (first, sdk1, sdk2) = (device(&clock, &store).await, Sdk::default(), Sdk::default());
        assert!(reached(&first, of("ada", OpenChat)).await);
        let second = device(&clock, &store).await;
        clock.advance(5 * SECOND);
        let running = spawn(&first, of("ada", RenewUserSig), &sdk1);
        settle().await;
        let push = spawn(&second, of("ada", PushWake), &sdk2);
        settle().await;
        clock.set("2024-08-31T16:00:30Z".parse().unwrap());
        pass(&clock, 50).await;
        assert_eq!(sdk2.started(), 0);
        assert_eq!(deferred(&push.await.unwrap().unwrap()), Some(DeferReason::WouldCreateActiveUser));
        running.abort();
    });
}

#[test]
fn a_dead_process_holds_its_user_up_no_longer_than_its_lease() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let (first, second) = (device(&clock, &store).await, device(&clock, &store).await);
        let (sdk1, sdk2) = (Sdk::default(), Sdk::default());
        let mut dead = Box::pin(first.login_with(of("ada", OpenChat), || sdk1.clone().login()));
        while sdk1.started() == 0 {
            assert!(futures::poll!(&mut dead).is_pending());
            settle().await;
        }
        // Nobody polls it any more.
        let waiting = spawn(&second, of("ada", OpenChat), &sdk2);
        pass(&clock, 20).await;
        assert_eq!(sdk2.started(), 0);
        pass(&clock, 7).await;
        assert_eq!(sdk2.started(), 1);
        sdk2.answer(Ok(1));
        assert!(matches!(waiting.await.unwrap().unwrap(), LoginOutcome::Executed { .. }));
    });
}

#[test]
fn a_running_login_keeps_its_lease() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let (first, second) = (device(&clock, &store).await, device(&clock, &store).await);
        let (sdk1, sdk2) = (Sdk::default(), Sdk::default());
        let running = spawn(&first, of("ada", OpenChat), &sdk1);
        settle().await;
        let waiting = spawn(&second, of("ada", OpenChat), &sdk2);
        pass(&clock, 60).await;
        assert_eq!(sdk2.started(), 0);
        sdk1.answer(Ok(1));
        assert!(running.await.unwrap().unwrap().is_logged_in());
        pass(&clock, 2).await;
        assert_eq!(waiting.await.unwrap().unwrap(), LoginOutcome::Joined);
        assert_eq!(second.session(ada()).state(), SessionState::LoggedIn);
    });
}

#[test]
fn a_login_that_was_never_sent_changes_nobodys_session() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let (first, second) = (device(&clock, &store).await, device(&clock, &store).await);
        let (sdk1, sdk2) = (Sdk::default(), Sdk::default());
        assert!(reached(&second, of("ada", OpenChat)).await);
        let running = spawn(&first, of("bob", OpenChat), &sdk1);
        settle().await;
        let waiting = spawn(&second, of("bob", OpenChat).timeout(SECOND), &sdk2);
        pass(&clock, 6).await;
        assert_eq!(waiting.await.unwrap().unwrap_err().class, FailureClass::TimedOut);
        assert_eq!((sdk2.started(), second.session(ada()).state()), (0, SessionState::LoggedIn));
        running.abort();
    });
}

#[test]
fn a_kick_seen_by_one_process_binds_the_others() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let (app, extension) = (device(&clock, &store).await, device(&clock, &store).await);
        assert!(reached(&app, of("ada", OpenChat)).await);
        clock.advance(5 * SECOND);
        assert!(reached(&extension, of("ada", OpenChat)).await);
        app.session(ada()).kicked_off().await;
        clock.advance(5 * SECOND);
        assert!(reached(&app, of("ada", CONFIRMED)).await);
        // The extension's own session ended with the kick, though nobody told it.
        clock.advance(5 * SECOND);
        extension.known_active(&ada()).await;
        assert_eq!(extension.session(ada()).state(), SessionState::KickedOff);
        assert_eq!(app.session(ada()).state(), SessionState::LoggedIn);
    });
}

#[test]
fn the_loop_breaker_counts_every_process() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let main = device(&clock, &store).await;
        assert!(reached(&main, of("ada", OpenChat)).await);
        let mut sent = 0;
        for _ in 0..12 {
            clock.advance(4 * SECOND);
            let extension = device(&clock, &store).await;
            clock.advance(Duration::from_millis(500));
            sent += u32::from(reached(&extension, of("ada", PushWake)).await);
        }
        assert_eq!(sent, 5);
    });
}

#[test]
fn who_does_not_wait_is_told_of_another_processs_login() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let (first, second) = (device(&clock, &store).await, device(&clock, &store).await);
        let Ok(Begun::Ticket(ticket)) = first.begin_login_with(of("ada", OpenChat)).await else { panic!() };
        assert!(matches!(second.begin_login_with(of("ada", OpenChat).no_wait()).await, Ok(Begun::InFlight)));
        assert!(ticket.succeed().await.is_logged_in());
        let report = report_of(&second, "2024-08").await;
        assert_eq!((report.asked(), report.in_flight, report.executed), (2, 1, 1));
    });
}

#[test]
fn a_restarted_app_logs_its_user_in_at_once() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let open = || builder(&clock, &store).process_role(ProcessRole::App).open();
        let killed = open().await.unwrap();
        std::mem::forget(killed.begin_login_with(of("ada", OpenChat)).await.unwrap());
        std::mem::forget(killed);
        let guard = open().await.unwrap();
        assert!(matches!(guard.begin_login_with(of("ada", OpenChat).no_wait()).await, Ok(Begun::Ticket(_))));
    });
}
