//! Upkeep that an app starts once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use planguard::client::Event;
use planguard::time::ManualClock;
use planguard::{Action, Planguard, RejectionContext};
use serde_json::json;
use support::{Reply, Scripted, builder, clock_at, settle};

const EVERY: Duration = Duration::from_secs(300);

async fn start() -> (ManualClock, Scripted, Planguard) {
    let (clock, wire) = (clock_at("2024-08-20T02:00:00Z"), Scripted::default());
    wire.answers(reply(200));
    let guard =
        builder(&clock).endpoint("https://billing.example").transport(wire.clone()).open().await.unwrap();
    (clock, wire, guard)
}

/// The document, or no answer for 0.
fn reply(status: u16) -> Reply {
    let document = json!({
        "schema": 1, "revision": 7, "sdk_app_id": 1_400_000_001, "catalog": "intl-2024", "edition": "premium",
        "subscription": { "starts_at": "2024-08-01T00:00:00Z", "expires_at": "2024-10-01T00:00:00Z" },
        "issued_at": "2024-08-20T01:00:00Z", "fresh_for_secs": 60
    });
    Reply { status, body: document.to_string(), header: ("x-any".to_owned(), "thing".to_owned()) }
}

fn fetches(wire: &Scripted) -> usize {
    wire.sent().matches("/entitlements").count() / 2
}

#[tokio::test]
async fn it_syncs_when_it_is_due_and_when_a_refusal_asks_for_it() {
    let (clock, wire, guard) = start().await;
    let upkeep = tokio::spawn(guard.keep_fresh(EVERY));
    settle().await;
    assert_eq!((guard.entitlements().revision(), fetches(&wire)), (7, 1));
    clock.advance(EVERY);
    settle().await;
    assert_eq!(fetches(&wire), 2);
    // The provider says that the plan lacks what the document has.
    guard.report_rejection(7_013, "", &RejectionContext::default()).await;
    settle().await;
    assert_eq!(fetches(&wire), 3, "without waiting");
    drop(guard);
    upkeep.await.unwrap();
    assert_eq!(
        (fetches(&wire), clock.sleepers()),
        (3, 0),
        "it ends with the last handle, and waits for nothing"
    );
}

#[tokio::test]
async fn usage_events_are_delivered_by_it() {
    let (clock, wire, guard) = start().await;
    let upkeep = tokio::spawn(guard.keep_fresh(EVERY));
    settle().await;
    guard.report_rejection(30_010, "", &RejectionContext::default()).await;
    clock.advance(EVERY);
    settle().await;
    assert!(wire.sent().contains("planguard.rejection"));
    upkeep.abort();
}

#[tokio::test]
async fn a_failing_sync_is_reported_once_until_one_succeeds() {
    let (clock, wire, guard) = start().await;
    let failed = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&failed);
    guard.on_event(move |event| {
        if let Event::SyncFailed { error } = event {
            assert!(error.to_string().contains("reached"), "{error}");
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let upkeep = tokio::spawn(guard.keep_fresh(EVERY));
    settle().await;
    for reports in [1, 2] {
        wire.answers(reply(0));
        let before = fetches(&wire);
        for _ in 0..4 {
            clock.advance(Duration::from_secs(3600));
            settle().await;
        }
        assert!(fetches(&wire) > before + 1);
        assert_eq!(failed.load(Ordering::SeqCst), reports);
        assert_eq!(guard.entitlements().revision(), 7, "the last good ones stay");
        wire.answers(reply(200));
        clock.advance(Duration::from_secs(3600));
        settle().await;
    }
    upkeep.abort();
}

#[tokio::test]
async fn without_an_endpoint_it_writes_what_waits_and_reports_nothing() {
    let clock = clock_at("2024-08-20T02:00:00Z");
    let guard = builder(&clock).open().await.unwrap();
    guard.on_event(|event| assert!(!matches!(event, Event::SyncFailed { .. }), "{event:?}"));
    let (one, two) = (tokio::spawn(guard.keep_fresh(Duration::ZERO)), tokio::spawn(guard.keep_fresh(EVERY)));
    settle().await;
    guard.record(&Action::Search).await;
    assert_eq!(clock.sleepers(), 2, "a wait of nothing is one of a second");
    drop(guard);
    one.await.unwrap();
    two.await.unwrap();
}
