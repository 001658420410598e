//! Single flight, take-over, switching users, late answers, tickets.

use planguard::login::{Begun, FailureClass, LoginIntent, LoginOutcome, LoginPolicy};
use planguard::store::MemoryStore;
use planguard::{SessionMode, SessionState};
use support::{
    MINUTE, SECOND, Upstream, device, error, local, never, now, open, request, settle, spawn, user, with,
};

fn executed(outcome: &LoginOutcome<u32>) -> bool {
    matches!(outcome, LoginOutcome::Executed { .. })
}

#[test]
fn ten_thousand_callers_make_one_login() {
    local(async {
        let (guard, _clock) = device().await;
        let sdk = Upstream::default();
        let tasks: Vec<_> = (0..10_000).map(|_| spawn(&guard, request("ada"), &sdk)).collect();
        settle().await;
        assert_eq!(sdk.started(), 1);
        assert!(sdk.answer(Ok(7)));
        let mut joined = 0;
        let mut first = 0;
        for task in tasks {
            match task.await.unwrap().unwrap() {
                LoginOutcome::Executed { value: 7, mau } if mau.new_in_month && mau.new_on_day => first += 1,
                LoginOutcome::Joined => joined += 1,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((first, joined, sdk.started()), (1, 9_999, 1));
        assert_eq!(never(&guard, request("ada")).await, LoginOutcome::AlreadyLoggedIn);
    });
}

#[test]
fn a_cancelled_leader_is_replaced_and_leaves_the_user_uncertain() {
    local(async {
        let (guard, _clock) = device().await;
        let sdk = Upstream::default();
        let leader = spawn(&guard, request("ada"), &sdk);
        settle().await;
        let (second, third) = (spawn(&guard, request("ada"), &sdk), spawn(&guard, request("ada"), &sdk));
        settle().await;
        assert_eq!(sdk.started(), 1);
        leader.abort();
        settle().await;
        assert_eq!((sdk.started(), sdk.running()), (2, 1));
        let month = "2024-08".parse().unwrap();
        assert_eq!(guard.login_report(month).await.unwrap().uncertain, 1);
        assert!(sdk.answer(Ok(2)));
        let outcomes = [second.await.unwrap().unwrap(), third.await.unwrap().unwrap()];
        assert_eq!(outcomes.iter().filter(|outcome| executed(outcome)).count(), 1);
        assert!(outcomes.contains(&LoginOutcome::Joined));
        let report = guard.login_report(month).await.unwrap();
        assert_eq!((report.uncertain, report.active_users, report.cancelled, report.asked()), (0, 1, 1, 3));
    });
}

#[test]
fn a_waiter_whose_own_intent_makes_no_active_user_does_not_take_over() {
    local(async {
        let (guard, _clock) = device().await;
        let sdk = Upstream::default();
        let person = spawn(&guard, request("ada"), &sdk);
        settle().await;
        let push = spawn(&guard, with("ada", LoginIntent::PushWake), &sdk);
        settle().await;
        person.abort();
        assert!(matches!(push.await.unwrap().unwrap(), LoginOutcome::Deferred { .. }));
        assert_eq!(sdk.started(), 1);
    });
}

#[test]
fn everybody_gets_the_failure_and_only_the_leader_its_source() {
    local(async {
        let (guard, clock) = device().await;
        let sdk = Upstream::default();
        let tasks: Vec<_> = (0..5).map(|_| spawn(&guard, request("ada"), &sdk)).collect();
        settle().await;
        sdk.answer(Err(error(9506)));
        let mut sources = 0;
        for task in tasks {
            let failure = task.await.unwrap().unwrap_err();
            assert_eq!((failure.class, failure.code), (FailureClass::RateLimited, 9506));
            assert_eq!(failure.retry_at, Some(guard.now().plus(3 * SECOND)));
            sources += usize::from(failure.source.is_some());
        }
        assert_eq!(sources, 1);
        assert!(matches!(
            never(&guard, request("ada")).await,
            LoginOutcome::Denied { retry_at: Some(_), .. }
        ));
        clock.advance(3 * SECOND);
        assert!(executed(&now(&guard, request("ada"), Ok(1)).await.unwrap()));
    });
}

#[test]
fn each_caller_waits_for_its_own_time() {
    local(async {
        let (guard, clock) = device().await;
        let sdk = Upstream::default();
        let leader = spawn(&guard, request("ada"), &sdk);
        settle().await;
        let hasty = spawn(&guard, request("ada").timeout(2 * SECOND), &sdk);
        settle().await;
        clock.advance(2 * SECOND);
        settle().await;
        assert_eq!(hasty.await.unwrap().unwrap_err().class, FailureClass::TimedOut);
        assert!(!leader.is_finished());
        // The leader's own time is up, too; nobody is left to take over.
        clock.advance(MINUTE);
        assert_eq!(leader.await.unwrap().unwrap_err().class, FailureClass::TimedOut);
        assert_eq!((sdk.started(), sdk.running()), (1, 0));
        assert_eq!(guard.session(user("ada")).state(), SessionState::LoggedOut);
    });
}

#[test]
fn a_panic_upstream_reaches_its_own_caller_and_nobody_else() {
    local(async {
        let (guard, _clock) = device().await;
        let sdk = Upstream::default();
        let bomb = tokio::task::spawn_local({
            let guard = guard.clone();
            async move {
                let outcome: support::Outcome =
                    guard.login_with(request("ada"), || async { panic!("host bug") }).await;
                outcome
            }
        });
        let waiter = spawn(&guard, request("ada"), &sdk);
        settle().await;
        assert!(bomb.await.unwrap_err().is_panic());
        assert_eq!(sdk.started(), 1);
        sdk.answer(Ok(1));
        assert!(executed(&waiter.await.unwrap().unwrap()));
    });
}

#[test]
fn on_a_device_the_latest_user_wins_and_a_late_answer_counts_but_does_not_land() {
    local(async {
        let (guard, _clock) = device().await;
        let sdk = Upstream::default();
        let (ada, ada_waits) = (spawn(&guard, request("ada"), &sdk), spawn(&guard, request("ada"), &sdk));
        settle().await;
        let bob = spawn(&guard, request("bob"), &sdk);
        settle().await;
        let LoginOutcome::Shed = ada_waits.await.unwrap().unwrap() else { panic!("not shed") };
        assert_eq!(sdk.running(), 2);
        // Ada's answer comes late.
        sdk.answer(Ok(1));
        assert_eq!(ada.await.unwrap().unwrap(), LoginOutcome::Shed);
        assert_eq!(guard.session(user("ada")).state(), SessionState::LoggedOut);
        assert_eq!(guard.session(user("bob")).state(), SessionState::LoggingIn);
        sdk.answer(Ok(2));
        assert!(executed(&bob.await.unwrap().unwrap()));
        assert_eq!(guard.session(user("bob")).state(), SessionState::LoggedIn);
        // Both were logged in at the provider, so both count.
        let report = guard.login_report("2024-08".parse().unwrap()).await.unwrap();
        assert_eq!((report.active_users, report.executed, report.shed), (2, 1, 2));
    });
}

#[test]
fn there_and_back_again_leaves_the_last_one() {
    local(async {
        let (guard, _clock) = device().await;
        let sdk = Upstream::default();
        let first = spawn(&guard, request("ada"), &sdk);
        settle().await;
        let second = spawn(&guard, request("bob"), &sdk);
        settle().await;
        let third = spawn(&guard, request("ada"), &sdk);
        settle().await;
        assert_eq!(sdk.started(), 3);
        sdk.answer(Ok(1));
        sdk.answer(Ok(2));
        settle().await;
        assert_eq!(guard.session(user("ada")).state(), SessionState::LoggingIn);
        sdk.answer(Ok(3));
        assert!(matches!(first.await.unwrap().unwrap(), LoginOutcome::Shed));
        assert!(matches!(second.await.unwrap().unwrap(), LoginOutcome::Shed));
        assert!(executed(&third.await.unwrap().unwrap()));
        assert_eq!(guard.session(user("ada")).state(), SessionState::LoggedIn);
    });
}

#[test]
fn a_user_left_behind_while_another_process_logs_in_is_not_logged_in_any_more() {
    local(async {
        let (clock, store) = (support::clock(), MemoryStore::new());
        let here = open(&clock, &store, SessionMode::Device, LoginPolicy::default()).await;
        let there = open(&clock, &store, SessionMode::Device, LoginPolicy::default()).await;
        let (sdk, other_sdk) = (Upstream::default(), Upstream::default());
        let elsewhere = spawn(&there, request("ada"), &other_sdk);
        settle().await;
        let ada = spawn(&here, request("ada"), &sdk);
        settle().await;
        assert_eq!(sdk.started(), 0);
        let bob = spawn(&here, request("bob"), &sdk);
        settle().await;
        sdk.answer(Ok(1));
        assert!(executed(&bob.await.unwrap().unwrap()));
        // Now nobody stands in the way of Ada's login any more, and it would log Bob out.
        elsewhere.abort();
        settle().await;
        clock.advance(SECOND);
        assert!(matches!(ada.await.unwrap().unwrap(), LoginOutcome::Shed));
        assert_eq!(sdk.started(), 1);
        assert_eq!(here.session(user("bob")).state(), SessionState::LoggedIn);
    });
}

#[test]
fn the_late_failure_of_a_superseded_login_says_nothing_of_the_newer_one() {
    local(async {
        let (guard, _clock) = device().await;
        let sdk = Upstream::default();
        let first = spawn(&guard, request("ada"), &sdk);
        settle().await;
        let _bob = spawn(&guard, request("bob"), &sdk);
        settle().await;
        let _second = spawn(&guard, request("ada"), &sdk);
        settle().await;
        let uncertain = async || guard.login_report("2024-08".parse().unwrap()).await.unwrap().uncertain;
        assert_eq!(uncertain().await, 2);
        sdk.answer(Err(error(9506)));
        assert!(matches!(first.await.unwrap().unwrap(), LoginOutcome::Shed));
        assert_eq!(uncertain().await, 2, "Ada's second login has no answer yet");
    });
}

#[test]
fn on_a_server_users_do_not_disturb_each_other() {
    local(async {
        let clock = support::clock();
        let guard = open(&clock, &MemoryStore::new(), SessionMode::MultiUser, LoginPolicy::default()).await;
        let sdk = Upstream::default();
        let tasks: Vec<_> = (0..50).map(|i| spawn(&guard, request(&format!("user {i}")), &sdk)).collect();
        settle().await;
        assert_eq!(sdk.running(), 50);
        while sdk.answer(Ok(1)) {}
        for task in tasks {
            assert!(executed(&task.await.unwrap().unwrap()));
        }
        assert_eq!(guard.session(user("user 7")).state(), SessionState::LoggedIn);
        guard.session(user("user 7")).kicked_off().await;
        assert_eq!(guard.session(user("user 7")).state(), SessionState::KickedOff);
        assert_eq!(guard.session(user("user 8")).state(), SessionState::LoggedIn);
    });
}

#[test]
fn logging_out_while_a_login_runs_keeps_its_answer_from_landing() {
    local(async {
        let (guard, _clock) = device().await;
        let sdk = Upstream::default();
        let task = spawn(&guard, request("ada"), &sdk);
        settle().await;
        guard.session(user("ada")).logged_out().await;
        sdk.answer(Ok(1));
        assert!(matches!(task.await.unwrap().unwrap(), LoginOutcome::Shed));
        assert_eq!(guard.session(user("ada")).state(), SessionState::LoggedOut);
    });
}

#[test]
fn a_ticket_is_answered_dropped_or_lapses() {
    local(async {
        let (guard, clock) = device().await;
        let sdk = Upstream::default();
        let Begun::Ticket(ticket) = guard.begin_login_with(request("ada").no_wait()).await.unwrap() else {
            panic!()
        };
        assert!(matches!(guard.begin_login_with(request("ada").no_wait()).await.unwrap(), Begun::InFlight));
        let waiter = spawn(&guard, request("ada"), &sdk);
        settle().await;
        drop(ticket);
        settle().await;
        assert_eq!(sdk.started(), 1, "whoever waited takes over");
        sdk.answer(Err(error(123)));
        assert!(waiter.await.unwrap().is_err());
        guard.forget_failures(&user("ada")).await;

        let Begun::Ticket(ticket) = guard.begin_login_with(request("ada")).await.unwrap() else { panic!() };
        assert_eq!(ticket.fail(6206, "expired").await.unwrap_err().class, FailureClass::CredentialExpired);
        let Begun::Ticket(lapsing) = guard.begin_login_with(request("ada")).await.unwrap() else { panic!() };
        let waiter = spawn(&guard, request("ada").timeout(5 * MINUTE), &sdk);
        settle().await;
        clock.advance(MINUTE);
        settle().await;
        assert_eq!(sdk.started(), 2, "the ticket lapsed");
        assert!(matches!(lapsing.succeed().await, LoginOutcome::Shed));
        assert_eq!(guard.session(user("ada")).state(), SessionState::LoggingIn);
        sdk.answer(Ok(1));
        assert!(executed(&waiter.await.unwrap().unwrap()));
        assert!(matches!(
            guard.begin_login_with(request("ada")).await.unwrap(),
            Begun::Outcome(LoginOutcome::AlreadyLoggedIn)
        ));
    });
}

#[test]
fn a_forgotten_ticket_lapses_for_whoever_waits_though_the_clock_was_set_back() {
    local(async {
        let (guard, clock) = device().await;
        let sdk = Upstream::default();
        let Begun::Ticket(forgotten) = guard.begin_login_with(request("ada").no_wait()).await.unwrap() else {
            panic!()
        };
        clock.set("2024-08-01T00:00:00Z".parse().unwrap());
        let waiter = spawn(&guard, request("ada").timeout(5 * MINUTE), &sdk);
        settle().await;
        clock.advance(MINUTE);
        settle().await;
        assert_eq!(sdk.started(), 1);
        sdk.answer(Ok(1));
        assert!(executed(&waiter.await.unwrap().unwrap()));
        assert!(matches!(forgotten.succeed().await, LoginOutcome::Shed));
        assert_eq!(guard.session(user("ada")).state(), SessionState::LoggedIn);
    });
}

#[test]
fn a_ticket_can_be_held_across_threads() {
    fn is_send<T: Send>(_: &T) {}
    local(async {
        let (guard, _clock) = device().await;
        let begun = guard.begin_login_with(request("ada").no_wait());
        is_send(&begun);
        let Begun::Ticket(ticket) = begun.await.unwrap() else { panic!() };
        is_send(&ticket);
        let answer = move || futures::executor::block_on(ticket.succeed());
        let outcome = std::thread::spawn(answer).join().unwrap();
        assert!(matches!(outcome, LoginOutcome::Executed { value: (), .. }));
        assert_eq!(guard.session(user("ada")).state(), SessionState::LoggedIn);
    });
}

#[test]
fn every_future_of_a_login_can_be_spawned_on_other_threads() {
    fn is_send<T: Send>(_: &T) {}
    local(async {
        let (guard, _clock) = device().await;
        let ada = user("ada");
        is_send(&guard.login_with(request("ada"), || async { Ok::<_, planguard::login::ProviderError>(()) }));
        is_send(&guard.begin_login_with(request("ada")));
        is_send(&guard.new_user_sig(&ada));
        is_send(&guard.known_active(&ada));
        is_send(&guard.forget_failures(&ada));
        is_send(&guard.login_report("2024-08".parse().unwrap()));
        let session = guard.session(ada);
        is_send(&session.connected());
        is_send(&session.disconnected());
        is_send(&session.kicked_off());
        is_send(&session.user_sig_expired());
        is_send(&session.logged_out());
        for ends_well in [true, false] {
            let Begun::Ticket(ticket) = guard.begin_login_with(request("ada")).await.unwrap() else {
                panic!()
            };
            if ends_well { is_send(&ticket.succeed()) } else { is_send(&ticket.fail(1, "")) }
        }
    });
}
