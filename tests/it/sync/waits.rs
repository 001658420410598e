//! Waits: on elapsed time, never longer than their own length, and one deadline for a whole call.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use planguard::Timestamp;
use planguard::client::{FetchPolicy, SyncError};
use planguard::net::{
    Credential, CredentialError, CredentialProvider, Response, StaticCredential, TransportError,
};
use planguard::port::BoxFuture;
use planguard_endpoint_faults::{Endpoint, Options};

use super::rig::{Build, Rig, document, http_date, image, start};
use super::scripted::{json, scripted, status, with};

const DAY: Duration = Duration::from_secs(86_400);

/// Busy once, then good.
fn busy_once(n: usize) -> Response {
    if n == 0 { status(503) } else { json(&document(1)) }
}

#[tokio::test]
async fn a_pause_ends_though_the_clock_was_a_year_ahead_and_is_set_right() {
    for restart in [false, true] {
        let (transport, build) = scripted(busy_once, Duration::ZERO);
        let rig = build.open().await;
        build.clock.set(start().plus(365 * DAY));
        rig.guard.now();
        let error = rig.fetch().await.unwrap_err();
        assert!(matches!(error, SyncError::Busy { .. }), "{error}");
        build.clock.set(start());
        let rig = if restart { build.open().await } else { rig };
        assert!(matches!(rig.fetch().await.unwrap_err(), SyncError::NotYet { .. }), "{restart}");
        build.clock.advance(Duration::from_secs(5));
        rig.fetch().await.unwrap();
        assert_eq!(transport.asked(), 2, "{restart}");
    }
}

#[tokio::test]
async fn short_sessions_do_not_begin_a_kept_pause_again_and_again() {
    let (_, build) = scripted(busy_once, Duration::ZERO);
    build.clock.set(start().plus(365 * DAY));
    build.open().await.fetch().await.unwrap_err();
    // The clock is mended; every session lasts a second.
    build.clock.set(start());
    for _ in 0..5 {
        let rig = build.open().await;
        assert!(matches!(rig.fetch().await, Err(SyncError::NotYet { .. }) | Ok(_)));
        build.clock.advance(Duration::from_secs(1));
    }
    build.open().await.fetch().await.unwrap();
}

#[tokio::test]
async fn a_clock_set_back_and_forth_neither_shortens_nor_prolongs_a_pause() {
    let (transport, build) = scripted(busy_once, Duration::ZERO);
    let rig = build.open().await;
    let retry_at = rig.fetch().await.unwrap_err().retry_at().unwrap();
    let length = retry_at.since(start());
    for wall in [start().plus(400 * DAY), Timestamp::MIN, start()] {
        build.clock.set(wall);
        assert!(matches!(rig.fetch().await.unwrap_err(), SyncError::NotYet { .. }), "{wall}");
    }
    assert_eq!(transport.asked(), 1);
    build.clock.advance(length);
    rig.fetch().await.unwrap();
}

#[tokio::test]
async fn a_lost_connection_pauses_no_longer_than_its_length_after_the_clock_was_set_back() {
    let build = Build::new("http://127.0.0.1:1");
    let rig = build.open().await;
    build.clock.set(start().plus(DAY));
    rig.guard.now();
    assert!(matches!(rig.sync(FetchPolicy::FreshOrFetch).await, Err(SyncError::Unreachable { .. })));
    build.clock.set(start());
    build.clock.advance(Duration::from_secs(5));
    // Asked again, though trusted time has stood still.
    assert!(matches!(rig.sync(FetchPolicy::FreshOrFetch).await, Err(SyncError::Unreachable { .. })));
}

#[tokio::test]
async fn what_is_kept_of_a_pause_is_its_length() {
    let (_, build) = scripted(busy_once, Duration::ZERO);
    let retry_at = build.open().await.fetch().await.unwrap_err().retry_at().unwrap();
    let pause = image(&build.store).sync.pause.unwrap();
    assert_eq!((pause.begun, pause.length), (start(), retry_at.since(start())));
}

fn redirected(_: usize) -> Response {
    let mut response = status(307);
    response.headers_mut().insert("location", "/again".parse().unwrap());
    response
}

