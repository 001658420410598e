//! The document's section `accounts`: under its key devices and endpoint name users alike.

use planguard::client::Event;
use planguard::login::{LoginIntent, LoginOutcome};
use planguard_endpoint_faults::{Endpoint, Options, default_document};
use serde_json::{Value, json};
use support::{MINUTE, never, now, request, with};

use super::outbox::contract_schema;
use super::rig::{APP, Build, Rig};

pub(crate) const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

/// Ada, under that key by the name of `k1`: the example of the contract.
pub(crate) const ADA: &str = "k1:1adfd8e9b65b5cb19ccdbea3a49104ad";

/// An endpoint whose document has this section.
pub(crate) async fn endpoint(accounts: impl Into<Option<Value>>) -> Endpoint {
    let clock = planguard_endpoint_faults::Clock::fixed("2026-11-20T10:00:00Z".parse().unwrap());
    let mut document = default_document(APP, clock.now());
    if let Some(accounts) = accounts.into() {
        document["accounts"] = accounts;
    }
    Endpoint::start(Options { document, clock, ..Options::default() }).await.unwrap()
}

pub(crate) fn section() -> Value {
    json!({ "key_id": "k1", "key": KEY })
}

/// The events of logins that arrived, with their accounts. No other event has one.
async fn flushed(rig: &Rig, endpoint: &Endpoint, seen: &mut usize) -> Vec<(String, Option<String>)> {
    rig.guard.flush().await;
    let received = endpoint.events().received;
    let schema = contract_schema("UsageEvent");
    let events = received[*seen..].iter().filter_map(|event| {
        assert!(schema.is_valid(&event.event), "{}", event.event);
        let kind = event.event["type"].as_str().unwrap();
        let account = event.event["data"]["account"].as_str().map(str::to_owned);
        let login = kind.starts_with("planguard.login.");
        assert!(login || account.is_none(), "{}", event.event);
        login.then(|| (kind.to_owned(), account))
    });
    let events = events.collect();
    *seen = received.len();
    events
}

fn executed(account: impl Into<Option<&'static str>>) -> (String, Option<String>) {
    ("planguard.login.executed".to_owned(), account.into().map(str::to_owned))
}

async fn log_in_and_out(rig: &Rig) {
    let outcome = now(&rig.guard, request("ada"), Ok(1)).await.unwrap();
    assert!(matches!(outcome, LoginOutcome::Executed { .. }), "{outcome:?}");
    rig.guard.session(support::ada()).logged_out().await;
    // No loop of logins.
    rig.clock.advance(MINUTE);
}

#[tokio::test]
async fn events_of_logins_name_the_account_under_the_key_held() {
    let endpoint = endpoint(section()).await;
    let build = Build::new(&endpoint.url());
    let rig = build.open().await;
    let mut seen = 0;
    log_in_and_out(&rig).await;
    assert_eq!(flushed(&rig, &endpoint, &mut seen).await, [executed(None)], "no document is held yet");
    rig.fetch().await.unwrap();
    log_in_and_out(&rig).await;
    rig.reject(0..1).await;
    assert_eq!(flushed(&rig, &endpoint, &mut seen).await, [executed(ADA)]);
    let deferred = never(&rig.guard, with("bob", LoginIntent::PushWake)).await;
    assert!(!deferred.is_logged_in());
    let events = flushed(&rig, &endpoint, &mut seen).await;
    assert_eq!(events.len(), 0, "nobody else than the device's user: {events:?}");

    // An event tells the key of its time, whatever is held when it is sent.
    log_in_and_out(&rig).await;
    endpoint.edit(APP, |document| document["accounts"]["key_id"] = "k2".into()).unwrap();
    rig.fetch().await.unwrap();
    log_in_and_out(&rig).await;
    let renamed = "k2:1adfd8e9b65b5cb19ccdbea3a49104ad";
    assert_eq!(flushed(&rig, &endpoint, &mut seen).await, [executed(ADA), executed(renamed)]);

    // The cached document holds the key, and a 304 leaves it.
    let rig = build.open().await;
    log_in_and_out(&rig).await;
    rig.fetch().await.unwrap();
    log_in_and_out(&rig).await;
    assert_eq!(flushed(&rig, &endpoint, &mut seen).await, [executed(renamed), executed(renamed)]);

    endpoint.edit(APP, |document| drop(document.as_object_mut().unwrap().remove("accounts"))).unwrap();
    rig.fetch().await.unwrap();
    log_in_and_out(&rig).await;
    assert_eq!(flushed(&rig, &endpoint, &mut seen).await, [executed(None)]);
}

