//! What lies between the endpoint and the device is not the contract: caches, gzip, byte order marks, replicas.

use std::io::Write as _;

use planguard::AppPhase;
use planguard::client::{FetchPolicy, SyncError, SyncOutcome};
use planguard::decide::bill::BillRequest;
use planguard::store::MemoryStore;
use planguard::time::{Clock as _, ManualClock};
use planguard::{Feature, Planguard};
use serde_json::json;
use support::{HOUR, MINUTE, SECOND, builder, clock, local};

use crate::cases::rig::{Wire, body, but, dated, doc, header, ok, online, status};

async fn opened(clock: &ManualClock, wire: &Wire) -> Planguard {
    online(clock, MemoryStore::new(), wire).open().await.unwrap()
}

/// A document that leaves its freshness to the headers.
fn plain_doc(revision: u64, clock: &ManualClock) -> serde_json::Value {
    but(doc(revision, "standard", clock.now()), "fresh_for_secs", serde_json::Value::Null)
}

async fn fresh(guard: &Planguard) -> bool {
    match guard.sync(FetchPolicy::CacheOnly).await.unwrap() {
        SyncOutcome::FromCache { staleness, .. } => staleness.fresh,
        outcome => panic!("{outcome:?}"),
    }
}

#[test]
fn sync_and_decisions_agree_on_freshness_after_the_phase_changed() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let guard = opened(&clock, &wire).await;
        guard.set_phase(AppPhase::Background);
        wire.then(ok(&plain_doc(1, &clock), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        guard.set_phase(AppPhase::Foreground);
        clock.advance(HOUR);
        let stale = guard.explain_feature(Feature::Community).evidence.stale;
        assert_eq!((fresh(&guard).await, stale), (false, true));
        guard.set_phase(AppPhase::Background);
        let stale = guard.explain_feature(Feature::Community).evidence.stale;
        assert_eq!((fresh(&guard).await, stale), (true, false));
    });
}

#[test]
fn the_age_in_a_cache_counts_against_freshness() {
    local(async {
        for (age, max_age, late) in [(295, 300, 10), (3600, 3660, 120)] {
            let (clock, wire) = (clock(), Wire::default());
            let guard = opened(&clock, &wire).await;
            let sent = clock.now().minus(age * SECOND);
            let mut document = plain_doc(1, &clock);
            document["issued_at"] = json!(sent);
            let answer = header(ok(&document, sent), "cache-control", &format!("max-age={max_age}"));
            wire.then(header(answer, "age", &age.to_string()));
            guard.sync(FetchPolicy::Fetch).await.unwrap();
            assert!(fresh(&guard).await);
            clock.advance(late * SECOND);
            let outcome = guard.sync(FetchPolicy::StaleWhileRevalidate).await.unwrap();
            assert!(matches!(outcome, SyncOutcome::FromCache { revalidate: true, .. }), "{outcome:?}");
            assert!(!fresh(&guard).await);
            assert!(guard.explain_feature(Feature::Community).evidence.stale);
        }
    });
}

#[test]
fn a_gzipped_document_is_adopted_and_another_encoding_named() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let guard = opened(&clock, &wire).await;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(doc(1, "standard", clock.now()).to_string().as_bytes()).unwrap();
        let packed = body(200, "application/json", gzip.finish().unwrap());
        wire.then(dated(header(packed, "content-encoding", "gzip"), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        assert_eq!(guard.entitlements().revision(), 1);
        let packed = dated(body(200, "application/json", [0x8b, 0x02, 0x80, 0xff]), clock.now());
        let brotli = header(packed, "content-encoding", "br");
        wire.then(brotli);
        let error = guard.sync(FetchPolicy::Fetch).await.unwrap_err();
        assert!(
            error.to_string().contains("content-encoding") || error.to_string().contains("br"),
            "{error}"
        );
    });
}

#[test]
fn a_byte_order_mark_is_passed_over_in_documents_and_bills() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let guard = opened(&clock, &wire).await;
        let marked = format!("\u{feff}{}", doc(1, "standard", clock.now()));
        wire.then(dated(body(200, "application/json", marked), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        assert_eq!(guard.entitlements().revision(), 1);
        let bill =
            "\u{feff}{\"catalog\":\"intl-2024\",\"edition\":\"standard\",\"month\":\"2024-08\",\"usage\":{}}";
        BillRequest::from_json(bill).unwrap();
    });
}

#[test]
fn the_same_revision_from_a_replica_two_seconds_behind_is_no_older_document() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let guard = opened(&clock, &wire).await;
        let now = clock.now();
        wire.then(ok(&doc(7, "standard", now.minus(SECOND)), now));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        wire.then(ok(&doc(7, "standard", now.minus(3 * SECOND)), now));
        let outcome = guard.sync(FetchPolicy::Fetch).await.unwrap();
        assert!(matches!(outcome, SyncOutcome::NotModified { .. }), "{outcome:?}");
        // Nothing waits for it.
        wire.then(ok(&doc(8, "premium", now), now));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
    });
}

#[test]
fn an_older_document_is_refused_by_what_of_it_is_older() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let guard = opened(&clock, &wire).await;
        let now = clock.now();
        wire.then(ok(&doc(42, "standard", now), now));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        wire.then(ok(&doc(100, "premium", now.minus(HOUR)), now));
        let error = guard.sync(FetchPolicy::Fetch).await.unwrap_err();
        assert!(
            matches!(error, SyncError::Older { .. }) && error.to_string().starts_with("issued_at"),
            "{error}"
        );
        clock.advance(HOUR);
        wire.then(ok(&doc(41, "premium", clock.now()), clock.now()));
        let error = guard.sync(FetchPolicy::Fetch).await.unwrap_err();
        assert!(
            matches!(error, SyncError::Older { .. }) && error.to_string().starts_with("revision"),
            "{error}"
        );
    });
}

#[test]
fn other_content_under_the_same_revision_and_date_is_not_adopted() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let guard = opened(&clock, &wire).await;
        wire.then(ok(&doc(7, "standard", clock.now()), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        wire.then(ok(&doc(7, "premium", clock.now()), clock.now()));
        let _ = guard.sync(FetchPolicy::Fetch).await;
        assert!(!guard.feature(Feature::Community).granted);
    });
}

#[test]
fn clients_sent_away_together_come_back_spread_and_not_too_early() {
    local(async {
        for said in ["120", "date"] {
            let mut back = std::collections::BTreeSet::new();
            for _ in 0..20 {
                let (clock, wire) = (clock(), Wire::default());
                let guard = opened(&clock, &wire).await;
                let due = clock.now().plus(120 * SECOND);
                let busy = dated(status(503), clock.now());
                let at = dated(status(200), due).headers()["date"].to_str().unwrap().to_owned();
                wire.then(header(busy, "retry-after", if said == "date" { &at } else { said }));
                let error = guard.sync(FetchPolicy::Fetch).await.unwrap_err();
                let retry_at = error.retry_at().unwrap();
                assert!(retry_at >= due, "{retry_at}");
                assert!(retry_at <= due.plus(2 * MINUTE), "{retry_at}");
                back.insert(retry_at);
            }
            assert!(back.len() > 10, "{said}: {back:?}");
        }
    });
}

#[test]
fn a_url_that_is_not_what_it_seems_is_refused_by_name() {
    local(async {
        for url in
            ["https://host:99999", "http://foo.localhost", "http://billing.example", "ftp://host", "host"]
        {
            let error = builder(&clock()).endpoint(url).transport(Wire::default()).open().await.unwrap_err();
            assert!(error.to_string().contains("endpoint"), "{url}: {error}");
        }
    });
}
