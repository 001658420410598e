//! Asking whether a user is counted already, before a login is put off or refused for making a new active user.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use planguard::client::Builder;
use planguard::login::{Begun, DenyReason, LoginIntent, LoginOutcome, LoginPolicy};
use planguard::net::{Request, Response, Transport, TransportError};
use planguard::port::BoxFuture;
use planguard::time::{Clock as _, ManualClock};
use planguard::{Enforcement, SessionMode};
use planguard_endpoint_faults::{Endpoint, Fault, FaultKind, Faults, On, RetryAfter, StatusCode};
use serde_json::json;
use support::{DAY, MINUTE, SECOND, Upstream, local, never, now, request, settle, spawn, with};

use super::accounts::{ADA, endpoint, section};
use super::rig::{APP, Build, Rig};
use super::scripted;

const MONTH: &str = "2026-11";

/// A guard that holds a document with a key, of many users, so that a push for one is not put off for another.
async fn started(endpoint: &Endpoint) -> (Build, Rig) {
    let build = Build::new(&endpoint.url());
    let rig = build.rig(many(&build).open().await.unwrap());
    rig.fetch().await.unwrap();
    (build, rig)
}

fn many(build: &Build) -> Builder {
    build.builder().session_mode(SessionMode::MultiUser)
}

/// How often it was asked about users, and with which paths.
fn asked(endpoint: &Endpoint) -> Vec<String> {
    let log = endpoint.requests().log.into_iter().map(|request| request.path);
    log.filter(|path| path.ends_with("/active")).collect()
}

async fn pushed(rig: &Rig, user: &str) -> LoginOutcome<u32> {
    now(&rig.guard, with(user, LoginIntent::PushWake), Ok(1)).await.unwrap()
}

fn is_executed(outcome: &LoginOutcome<u32>) -> bool {
    matches!(outcome, LoginOutcome::Executed { .. })
}

fn is_deferred(outcome: &LoginOutcome<u32>) -> bool {
    matches!(outcome, LoginOutcome::Deferred { .. })
}

#[tokio::test]
async fn who_is_counted_on_another_phone_is_not_put_off() {
    let endpoint = endpoint(section()).await;
    endpoint.set_active(ADA, MONTH, Some(true));
    let (build, rig) = started(&endpoint).await;
    let outcome = pushed(&rig, "ada").await;
    let LoginOutcome::Executed { mau, .. } = &outcome else { panic!("{outcome:?}") };
    assert!(!mau.new_in_month);
    assert_eq!(asked(&endpoint), [format!("/v1/apps/{APP}/users/{ADA}/active")]);
    rig.guard.flush().await;
    let last = endpoint.events().received.pop().unwrap().event;
    assert_eq!((&last["data"]["account"], &last["data"]["new_mau"]), (&json!(ADA), &json!(0)));

    // It is remembered for the month, over a restart, and not longer.
    endpoint.set_active(ADA, MONTH, Some(false));
    let rig = build.rig(many(&build).open().await.unwrap());
    assert!(is_executed(&pushed(&rig, "ada").await));
    assert_eq!(asked(&endpoint).len(), 1);
    rig.guard.session(support::ada()).disconnected().await;
    build.clock.advance(15 * DAY);
    let rig = build.rig(many(&build).open().await.unwrap());
    assert!(is_deferred(&pushed(&rig, "ada").await));
}

#[tokio::test]
async fn nobody_is_asked_for_a_login_that_goes_ahead_or_that_nothing_hangs_on() {
    let with_key = endpoint(section()).await;
    with_key.set_active(ADA, MONTH, Some(true));
    let (_, rig) = started(&with_key).await;
    assert!(is_executed(&now(&rig.guard, request("ada"), Ok(1)).await.unwrap()));
    assert!(is_executed(&now(&rig.guard, request("bob"), Ok(1)).await.unwrap()));
    rig.guard.session(support::bob()).kicked_off().await;
    assert!(matches!(pushed(&rig, "bob").await, LoginOutcome::Denied { reason: DenyReason::KickedOff, .. }));
    rig.guard.session(support::ada()).logged_out().await;
    assert!(is_deferred(&pushed(&rig, "ada").await), "logged out on purpose");
    assert_eq!(asked(&with_key), [""; 0]);

    // Without the section nothing is asked, nor on a plan that bills days.
    let without = endpoint(None).await;
    without.set_active(ADA, MONTH, Some(true));
    let (_, rig) = started(&without).await;
    assert!(is_deferred(&pushed(&rig, "ada").await));
    assert_eq!(asked(&without), [""; 0]);
    let by_day = endpoint(section()).await;
    by_day.set_active(ADA, MONTH, Some(true));
    let change = json!({ "catalog": "cn-dau", "edition": "professional" });
    by_day
        .edit(APP, |document| document.as_object_mut().unwrap().extend(change.as_object().unwrap().clone()))
        .unwrap();
    let (_, rig) = started(&by_day).await;
    assert!(is_deferred(&pushed(&rig, "ada").await));
    assert_eq!(asked(&by_day), [""; 0]);
}