/// Lets `rig` fetch while its clock runs, a second at a time, and says how long it took.
async fn timed(rig: Rig) -> (Result<(), SyncError>, Duration) {
    let (clock, begun) = (rig.clock.clone(), rig.wall());
    let fetch = tokio::spawn(async move { rig.fetch().await.map(drop) });
    while !fetch.is_finished() {
        if clock.sleepers() > 0 {
            clock.advance(Duration::from_secs(1));
        }
        tokio::task::yield_now().await;
    }
    let took = planguard::time::Clock::now(&clock).since(begun);
    (fetch.await.unwrap(), took)
}

#[tokio::test]
async fn redirects_share_the_calls_one_deadline() {
    let (transport, build) = scripted(redirected, Duration::from_secs(25));
    let (fetched, took) = timed(build.open().await).await;
    let error = fetched.unwrap_err();
    assert!(matches!(error, SyncError::Unreachable { why: TransportError::TimedOut, .. }), "{error}");
    assert!(took <= Duration::from_secs(62), "{took:?}");
    assert_eq!(transport.asked(), 3);
}

#[tokio::test]
async fn the_second_request_after_an_unasked_304_has_the_same_deadline() {
    let (transport, build) = scripted(|_| status(304), Duration::from_secs(40));
    let (fetched, took) = timed(build.open().await).await;
    let error = fetched.unwrap_err();
    assert!(matches!(error, SyncError::Unreachable { why: TransportError::TimedOut, .. }), "{error}");
    assert!(took <= Duration::from_secs(62), "{took:?}");
    assert_eq!(transport.asked(), 2);
}

#[tokio::test]
async fn clients_sent_away_together_do_not_come_back_together() {
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..50 {
        let answer = |_| {
            let mut response = status(503);
            response.headers_mut().insert("retry-after", "120".parse().unwrap());
            response
        };
        let (_, build) = scripted(answer, Duration::ZERO);
        let wait = build.open().await.fetch().await.unwrap_err().retry_at().unwrap().since(start());
        assert!((120_000..132_000).contains(&wait.as_millis()), "{wait:?}");
        seen.insert(wait);
    }
    assert!(seen.len() > 25, "spread over {} instants only", seen.len());
}

/// Has a credential once the person is signed in.
struct SignIn(AtomicUsize);

impl CredentialProvider for SignIn {
    fn credential(&self) -> BoxFuture<'_, Result<Option<Credential>, CredentialError>> {
        let signed_in = self.0.fetch_add(1, Ordering::SeqCst) > 1;
        Box::pin(async move { Ok(if signed_in { Some(Credential::new("good")?) } else { None }) })
    }
}

#[tokio::test]
async fn an_endpoint_that_wants_a_credential_where_none_is_configured_says_so() {
    let options = Options { credential: Some("good".to_owned()), ..Options::default() };
    let endpoint = Endpoint::start(options).await.unwrap();
    let none = Build { credentials: Arc::new(StaticCredential::none()), ..Build::new(&endpoint.url()) };
    let rig = none.open().await;
    let error = rig.fetch().await.unwrap_err();
    assert_eq!(error, SyncError::CredentialMissing { status: Some(401) });
    assert!(error.to_string().starts_with("credential: none"), "{error}");
    assert_eq!(rig.fetch().await.unwrap_err(), SyncError::CredentialMissing { status: None });
    assert_eq!(none.open().await.fetch().await.unwrap_err(), SyncError::CredentialMissing { status: None });
    assert_eq!(endpoint.requests().total, 1);

    let signing_in =
        Build { credentials: Arc::new(SignIn(AtomicUsize::new(0))), ..Build::new(&endpoint.url()) };
    let rig = signing_in.open().await;
    rig.fetch().await.unwrap_err();
    rig.fetch().await.unwrap_err();
    assert!(!matches!(rig.fetch().await, Err(SyncError::CredentialMissing { .. })));
}

