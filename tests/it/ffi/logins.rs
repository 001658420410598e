//! Logins with a foreign handler, tickets, sessions, and what is reported of them.

use planguard::ffi::{Begun, LoginOutcome, LoginPolicy, LoginRequest, OpenOptions, PlanguardError};
use planguard::login::FailureClass;
use planguard::{Enforcement, Locale, LoginIntent, SessionMode, SessionState};
use support::{SECOND, ada, bob, clock, settle};

use super::hosts::{Does, Handler, SECRET, builder, open, options, reason};

#[tokio::test]
async fn a_thousand_requests_make_one_call() {
    let guard = open(&clock()).await;
    let handler = Handler::that(Does::Works);
    let asked = (0..1_000).map(|_| guard.login(ada(), LoginIntent::OpenChat, handler.clone()));
    let outcomes = futures::future::join_all(asked).await;
    assert_eq!(handler.calls(), 1);
    let executed = outcomes.iter().filter(|outcome| matches!(outcome, Ok(LoginOutcome::Executed { .. })));
    assert_eq!(executed.count(), 1);
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().unwrap().is_logged_in()));
    let report = guard.login_report(guard.billing_month().unwrap()).await.unwrap();
    assert_eq!((report.executed, report.new_active_users, report.asked), (1, 1, 1_000));
}

#[tokio::test]
async fn a_push_is_deferred_and_says_so() {
    let guard = open(&clock()).await;
    let handler = Handler::that(Does::Works);
    let woken = guard.login(ada(), LoginIntent::PushWake, handler.clone()).await.unwrap();
    assert!(matches!(woken, LoginOutcome::Deferred { .. }) && !woken.is_logged_in());
    assert!(!woken.explain(Locale::En).is_empty() && handler.calls() == 0);
    guard.known_active(ada()).await.unwrap();
    assert!(guard.login(ada(), LoginIntent::PushWake, handler).await.unwrap().is_logged_in());
}

#[tokio::test]
async fn a_handler_that_fails_throws_or_panics_is_a_typed_failure() {
    let guard = open(&clock()).await;
    for (does, code) in [(Does::Fails, 6012), (Does::Throws, 0), (Does::Panics, 0)] {
        let failed = guard.login(ada(), LoginIntent::OpenChat, Handler::that(does)).await;
        let error = failed.unwrap_err();
        let PlanguardError::Login { failure } = &error else { panic!("{does:?}: {}", reason(&error)) };
        assert_eq!(failure.code, code, "{does:?}");
        let broken = does != Does::Fails;
        assert_eq!(failure.failure_class == FailureClass::AppFailed, broken, "{does:?}");
        assert_eq!(error.explain(Locale::En).contains("own login call failed"), broken, "{does:?}");
        assert!(!error.explain(Locale::ZhHans).is_empty() && !reason(&error).contains(SECRET));
        let own = failure.detail.as_deref().unwrap();
        assert_eq!(own.contains(SECRET), does != Does::Panics, "its own words are for the app");
        guard.forget_failures(ada()).await.unwrap();
    }
}

#[tokio::test]
async fn a_login_whose_handler_throws_or_whose_ticket_is_given_up_leaves_no_room_held() {
    let logins =
        LoginPolicy { mau_budget: Some(1), on_budget: Some(Enforcement::Enforce), ..LoginPolicy::default() };
    let many = OpenOptions { session_mode: Some(SessionMode::MultiUser), logins: Some(logins), ..options() };
    let guard = builder(many, &clock()).open().await.unwrap();
    for does in [Does::Throws, Does::Panics] {
        let failed = guard.login(ada(), LoginIntent::OpenChat, Handler::that(does)).await;
        assert!(matches!(failed, Err(PlanguardError::Login { .. })), "{failed:?}");
        let room = guard.begin_login(bob(), LoginIntent::OpenChat).await.unwrap();
        let Begun::Ticket { ticket } = room else { panic!("{does:?}: {room:?}") };
        ticket.abandon().unwrap();
        guard.forget_failures(ada()).await.unwrap();
    }
    let executed = guard.login(bob(), LoginIntent::OpenChat, Handler::that(Does::Works)).await.unwrap();
    assert_eq!(executed.as_str(), "executed");
    // Neither is taken for somebody who never opened chat.
    let report = guard.login_report(guard.billing_month().unwrap()).await.unwrap();
    assert_eq!((report.uncertain, report.active_users), (1, 1));
    let denied = guard.login(ada(), LoginIntent::OpenChat, Handler::that(Does::Works)).await.unwrap();
    assert_eq!(denied.as_str(), "denied");
}