#[tokio::test]
async fn a_login_put_off_names_the_account() {
    let endpoint = endpoint(section()).await;
    let rig = Rig::at(&endpoint.url()).await;
    rig.fetch().await.unwrap();
    let deferred = never(&rig.guard, with("ada", LoginIntent::PushWake)).await;
    assert!(matches!(deferred, LoginOutcome::Deferred { .. }), "{deferred:?}");
    let events = flushed(&rig, &endpoint, &mut 0).await;
    assert_eq!(events, [("planguard.login.deferred".to_owned(), Some(ADA.to_owned()))]);
}

#[tokio::test]
async fn a_bad_section_is_a_finding_and_the_rest_of_the_document_stands() {
    for bad in [json!({ "key_id": "k1", "key": &KEY[1..] }), json!({ "key": KEY }), json!(KEY), json!([1])] {
        let endpoint = endpoint(bad.clone()).await;
        let rig = Rig::at(&endpoint.url()).await;
        rig.fetch().await.unwrap();
        let held = rig.guard.entitlements();
        assert_eq!(held.edition, Some(planguard::EditionId::STANDARD), "{bad}");
        assert!(held.findings.iter().any(|finding| finding.field.starts_with("/accounts")), "{bad}");
        log_in_and_out(&rig).await;
        assert_eq!(flushed(&rig, &endpoint, &mut 0).await, [executed(None)], "{bad}");
        let told = format!("{:?} {held:?}", rig.told());
        assert!(!told.contains(&KEY[1..]), "{told}");
    }
}

#[tokio::test]
async fn the_key_is_not_shown() {
    let endpoint = endpoint(section()).await;
    let rig = Rig::at(&endpoint.url()).await;
    let outcome = rig.fetch().await.unwrap();
    log_in_and_out(&rig).await;
    let told = rig.told();
    let words: Vec<_> = told.iter().map(|event| serde_json::to_string(event).unwrap()).collect();
    let stored = super::rig::stored(&rig.store);
    let shown = format!(
        "{outcome:?} {:?} {:?} {:?} {told:?} {words:?} {stored:?} {:?}",
        rig.guard,
        rig.guard.entitlements(),
        rig.guard.snapshot(),
        rig.guard.forecast(),
    );
    for secret in [KEY, "BwcHBwc", "7, 7, 7", "07070707", ADA, &ADA[3..]] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert!(String::from_utf8(stored.body).unwrap().contains(KEY), "kept with the document");
}

#[tokio::test]
async fn a_seed_gives_no_key() {
    let endpoint = endpoint(None).await;
    let mut seed = default_document(APP, "2026-11-20T10:00:00Z".parse().unwrap());
    seed["accounts"] = section();
    let build = Build::new(&endpoint.url());
    let rig = build.rig(build.builder().seed(seed.to_string()).open().await.unwrap());
    log_in_and_out(&rig).await;
    let held = rig.guard.entitlements();
    assert_eq!(held.findings.iter().map(|found| found.field.as_str()).collect::<Vec<_>>(), ["/accounts"]);
    assert_eq!(flushed(&rig, &endpoint, &mut 0).await, [executed(None)]);
    let found = |event: &Event| matches!(event, Event::DocumentFindings(_));
    assert!(
        !rig.told().iter().any(found),
        "of a document that is held the sync tells, and this one came with the app"
    );
}