/// A refusal by name, and for how long at most it makes a guard leave the endpoint alone.
type Refusal = (&'static str, fn() -> Response, Duration);

/// Everything after which a guard leaves the endpoint alone.
fn refusals() -> Vec<Refusal> {
    let longest_backoff = Duration::from_secs(5);
    vec![
        ("503 with a Retry-After", || with(status(503), "retry-after", "120"), Duration::from_secs(132)),
        (
            "429 with a Retry-After of a year",
            || with(status(429), "retry-after", "31536000"),
            Duration::from_secs(3_960),
        ),
        (
            "503 with a Retry-After that is a date",
            || with(status(503), "retry-after", &http_date(start().plus(500 * DAY))),
            Duration::from_secs(3_960),
        ),
        ("500", || status(500), longest_backoff),
        ("404", || status(404), longest_backoff),
        ("403 of a proxy", || status(403), longest_backoff),
        ("204", || status(204), longest_backoff),
        ("a redirect", || with(status(302), "location", "https://elsewhere.example"), longest_backoff),
        ("a page", || with(Response::new(b"<html>".to_vec()), "content-type", "text/html"), longest_backoff),
        (
            "a broken document",
            || with(Response::new(b"{".to_vec()), "content-type", "application/json"),
            longest_backoff,
        ),
    ]
}

#[tokio::test]
async fn every_wait_ends_within_its_own_length_wherever_the_clock_is_set() {
    let walls =
        [start(), start().plus(400 * DAY), start().minus(400 * DAY), Timestamp::MIN, start().plus(DAY / 24)];
    for (what, refusal, longest) in refusals() {
        for before in walls {
            for after in walls {
                for (restart, reboot) in [(false, false), (true, false), (true, true)] {
                    let case = format!("{what}, {before} to {after}, restart {restart}, reboot {reboot}");
                    let answer = move |n| if n == 0 { refusal() } else { json(&document(1)) };
                    let (transport, build) = scripted(answer, Duration::ZERO);
                    build.clock.set(before);
                    let rig = build.open().await;
                    let error = rig.fetch().await.unwrap_err();
                    let length = error.retry_at().unwrap().since(rig.guard.now());
                    assert!(length <= longest && !length.is_zero(), "{case}: {length:?}");
                    build.clock.set(after);
                    if reboot {
                        build.clock.reboot();
                    }
                    let rig = if restart { build.open().await } else { rig };
                    if restart {
                        build.clock.advance(length);
                    } else {
                        // Nor does it end sooner.
                        let last = Duration::from_millis(1);
                        build.clock.advance(length.saturating_sub(last));
                        let error = rig.fetch().await.unwrap_err();
                        assert!(matches!(error, SyncError::NotYet { .. }), "{case}: {error}");
                        assert!(error.retry_at().unwrap().since(rig.guard.now()) <= length, "{case}");
                        build.clock.advance(last);
                    }
                    rig.fetch().await.unwrap_or_else(|error| panic!("{case}: {error}"));
                    assert_eq!(transport.asked(), 2, "{case}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_pause_goes_on_over_restarts_and_ends_in_elapsed_time_though_trusted_time_stands() {
    let answer = |n| if n == 0 { with(status(503), "retry-after", "600") } else { json(&document(1)) };
    let (transport, build) = scripted(answer, Duration::ZERO);
    // Time has been seen a year ahead, and stands still from here on.
    build.clock.set(start().plus(365 * DAY));
    build.open().await;
    build.clock.set(start());
    let rig = build.open().await;
    let error = rig.fetch().await.unwrap_err();
    let length = error.retry_at().unwrap().since(rig.guard.now());
    let mut waited = Duration::ZERO;
    while waited < Duration::from_secs(600) {
        let rig = build.open().await;
        assert_eq!(rig.guard.now(), start().plus(365 * DAY), "time stands");
        assert!(matches!(rig.fetch().await, Err(SyncError::NotYet { .. })), "after {waited:?}");
        build.clock.advance(Duration::from_secs(60));
        waited += Duration::from_secs(60);
    }
    build.clock.advance(length.saturating_sub(waited));
    build.open().await.fetch().await.unwrap();
    assert_eq!(transport.asked(), 2);
}

#[tokio::test]
async fn a_credential_of_the_build_that_was_refused_is_tried_again_after_an_hour() {
    let endpoint = Endpoint::start(Options { document: document(1), ..Options::default() }).await.unwrap();
    let build = Build::new(&endpoint.url());
    endpoint.set_credential(Some("another".into()));
    let mut rig = build.open().await;
    assert!(matches!(rig.fetch().await.unwrap_err(), SyncError::CredentialRefused { status: Some(401) }));
    endpoint.set_credential(None);
    // The endpoint was wrong. Within the hour nothing is sent, over restarts as well.
    for restart in [false, true] {
        build.clock.advance(Duration::from_secs(29 * 60));
        rig = if restart { build.open().await } else { rig };
        assert!(matches!(rig.fetch().await.unwrap_err(), SyncError::CredentialRefused { status: None }));
        assert_eq!(endpoint.requests().total, 1);
    }
    // At most a tenth later than an hour.
    build.clock.advance(Duration::from_secs(8 * 60));
    rig.fetch().await.unwrap();
}
