//! Unknown is not no: what the report says of users of whom a login was sent, and that it adds up.

use planguard::client::Event;
use planguard::login::{Begun, FailureClass, LoginIntent, LoginOutcome, LoginPolicy};
use planguard::store::MemoryStore;
use planguard::{EditionId, SessionMode};
use support::{
    MINUTE, SECOND, Upstream, ada, at, clock, clock_at, device, error, local, now, open, request, settle,
    spawn, with,
};

use crate::cases::rig::{executed, figures, plain, reached, told};

#[test]
fn who_may_have_opened_chat_is_not_claimed_as_avoided() {
    local(async {
        let (guard, _clock) = device().await;
        assert!(!reached(&guard, with("ada", LoginIntent::PushWake)).await);
        let lost = spawn(&guard, request("ada"), &Upstream::default());
        settle().await;
        lost.abort();
        settle().await;
        assert_eq!(figures(&guard, "2024-08").await.unwrap(), [1, 0, 0]);
    });
}

#[test]
fn an_uncertain_login_is_in_the_report_of_its_own_month_only() {
    local(async {
        let (guard, clock) = device().await;
        let lost = spawn(&guard, request("ada"), &Upstream::default());
        settle().await;
        lost.abort();
        settle().await;
        clock.set(at("2024-09-02T02:00:00Z"));
        let mut uncertain = Vec::new();
        for month in ["2024-07", "2024-08", "2024-09"] {
            uncertain.push(figures(&guard, month).await.unwrap()[0]);
        }
        assert_eq!(uncertain, [0, 1, 0]);
    });
}

#[test]
fn septembers_login_neither_moves_nor_settles_augusts_doubt() {
    local(async {
        for answer in [Ok(1), Err(error(9506)), Err(error(6012))] {
            let (guard, clock) = device().await;
            now(&guard, request("ada"), Err(error(6012))).await.unwrap_err();
            clock.set(at("2024-09-02T02:00:00Z"));
            clock.advance(MINUTE);
            let expected = match &answer {
                Ok(_) => [[1, 0, 0], [0, 1, 0]],
                Err(error) if error.code == 9506 => [[1, 0, 0], [0, 0, 0]],
                Err(_) => [[1, 0, 0], [1, 0, 0]],
            };
            let _ = now(&guard, request("ada"), answer).await;
            let seen = [figures(&guard, "2024-08").await.unwrap(), figures(&guard, "2024-09").await.unwrap()];
            assert_eq!(seen, expected);
        }
    });
}

#[test]
fn who_is_counted_is_not_uncertain_as_well() {
    local(async {
        let (guard, clock) = device().await;
        assert!(reached(&guard, request("ada")).await);
        guard.session(ada()).user_sig_expired().await;
        clock.advance(MINUTE);
        now(&guard, request("ada"), Err(error(6012))).await.unwrap_err();
        assert_eq!(figures(&guard, "2024-08").await.unwrap(), [0, 1, 0]);
    });
}

#[test]
fn an_answer_that_never_came_leaves_the_user_uncertain() {
    local(async {
        for code in [6012, 9508, 9520, 2801, 0] {
            let (guard, _clock) = device().await;
            let failure = now(&guard, request("ada"), Err(error(code))).await.unwrap_err();
            assert_eq!(failure.class, FailureClass::OutcomeUnknown, "{code}");
            assert_eq!(figures(&guard, "2024-08").await.unwrap(), [1, 0, 0], "{code}");
        }
    });
}

#[test]
fn a_timed_out_login_and_a_dropped_ticket_leave_their_users_uncertain() {
    local(async {
        let clock = clock();
        let guard = open(&clock, &MemoryStore::new(), SessionMode::MultiUser, LoginPolicy::default()).await;
        let slow = spawn(&guard, request("ada").timeout(SECOND), &Upstream::default());
        settle().await;
        clock.advance(SECOND);
        assert_eq!(slow.await.unwrap().unwrap_err().class, FailureClass::TimedOut);
        let Begun::Ticket(ticket) = guard.begin_login_with(request("bob")).await.unwrap() else { panic!() };
        drop(ticket);
        settle().await;
        assert!(!reached(&guard, with("ada", LoginIntent::Prefetch)).await);
        assert_eq!(figures(&guard, "2024-08").await.unwrap(), [2, 0, 0]);
    });
}

