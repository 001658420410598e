//! A document that ships with the app: the first start without a network.

use std::sync::Arc;

use planguard::client::{FetchPolicy, OpenError, SyncOutcome};
use planguard::model::{Authority, Standing};
use planguard::net::DocumentError;
use planguard::store::{MemoryStore, Store};
use planguard::time::ManualClock;
use planguard::{EditionId, Feature, LimitId, Max, Planguard};
use serde_json::{Value, json};
use support::{Reply, Scripted, builder, clock_at};

fn document(revision: u64, edition: &str) -> Value {
    json!({
        "schema": 1, "revision": revision, "sdk_app_id": 1_400_000_001, "catalog": "intl-2024",
        "edition": edition, "limits": { "groups_per_user": 1200 },
        "subscription": { "starts_at": "2024-08-01T00:00:00Z", "expires_at": "2024-10-01T00:00:00Z" },
        "usage": { "as_of": "2024-08-01T00:00:00Z", "av_groups": 3 },
        "issued_at": "2024-08-10T00:00:00Z", "fresh_for_secs": 86400
    })
}

fn clock() -> ManualClock {
    clock_at("2024-08-20T02:00:00Z")
}

async fn open(
    clock: &ManualClock,
    store: &Arc<dyn Store>,
    wire: &Scripted,
    seed: &Value,
) -> Result<Planguard, OpenError> {
    let builder = builder(clock).shared_store(Arc::clone(store)).seed(seed.to_string());
    builder.endpoint("https://billing.example").transport(wire.clone()).open().await
}

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

fn serves(wire: &Scripted, status: u16, document: &Value) {
    let header = ("x-any".to_owned(), "thing".to_owned());
    wire.answers(Reply { status, body: document.to_string(), header });
}

#[tokio::test]
async fn a_first_start_without_a_network_decides_by_it_and_says_that_it_is_old() {
    let (clock, wire) = (clock(), Scripted::default());
    let guard = open(&clock, &memory(), &wire, &document(7, "premium")).await.unwrap();
    let community = guard.explain_feature(Feature::Community);
    assert!(community.granted && community.evidence.stale);
    assert_eq!(community.evidence.authority, Authority::Catalog);
    let entitlements = guard.entitlements();
    assert_eq!((entitlements.standing, entitlements.revision()), (Standing::Known, 7));
    assert_eq!(entitlements.limit(LimitId::GroupsPerUser).unwrap().max, Max::Of(1200));
    assert!(guard.sync(FetchPolicy::FreshOrFetch).await.is_err(), "it asks, though in vain");
    assert_eq!(guard.entitlements().revision(), 7);
}

#[tokio::test]
async fn whatever_the_endpoint_serves_takes_its_place_and_stays_over_a_restart() {
    let (clock, wire, store) = (clock(), Scripted::default(), memory());
    let seed = document(70, "premium");
    let guard = open(&clock, &store, &wire, &seed).await.unwrap();
    serves(&wire, 200, &document(2, "standard"));
    let outcome = guard.sync(FetchPolicy::StaleWhileRevalidate).await.unwrap();
    assert!(matches!(outcome, SyncOutcome::UpdatedTo { .. }), "{outcome:?}");
    assert_eq!(guard.entitlements().edition, Some(EditionId::STANDARD));
    drop(guard);
    wire.answers(Reply { status: 0, body: String::new(), header: ("x-any".to_owned(), "thing".to_owned()) });
    let again = open(&clock, &store, &wire, &seed).await.unwrap();
    assert_eq!(
        (again.entitlements().edition, again.entitlements().revision()),
        (Some(EditionId::STANDARD), 2)
    );
}

#[tokio::test]
async fn it_is_read_at_every_start_until_the_endpoint_has_answered() {
    let (clock, wire, store) = (clock(), Scripted::default(), memory());
    drop(open(&clock, &store, &wire, &document(1, "standard")).await.unwrap());
    // An update of the app ships another one.
    let updated = open(&clock, &store, &wire, &document(2, "premium")).await.unwrap();
    assert_eq!(updated.entitlements().edition, Some(EditionId::PREMIUM));
}

#[tokio::test]
async fn one_that_cannot_be_used_is_an_error_that_says_why() {
    let (clock, wire) = (clock(), Scripted::default());
    let mut other_app = document(1, "standard");
    other_app["sdk_app_id"] = json!(1_400_000_002);
    for (seed, word) in [(json!("nothing"), "seed: "), (other_app, "1400000002")] {
        let error = open(&clock, &memory(), &wire, &seed).await.unwrap_err();
        assert!(error.to_string().starts_with("seed: ") && error.to_string().contains(word), "{error}");
    }
    for body in ["", "not json", "<html>", "v1.2 of the plan. Not json."] {
        let error = builder(&clock).seed(body).open().await.unwrap_err();
        assert!(matches!(error, OpenError::Seed(DocumentError::NotJson { .. })), "{body}: {error}");
    }
    let signed = builder(&clock).seed("eyJhbGciOiJFZERTQSJ9.e30.c2ln\n").open().await.unwrap_err();
    assert!(matches!(signed, OpenError::Seed(DocumentError::NoTrustedKey)), "{signed}");
}

#[tokio::test]
async fn without_an_endpoint_it_serves_and_a_clock_behind_its_date_does_no_harm() {
    let clock = clock_at("2024-08-02T00:00:00Z");
    let guard = builder(&clock).seed(document(1, "premium").to_string()).open().await.unwrap();
    let community = guard.explain_feature(Feature::Community);
    assert!(community.granted && community.evidence.stale);
    assert!(community.evidence.entitlements_as_of <= Some(clock_now(&clock)));
}

fn clock_now(clock: &ManualClock) -> planguard::Timestamp {
    planguard::time::Clock::now(clock)
}