type Bounded = fn(Builder) -> Builder;

#[tokio::test]
async fn a_login_is_not_refused_for_room_that_it_does_not_take() {
    let bounds: [(&str, Bounded); 2] = [
        ("the plan's quota", |builder| builder.decisions(support::strict())),
        ("the app's own budget", |builder| {
            let (mau_budget, on_budget) = (Some(8_123), Some(Enforcement::Enforce));
            builder.logins(LoginPolicy { mau_budget, on_budget, ..LoginPolicy::default() })
        }),
    ];
    for (name, bounded) in bounds {
        let endpoint = endpoint(section()).await;
        let full =
            json!({ "edition": "free_trial", "usage": { "as_of": "2026-11-20T09:00:00Z", "mau": 8_123 } });
        endpoint
            .edit(APP, |document| document.as_object_mut().unwrap().extend(full.as_object().unwrap().clone()))
            .unwrap();
        endpoint.set_active(ADA, MONTH, Some(true));
        let build = Build::new(&endpoint.url());
        let rig = build.rig(bounded(many(&build)).open().await.unwrap());
        rig.fetch().await.unwrap();
        let refused = never(&rig.guard, request("bob")).await;
        assert!(matches!(refused, LoginOutcome::Denied { .. }), "{name}: {refused:?}");
        assert!(is_executed(&now(&rig.guard, request("ada"), Ok(1)).await.unwrap()), "{name}");
        assert_eq!(asked(&endpoint).len(), 2, "{name}");
    }
}

/// What is asked after an answer that changes nothing.
enum After {
    /// Others at once; the same user once five minutes are over.
    OthersAtOnce,
    /// Nobody before the one has passed, and anybody once the other has.
    Pause { least: Duration, most: Duration },
    /// Nobody until another document is held.
    AnotherDocument,
}

type Prepare = Box<dyn Fn(&Endpoint)>;

fn status(code: StatusCode, retry_after: Option<u64>) -> Faults {
    let retry_after = retry_after.map(RetryAfter::Secs);
    Fault::from(FaultKind::Status { code, retry_after }).on(On::Active).into()
}

fn fault(kind: FaultKind) -> Faults {
    Fault::from(kind).on(On::Active).into()
}