#[test]
fn every_request_is_in_exactly_one_class_of_one_month() {
    local(async {
        let clock = clock_at("2024-08-31T15:00:00Z");
        let guard = open(&clock, &MemoryStore::new(), SessionMode::MultiUser, LoginPolicy::default()).await;
        let Begun::Ticket(ticket) = guard.begin_login_with(request("ada").no_wait()).await.unwrap() else {
            panic!()
        };
        assert!(matches!(guard.begin_login_with(request("ada").no_wait()).await.unwrap(), Begun::InFlight));
        drop(ticket);
        settle().await;
        let august = guard.login_report("2024-08".parse().unwrap()).await.unwrap();
        assert_eq!((august.asked(), august.cancelled, august.in_flight), (2, 1, 1));

        // Asked in August, carried out in September.
        let sdk = Upstream::default();
        let over = spawn(&guard, request("bob").timeout(2 * 60 * MINUTE), &sdk);
        settle().await;
        clock.advance(60 * MINUTE + SECOND);
        settle().await;
        assert!(sdk.answer(Ok(1)));
        assert!(executed(&over.await.unwrap()));
        let august = guard.login_report("2024-08".parse().unwrap()).await.unwrap();
        let september = guard.login_report("2024-09".parse().unwrap()).await.unwrap();
        assert_eq!((august.asked(), september.asked(), september.executed), (2, 1, 1));
        assert_eq!((august.active_users, september.active_users), (0, 1));
    });
}

#[test]
fn a_lapsed_ticket_is_a_cancelled_request() {
    local(async {
        let clock = clock();
        let guard = plain(&clock, MemoryStore::new(), EditionId::STANDARD).await;
        std::mem::forget(guard.begin_login_with(request("ada").no_wait()).await.unwrap());
        clock.advance(2 * MINUTE);
        let report = guard.login_report("2024-08".parse().unwrap()).await.unwrap();
        assert_eq!((report.asked(), report.cancelled), (1, 1));
    });
}

#[test]
fn an_answer_after_the_turn_of_the_month_has_the_price_and_count_of_the_new_one() {
    local(async {
        let clock = clock_at("2024-08-31T15:59:40Z");
        let guard = plain(&clock, MemoryStore::new(), EditionId::STANDARD).await;
        assert!(reached(&guard, request("ada")).await);
        guard.session(ada()).user_sig_expired().await;
        let sdk = Upstream::default();
        let mut events = guard.subscribe();
        let login = spawn(&guard, request("ada"), &sdk);
        settle().await;
        clock.advance(50 * SECOND);
        settle().await;
        assert!(sdk.answer(Ok(2)));
        let LoginOutcome::Executed { mau, .. } = login.await.unwrap().unwrap() else { panic!() };
        assert!(mau.new_in_month);
        // Who is new in September is compared with September's quota, not with what made her free in August.
        assert!(mau.evidence.is_some(), "{mau:?}");
        let counted = told(&mut events)
            .iter()
            .any(|e| matches!(e, Event::ActiveUserCounted { new_in_month: true, .. }));
        assert!(counted);
        assert_eq!(figures(&guard, "2024-09").await.unwrap(), [0, 1, 0]);
    });
}

#[test]
fn two_lost_logins_of_one_user_in_one_month_are_one_uncertain_user() {
    local(async {
        let (guard, clock) = device().await;
        for _ in 0..2 {
            now(&guard, request("ada"), Err(error(6012))).await.unwrap_err();
            clock.advance(MINUTE);
        }
        assert_eq!(figures(&guard, "2024-08").await.unwrap(), [1, 0, 0]);
        assert!(reached(&guard, request("ada")).await);
        assert_eq!(figures(&guard, "2024-08").await.unwrap(), [0, 1, 0]);
    });
}