#[tokio::test]
async fn a_handler_that_never_returns_ends_with_its_time() {
    let clock = clock();
    let guard = open(&clock).await;
    let never = Handler::that(Does::NeverReturns);
    let request = LoginRequest {
        user: ada(),
        intent: LoginIntent::OpenChat,
        timeout: Some(5 * SECOND),
        known_to_provider: true,
        no_wait: false,
    };
    let turning = async {
        settle().await;
        assert_eq!(never.calls(), 1);
        clock.advance(5 * SECOND);
    };
    let (answer, ()) = futures::join!(guard.login_with(request, never.clone()), turning);
    let Err(PlanguardError::Login { failure }) = answer else { panic!("{answer:?}") };
    assert_eq!(failure.failure_class, FailureClass::TimedOut);
}

#[tokio::test]
async fn a_ticket_has_one_answer() {
    let guard = open(&clock()).await;
    let begun = guard.begin_login(ada(), LoginIntent::OpenChat).await.unwrap();
    let Begun::Ticket { ticket } = begun else { panic!("{begun:?}") };
    let request = LoginRequest {
        user: ada(),
        intent: LoginIntent::OpenChat,
        timeout: None,
        known_to_provider: true,
        no_wait: true,
    };
    assert!(matches!(guard.begin_login_with(request).await.unwrap(), Begun::InFlight));
    assert!(ticket.succeed().await.unwrap().is_logged_in());
    for again in [ticket.succeed().await, ticket.fail(6208, SECRET.to_owned()).await] {
        assert!(matches!(again, Err(PlanguardError::Finished { .. })));
    }
    assert!(ticket.abandon().is_err());
    let settled = guard.begin_login(ada(), LoginIntent::OpenChat).await.unwrap();
    assert!(matches!(settled, Begun::Outcome { outcome: LoginOutcome::AlreadyLoggedIn }));

    let Begun::Ticket { ticket } = guard.begin_login(bob(), LoginIntent::OpenChat).await.unwrap() else {
        panic!("bob is somebody else")
    };
    let error = ticket.fail(70003, SECRET.to_owned()).await.unwrap_err();
    assert!(matches!(error, PlanguardError::Login { .. }), "{}", reason(&error));
    guard.new_user_sig(bob()).await.unwrap();
    let Begun::Ticket { ticket } = guard.begin_login(bob(), LoginIntent::OpenChat).await.unwrap() else {
        panic!("the new UserSig is tried")
    };
    ticket.abandon().unwrap();
}

#[tokio::test]
async fn callbacks_of_the_chat_sdk_move_the_session() {
    let many = OpenOptions { session_mode: Some(SessionMode::MultiUser), ..options() };
    let guard = builder(many, &clock()).open().await.unwrap();
    let handler = Handler::that(Does::Works);
    for user in [ada(), bob()] {
        guard.login(user, LoginIntent::OpenChat, handler.clone()).await.unwrap();
    }
    let (ada, bob) = (guard.clone().session(ada()).unwrap(), guard.clone().session(bob()).unwrap());
    ada.connected().await.unwrap();
    ada.disconnected().await.unwrap();
    assert_eq!(ada.state().unwrap(), SessionState::LoggedIn);
    ada.user_sig_expired().await.unwrap();
    assert_eq!(ada.state().unwrap(), SessionState::SigExpired);
    ada.kicked_off().await.unwrap();
    assert_eq!(ada.state().unwrap(), SessionState::KickedOff);
    ada.logged_out().await.unwrap();
    bob.ended().await.unwrap();
    assert_eq!(
        (ada.state().unwrap(), bob.state().unwrap()),
        (SessionState::LoggedOut, SessionState::LoggedOut)
    );
}