#[tokio::test]
async fn whatever_else_comes_the_login_is_decided_as_if_nobody_had_asked() {
    use After::{AnotherDocument, OthersAtOnce, Pause};
    let offers = |active| move |endpoint: &Endpoint| endpoint.set_active(ADA, MONTH, active);
    let fails = |faults: Faults| {
        move |endpoint: &Endpoint| {
            endpoint.set_active(ADA, MONTH, Some(true));
            endpoint.faults(faults.clone());
        }
    };
    let minute = || Pause { least: MINUTE, most: MINUTE };
    let cases: Vec<(&str, Prepare, After)> = vec![
        ("false", Box::new(offers(Some(false))), OthersAtOnce),
        ("null", Box::new(offers(None)), OthersAtOnce),
        (
            "of another month",
            Box::new(|endpoint| endpoint.set_active(ADA, "2026-10", Some(true))),
            OthersAtOnce,
        ),
        ("not offered", Box::new(|_| {}), AnotherDocument),
        ("401", Box::new(fails(status(StatusCode::UNAUTHORIZED, None))), AnotherDocument),
        ("403", Box::new(fails(status(StatusCode::FORBIDDEN, None))), AnotherDocument),
        ("429", Box::new(fails(status(StatusCode::TOO_MANY_REQUESTS, None))), minute()),
        ("500", Box::new(fails(status(StatusCode::INTERNAL_SERVER_ERROR, Some(1)))), minute()),
        (
            "503",
            Box::new(fails(status(StatusCode::SERVICE_UNAVAILABLE, Some(600)))),
            Pause { least: 10 * MINUTE, most: 11 * MINUTE },
        ),
        ("a portal", Box::new(fails(fault(FaultKind::Portal))), minute()),
        ("garbage", Box::new(fails(fault(FaultKind::Garbage))), minute()),
        ("cut off", Box::new(fails(fault(FaultKind::CutOff))), minute()),
        ("oversize", Box::new(fails(fault(FaultKind::Oversize))), minute()),
        ("a doubled key", Box::new(fails(fault(FaultKind::DoubledKeys))), minute()),
        ("another type", Box::new(fails(fault(FaultKind::WrongContentType))), minute()),
        ("a loop", Box::new(fails(fault(FaultKind::RedirectLoop))), minute()),
        ("elsewhere", Box::new(fails(fault(FaultKind::Redirect("http://other.invalid/".into())))), minute()),
    ];
    for (name, prepare, after) in cases {
        let endpoint = endpoint(section()).await;
        prepare(&endpoint);
        let (build, rig) = started(&endpoint).await;
        assert!(is_deferred(&pushed(&rig, "ada").await), "{name}");
        let once = asked(&endpoint).len();
        assert!(once > 0, "{name}");
        endpoint.faults(Faults::none());
        endpoint.set_active(ADA, MONTH, Some(true));
        // The other calls go on.
        rig.fetch().await.unwrap();
        assert_eq!(rig.guard.flush().await.stopped, None, "{name}");
        assert!(is_deferred(&pushed(&rig, "ada").await), "{name}: it is remembered");
        assert!(is_deferred(&pushed(&rig, "bob").await), "{name}");
        let others = usize::from(matches!(after, OthersAtOnce));
        assert_eq!(asked(&endpoint).len(), once + others, "{name}");
        match after {
            OthersAtOnce => {}
            Pause { least, most } => {
                build.clock.advance(least.saturating_sub(SECOND));
                assert!(is_deferred(&pushed(&rig, "bob").await), "{name}");
                assert_eq!(asked(&endpoint).len(), once, "{name}");
                build.clock.advance(most.saturating_sub(least) + SECOND);
                assert!(is_deferred(&pushed(&rig, "bob").await), "{name}");
                assert_eq!(asked(&endpoint).len(), once + 1, "{name}");
            }
            AnotherDocument => {
                build.clock.advance(10 * MINUTE);
                rig.fetch().await.unwrap();
                assert!(is_deferred(&pushed(&rig, "ada").await), "{name}");
                assert_eq!(asked(&endpoint).len(), once, "{name}");
                endpoint.edit(APP, |_| {}).unwrap();
                rig.fetch().await.unwrap();
            }
        }
        build.clock.advance(5 * MINUTE);
        assert!(is_executed(&pushed(&rig, "ada").await), "{name}: asked again in the end");
    }
}

#[tokio::test]
async fn nothing_is_asked_while_requests_wait_or_there_is_no_credential_to_send() {
    let endpoint = endpoint(section()).await;
    endpoint.set_active(ADA, MONTH, Some(true));
    let (build, rig) = started(&endpoint).await;
    // The endpoint has asked for patience.
    let code = StatusCode::SERVICE_UNAVAILABLE;
    let busy = FaultKind::Status { code, retry_after: Some(RetryAfter::Secs(600)) };
    endpoint.faults(Fault::from(busy).on(On::Get));
    rig.fetch().await.unwrap_err();
    endpoint.faults(Faults::none());
    assert!(is_deferred(&pushed(&rig, "ada").await));
    build.clock.advance(11 * MINUTE);
    // The network is gone, and the last sync has shown that.
    endpoint.go_offline().await.unwrap();
    rig.fetch().await.unwrap_err();
    assert!(is_deferred(&pushed(&rig, "ada").await));
    endpoint.go_online().await.unwrap();
    assert!(is_deferred(&pushed(&rig, "ada").await), "not before the next sync may be");
    build.clock.advance(MINUTE);
    // The credential was refused: the same one is not sent again.
    endpoint.set_credential(Some("another".into()));
    rig.fetch().await.unwrap_err();
    let before = endpoint.requests().total;
    assert!(is_deferred(&pushed(&rig, "ada").await));
    assert_eq!((asked(&endpoint).len(), endpoint.requests().total), (0, before));
}

#[tokio::test]
async fn an_endpoint_that_is_gone_since_puts_a_login_off() {
    let endpoint = endpoint(section()).await;
    endpoint.set_active(ADA, MONTH, Some(true));
    let (build, rig) = started(&endpoint).await;
    endpoint.go_offline().await.unwrap();
    assert!(is_deferred(&pushed(&rig, "ada").await));
    endpoint.go_online().await.unwrap();
    // Nobody is asked for in the next minute, and documents are none the worse for it.
    assert!(is_deferred(&pushed(&rig, "bob").await));
    rig.sync(planguard::client::FetchPolicy::Fetch).await.unwrap();
    build.clock.advance(5 * MINUTE);
    assert!(is_executed(&pushed(&rig, "ada").await));
}

