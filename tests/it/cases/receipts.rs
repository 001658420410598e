//! Only the contract's receipt delivers usage events, and only a problem that names one drops it.

use planguard::client::{Event, FetchPolicy};
use planguard::net::Response;
use planguard::store::MemoryStore;
use planguard::time::Clock as _;
use planguard::{Planguard, RejectionContext};
use serde_json::json;
use support::{HOUR, clock, local};

use crate::cases::rig::{Wire, body, doc, ok, online, status, told};

/// A guard with `events` usage events that wait.
async fn with_events(wire: &Wire, events: i32) -> (Planguard, planguard::time::ManualClock) {
    let clock = clock();
    let guard = online(&clock, MemoryStore::new(), wire).open().await.unwrap();
    wire.then(ok(&doc(1, "standard", clock.now()), clock.now()));
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    for _ in 0..events {
        guard.report_rejection(80_001, "", &RejectionContext::default()).await;
    }
    (guard, clock)
}

fn html(code: u16) -> Response {
    body(code, "text/html", "<html>Sign in to WiFi</html>")
}

#[test]
fn whatever_is_no_receipt_delivers_nothing_and_is_told() {
    local(async {
        for answer in [
            html(200),
            html(202),
            body(200, "application/json", r#"{"error":"sign in"}"#),
            body(202, "application/json", r#"{"accepted":0,"duplicates":0}"#),
            body(202, "application/json", ""),
            status(204),
            status(206),
            status(202),
        ] {
            let wire = Wire::default();
            let (guard, clock) = with_events(&wire, 3).await;
            wire.batches_get(Some(answer.clone()));
            let flushed = guard.flush().await;
            assert_eq!((flushed.delivered, flushed.waiting), (0, 3), "{answer:?}");
            assert!(flushed.stopped.is_some(), "{answer:?}");
            // The network is the endpoint's again.
            clock.advance(HOUR);
            wire.batches_get(None);
            let flushed = guard.flush().await;
            assert_eq!((flushed.delivered, flushed.waiting, flushed.dropped), (3, 0, 0), "{answer:?}");
        }
    });
}

#[test]
fn a_refusal_by_something_in_between_drops_no_event_and_costs_few_requests() {
    local(async {
        for answer in [html(400), html(413), html(422), status(413), body(422, "application/json", "{}")] {
            let wire = Wire::default();
            let (guard, _clock) = with_events(&wire, 40).await;
            wire.batches_get(Some(answer.clone()));
            let flushed = guard.flush().await;
            assert_eq!((flushed.refused, flushed.waiting), (0, 40), "{answer:?}");
            assert!(wire.posted() <= 10, "{answer:?}: {}", wire.posted());
        }
    });
}

#[test]
fn a_problem_that_names_an_event_drops_that_one_and_says_so() {
    local(async {
        let wire = Wire::default();
        let (guard, _clock) = with_events(&wire, 1).await;
        let mut events = guard.subscribe();
        let problem = json!({ "status": 400, "field": "/0/data" }).to_string();
        wire.batches_get(Some(body(400, "application/problem+json", problem)));
        let flushed = guard.flush().await;
        assert_eq!((flushed.delivered, flushed.refused, flushed.waiting), (0, 1, 0));
        assert!(told(&mut events).contains(&Event::UsageEventsRefused { count: 1 }));
    });
}

#[test]
fn a_problem_that_names_an_event_beyond_the_batch_drops_none() {
    local(async {
        for field in ["/99/data", "/-1", "/x", "", "/18446744073709551616"] {
            let wire = Wire::default();
            let (guard, _clock) = with_events(&wire, 2).await;
            let problem = json!({ "status": 400, "field": field }).to_string();
            wire.batches_get(Some(body(400, "application/problem+json", problem)));
            let flushed = guard.flush().await;
            assert_eq!((flushed.refused, flushed.waiting), (0, 2), "{field}");
        }
    });
}

#[test]
fn a_captive_portal_on_the_documents_url_keeps_the_plan_in_force() {
    local(async {
        for answer in [html(200), html(302), html(401), html(403), html(511)] {
            let wire = Wire::default();
            let (guard, clock) = with_events(&wire, 0).await;
            wire.then(answer.clone());
            guard.sync(FetchPolicy::Fetch).await.unwrap_err();
            assert_eq!(guard.entitlements().revision(), 1, "{answer:?}");
            clock.advance(HOUR);
            wire.then(ok(&doc(2, "standard", clock.now()), clock.now()));
            guard.sync(FetchPolicy::Fetch).await.unwrap();
        }
    });
}