#[tokio::test]
async fn who_does_not_wait_is_not_made_to() {
    let endpoint = endpoint(section()).await;
    endpoint.set_active(ADA, MONTH, Some(true));
    let (_, rig) = started(&endpoint).await;
    let begun = rig.guard.begin_login_with(with("ada", LoginIntent::PushWake).no_wait()).await.unwrap();
    assert!(matches!(begun, Begun::Outcome(LoginOutcome::Deferred { .. })), "{begun:?}");
    assert_eq!(asked(&endpoint), [""; 0]);
    let begun = rig.guard.begin_login(support::ada(), LoginIntent::PushWake).await.unwrap();
    let Begun::Ticket(ticket) = begun else { panic!("{begun:?}") };
    assert!(ticket.succeed().await.is_logged_in());
}

/// An endpoint that answers about users after a while, by the tests' clock.
struct Slow {
    clock: ManualClock,
    takes: Duration,
    asked: AtomicUsize,
}

impl Transport for Slow {
    fn send(&self, request: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            if !request.uri().path().ends_with("/active") {
                let mut document = super::rig::document(1);
                document["accounts"] = section();
                return Ok(scripted::json(&document));
            }
            self.asked.fetch_add(1, Ordering::SeqCst);
            self.clock.sleep(self.takes).await;
            Ok(scripted::json(&json!({ "active": true, "month": MONTH })))
        })
    }
}

async fn slow(takes: Duration) -> (Arc<Slow>, Build, Rig) {
    let clock = Build::new("https://billing.example").clock;
    let transport = Arc::new(Slow { clock: clock.clone(), takes, asked: AtomicUsize::new(0) });
    let shared: Arc<dyn Transport> = transport.clone();
    let build = Build { clock, ..Build::with(shared) };
    let rig = build.rig(many(&build).open().await.unwrap());
    rig.fetch().await.unwrap();
    (transport, build, rig)
}

#[test]
fn an_answer_that_comes_too_late_changes_nothing() {
    local(async {
        // A share of the caller's time, and never more than some seconds.
        for (timeout, share) in [(8 * SECOND, SECOND), (60 * SECOND, 3 * SECOND), (3600 * SECOND, 3 * SECOND)]
        {
            let (transport, build, rig) = slow(3600 * SECOND).await;
            let upstream = Upstream::default();
            let login = spawn(&rig.guard, with("ada", LoginIntent::PushWake).timeout(timeout), &upstream);
            settle().await;
            build.clock.advance(share.saturating_sub(SECOND / 100));
            settle().await;
            assert!(!login.is_finished(), "{timeout:?}");
            build.clock.advance(SECOND / 100);
            assert!(is_deferred(&login.await.unwrap().unwrap()), "{timeout:?}");
            assert_eq!(transport.asked.load(Ordering::SeqCst), 1);
            // One that did not answer is not waited for again by the next.
            assert!(is_deferred(&never(&rig.guard, with("bob", LoginIntent::PushWake)).await));
            assert_eq!((transport.asked.load(Ordering::SeqCst), upstream.started()), (1, 0));
        }
    });
}

#[test]
fn one_question_is_put_for_all_who_ask_about_a_user() {
    local(async {
        let (transport, build, rig) = slow(SECOND).await;
        let upstream = Upstream::default();
        let login = || spawn(&rig.guard, with("ada", LoginIntent::PushWake), &upstream);
        let logins: Vec<_> = (0..20).map(|_| login()).collect();
        // Whoever put it goes away; the others have its answer all the same.
        settle().await;
        logins[0].abort();
        settle().await;
        build.clock.advance(SECOND);
        settle().await;
        assert_eq!((transport.asked.load(Ordering::SeqCst), upstream.started()), (1, 1));
        assert!(upstream.answer(Ok(1)));
        for login in logins.into_iter().skip(1) {
            assert!(login.await.unwrap().unwrap().is_logged_in());
        }
    });
}

#[test]
fn a_few_questions_are_under_way_at_once() {
    local(async {
        let (transport, build, rig) = slow(SECOND).await;
        let upstream = Upstream::default();
        let login =
            |n: usize| spawn(&rig.guard, with(&format!("user-{n}"), LoginIntent::PushWake), &upstream);
        let logins: Vec<_> = (0..50).map(login).collect();
        settle().await;
        assert_eq!(transport.asked.load(Ordering::SeqCst), 8);
        build.clock.advance(SECOND);
        settle().await;
        assert_eq!(upstream.started(), 8);
        while upstream.answer(Ok(1)) {}
        let mut executed = 0;
        for login in logins {
            executed += usize::from(login.await.unwrap().unwrap().is_logged_in());
        }
        assert_eq!(executed, 8);
    });
}
