//! Delivery of usage events.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mockito::{Matcher, Server};
use planguard::client::{Event, Reservation, SyncError};
use planguard::login::{LoginIntent, LoginOutcome};
use planguard::net::{Request, Response, Transport, TransportError};
use planguard::port::BoxFuture;
use planguard::store::NewEvent;
use planguard::{Action, GroupType};
use planguard_endpoint_faults::{Endpoint, Fault, FaultKind, On, Options, StatusCode, default_document};
use serde_json::{Value, json};
use support::{ada, never, now, request, strict, with};

use super::rig::{APP, Build, Rig, beside, image};

const PATH: &str = "/v1/apps/1400000001/usage-events";

pub(super) async fn start_both() -> (Endpoint, Build) {
    let clock = planguard_endpoint_faults::Clock::fixed("2026-11-20T10:00:00Z".parse().unwrap());
    let document = default_document(APP, clock.now());
    let endpoint = Endpoint::start(Options { document, clock, ..Options::default() }).await.unwrap();
    let build = Build::new(&endpoint.url());
    (endpoint, build)
}

fn codes(endpoint: &Endpoint) -> Vec<i64> {
    endpoint.events().received.iter().map(|event| event.event["data"]["code"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn every_kind_of_event_meets_the_contract_and_names_no_one() {
    let (endpoint, build) = start_both().await;
    let limited = json!({ "limits": { "non_av_groups": 10 }, "usage": { "as_of": "2026-11-20T09:00:00Z", "non_av_groups": 0 } });
    endpoint
        .edit(APP, |document| document.as_object_mut().unwrap().extend(limited.as_object().unwrap().clone()))
        .unwrap();
    let rig = build.rig(build.builder().decisions(strict()).open().await.unwrap());
    rig.fetch().await.unwrap();
    let deferred = never(&rig.guard, with("ada", LoginIntent::PushWake)).await;
    assert!(matches!(deferred, LoginOutcome::Deferred { .. }), "{deferred:?}");
    let executed = now(&rig.guard, request("ada"), Ok(1)).await.unwrap();
    assert!(matches!(executed, LoginOutcome::Executed { .. }), "{executed:?}");
    let create = Action::CreateGroup { owner: ada(), kind: GroupType::Work, initial_members: 0 };
    for _ in 0..8 {
        rig.guard.record(&create).await;
    }
    for _ in 0..2 {
        let Reservation::Held(permit) = rig.guard.reserve(&create).await else { panic!("there is room") };
        permit.commit().await;
    }
    assert!(matches!(rig.guard.reserve(&create).await, Reservation::Denied(_)));
    rig.reject(60_020..60_021).await;
    let flushed = rig.guard.flush().await;
    assert_eq!((flushed.waiting, flushed.stopped), (0, None));
    let received = endpoint.events().received;
    assert_eq!(flushed.delivered, received.len() as u64);
    let types: BTreeSet<_> = received.iter().map(|event| event.event["type"].as_str().unwrap()).collect();
    assert_eq!(
        types.into_iter().collect::<Vec<_>>(),
        [
            "planguard.limit.denied",
            "planguard.limit.warned",
            "planguard.login.deferred",
            "planguard.login.executed",
            "planguard.rejection"
        ]
    );
    let source = received[0].event["source"].as_str().unwrap();
    assert!(source.starts_with("/apps/1400000001/installs/"), "{source}");
    assert!(received.iter().all(|event| event.event["source"] == source));
    // As a word: an id in hexadecimal may contain these letters.
    let text = format!("{received:?}");
    assert!(!text.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| word == "ada"));
    let schema = contract_schema("UsageEvent");
    for event in &received {
        let wrong: Vec<_> = schema.iter_errors(&event.event).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:?} in {}", event.event);
    }
    let mut odd = received[0].event.clone();
    odd["data"]["user"] = "ada".into();
    assert!(!schema.is_valid(&odd), "the contract allows pseudonyms only");
}

/// A schema of the published contract, with what it refers to.
pub(crate) fn contract_schema(name: &str) -> jsonschema::Validator {
    let path = support::root().join("docs/openapi.yaml");
    let contract: Value = serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
    let root = json!({ "allOf": [reference], "components": contract["components"] });
    jsonschema::draft202012::options().should_validate_formats(true).build(&root).unwrap()
}

#[tokio::test]
async fn events_outlive_a_restart_and_an_endpoint_that_is_away() {
    let (endpoint, build) = start_both().await;
    endpoint.go_offline().await.unwrap();
    let rig = build.open().await;
    rig.reject(0..3).await;
    let flushed = rig.guard.flush().await;
    assert_eq!((flushed.delivered, flushed.waiting), (0, 3));
    assert!(matches!(flushed.stopped, Some(SyncError::Unreachable { .. })));
    endpoint.go_online().await.unwrap();
    assert_eq!(build.open().await.guard.flush().await.delivered, 3);
    assert_eq!(codes(&endpoint), [0, 1, 2]);
}

#[tokio::test]
async fn an_answer_that_broke_off_is_sent_again_and_recorded_once() {
    let (endpoint, build) = start_both().await;
    let rig = build.open().await;
    rig.reject(0..2).await;
    endpoint.faults(Fault::from(FaultKind::CutOff).on(On::Post).times(1));
    assert_eq!(rig.guard.flush().await.waiting, 2);
    assert_eq!(rig.guard.flush().await.delivered, 2);
    assert_eq!(codes(&endpoint), [0, 1]);
    assert_eq!(endpoint.events().duplicates, 2);
}

#[tokio::test]
async fn many_events_leave_in_batches_of_a_hundred_in_order() {
    let (endpoint, build) = start_both().await;
    let rig = build.open().await;
    rig.reject(0..250).await;
    assert_eq!(rig.guard.flush().await.delivered, 250);
    assert_eq!(endpoint.requests().total, 3);
    assert_eq!(codes(&endpoint), (0..250).collect::<Vec<_>>());
}

#[tokio::test]
async fn two_flushes_at_once_send_nothing_twice() {
    let (endpoint, build) = start_both().await;
    let rig = build.open().await;
    rig.reject(0..10).await;
    let (one, other) = futures::join!(rig.guard.flush(), rig.guard.flush());
    assert_eq!(one.delivered + other.delivered, 10);
    assert_eq!(endpoint.events().duplicates, 0);
}

#[tokio::test]
async fn an_event_that_the_endpoint_names_as_bad_is_dropped_and_the_others_arrive() {
    let (endpoint, build) = start_both().await;
    let rig = build.open().await;
    rig.reject(0..3).await;
    beside(&rig.store, |transaction| {
        let bad = NewEvent { id: "bad".into(), body: r#"{"specversion":"1.0"}"#.into() };
        transaction.enqueue(&[bad], 100)
    });
    rig.reject(3..5).await;
    let flushed = rig.guard.flush().await;
    assert_eq!((flushed.delivered, flushed.refused, flushed.waiting), (5, 1, 0));
    assert_eq!(codes(&endpoint), [0, 1, 2, 3, 4]);
    assert_eq!(endpoint.requests().total, 2);
}

/// A transport with one answer to everything.
#[derive(Clone)]
struct Always {
    status: u16,
    content_type: &'static str,
    body: String,
    asked: Arc<AtomicUsize>,
}

impl Always {
    fn new(status: u16, content_type: &'static str, body: impl Into<String>) -> Self {
        Self { status, content_type, body: body.into(), asked: Arc::default() }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    async fn open(&self) -> Rig {
        Build::with(Arc::new(self.clone())).open().await
    }
}

impl Transport for Always {
    fn send(&self, _: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut response = Response::new(self.body.clone().into_bytes());
        *response.status_mut() = self.status.try_into().unwrap();
        response.headers_mut().insert("content-type", self.content_type.parse().unwrap());
        Box::pin(std::future::ready(Ok(response)))
    }
}

const RECEIPT: &str = r#"{"accepted":2,"duplicates":0}"#;

#[tokio::test]
async fn whatever_is_no_receipt_for_the_whole_batch_keeps_the_events() {
    let json = "application/json";
    for (status, content_type, body) in [
        (200, "text/html", "<html>Sign in to WiFi</html>"),
        (200, json, r#"{"error":"sign in"}"#),
        (200, json, RECEIPT),
        (204, json, ""),
        (206, json, RECEIPT),
        (202, json, r#"{"accepted":0,"duplicates":0}"#),
        (202, json, r#"{"accepted":0}"#),
        (202, json, "{}"),
        (202, json, ""),
        (202, json, r#"{"accepted":1,"duplicates":0}"#),
        (202, json, r#"{"accepted":2,"accepted":2,"duplicates":0}"#),
        (202, "text/html", RECEIPT),
        (202, "application/problem+json", RECEIPT),
    ] {
        let transport = Always::new(status, content_type, body);
        let rig = transport.open().await;
        rig.reject(0..2).await;
        let flushed = rig.guard.flush().await;
        assert_eq!((flushed.delivered, flushed.refused, flushed.waiting), (0, 0, 2), "{status} {body}");
        let error = flushed.stopped.unwrap();
        assert!(matches!(error, SyncError::NoReceipt { .. }), "{status} {body}: {error}");
        assert_eq!(transport.asked(), 1);
        // A pause came of it.
        assert!(matches!(rig.guard.flush().await.stopped, Some(SyncError::NotYet { .. })));
        assert_eq!(transport.asked(), 1);
    }
}

#[tokio::test]
async fn a_receipt_delivers_with_duplicates_and_after_a_byte_order_mark() {
    for body in [RECEIPT, r#"{"accepted":0,"duplicates":2}"#, "\u{feff}{\"duplicates\":1,\"accepted\":1}"] {
        let rig = Always::new(202, "application/json; charset=utf-8", body).open().await;
        rig.reject(0..2).await;
        let flushed = rig.guard.flush().await;
        assert_eq!((flushed.delivered, flushed.waiting, flushed.stopped), (2, 0, None), "{body}");
    }
}

#[tokio::test]
async fn a_refusal_that_names_no_event_drops_none() {
    let problem = "application/problem+json";
    for (status, content_type, body) in [
        (400, "text/html", "<html>Bad Request</html>"),
        (422, "text/html", ""),
        (400, "application/json", r#"{"field":"/0/id"}"#),
        (400, problem, r#"{"field":""}"#),
        (400, problem, r#"{"field":"/100"}"#),
        (400, problem, r#"{"status":400}"#),
        (422, problem, "not JSON"),
        (415, problem, r#"{"field":"/0"}"#),
    ] {
        let transport = Always::new(status, content_type, body);
        let rig = transport.open().await;
        rig.reject(0..100).await;
        let flushed = rig.guard.flush().await;
        assert_eq!((flushed.refused, flushed.waiting), (0, 100), "{status} {content_type} {body}");
        assert!(matches!(flushed.stopped, Some(SyncError::UnexpectedStatus { .. })), "{flushed:?}");
        assert_eq!(transport.asked(), 1, "{status} {content_type} {body}");
    }
}

#[tokio::test]
async fn a_413_for_ever_costs_few_requests_and_no_event() {
    let transport = Always::new(413, "text/html", "<html>Request Entity Too Large</html>");
    let rig = transport.open().await;
    rig.reject(0..1_000).await;
    let flushed = rig.guard.flush().await;
    assert_eq!((flushed.delivered, flushed.refused, flushed.waiting), (0, 0, 1_000));
    assert_eq!(transport.asked(), 7);
    assert!(matches!(flushed.stopped, Some(SyncError::UnexpectedStatus { status: 413, .. })));
}

#[tokio::test]
async fn a_redirected_batch_is_kept_and_the_target_named() {
    let mut server = Server::new_async().await;
    let rig = Rig::at(&server.url()).await;
    let lured = server.mock("POST", "/elsewhere").expect(0).create_async().await;
    server.mock("POST", PATH).with_status(307).with_header("location", "/elsewhere").create_async().await;
    rig.reject(0..1).await;
    let flushed = rig.guard.flush().await;
    assert_eq!(flushed.waiting, 1);
    assert!(matches!(flushed.stopped, Some(SyncError::Redirected { .. })), "{flushed:?}");
    lured.assert_async().await;
}

#[tokio::test]
async fn a_batch_too_large_for_the_endpoint_is_split() {
    let clock = planguard_endpoint_faults::Clock::fixed("2026-11-20T10:00:00Z".parse().unwrap());
    let options = Options { max_body_bytes: 2000, clock, ..Options::default() };
    let endpoint = Endpoint::start(options).await.unwrap();
    let rig = Rig::at(&endpoint.url()).await;
    rig.reject(0..30).await;
    assert_eq!(rig.guard.flush().await.delivered, 30);
    // 30, 15 and perhaps 7 at once are too many; what fits is not tried to be exceeded again.
    assert!(endpoint.requests().total < 15, "{}", endpoint.requests().total);
    assert_eq!(codes(&endpoint), (0..30).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_endpoint_that_refuses_everything_does_not_empty_the_outbox() {
    let mut server = Server::new_async().await;
    let rig = Rig::at(&server.url()).await;
    server
        .mock("POST", PATH)
        .with_status(400)
        .with_header("content-type", "application/problem+json")
        .with_body(r#"{"field":"/0/id"}"#)
        .expect(11)
        .create_async()
        .await;
    rig.reject(0..100).await;
    let flushed = rig.guard.flush().await;
    assert_eq!((flushed.refused, flushed.waiting), (10, 90));
    assert!(matches!(flushed.stopped, Some(SyncError::UnexpectedStatus { status: 400, .. })));
}

#[tokio::test]
async fn pauses_and_refused_credentials_hold_for_events_and_documents_alike() {
    let (endpoint, build) = start_both().await;
    let rig = build.open().await;
    rig.reject(0..1).await;
    endpoint.faults(Fault::from(FaultKind::status(StatusCode::SERVICE_UNAVAILABLE)).on(On::Get).times(1));
    let retry_at = rig.fetch().await.unwrap_err().retry_at().unwrap();
    assert_eq!(rig.guard.flush().await.stopped, Some(SyncError::NotYet { retry_at }));
    assert_eq!(endpoint.requests().total, 1);
    rig.clock.advance(Duration::from_secs(5));
    endpoint.set_credential(Some("another".into()));
    assert_eq!(rig.guard.flush().await.stopped, Some(SyncError::CredentialRefused { status: Some(401) }));
    assert_eq!(rig.fetch().await.unwrap_err(), SyncError::CredentialRefused { status: None });
    assert_eq!(build.credential("another").open().await.guard.flush().await.delivered, 1);
}

#[tokio::test]
async fn events_that_are_not_taken_pause_themselves_and_no_document() {
    let (endpoint, build) = start_both().await;
    let rig = build.open().await;
    rig.reject(0..1).await;
    endpoint.faults(Fault::from(FaultKind::status(StatusCode::SERVICE_UNAVAILABLE)).on(On::Post).times(1));
    let stopped = rig.guard.flush().await.stopped.unwrap();
    let retry_at = stopped.retry_at().unwrap();
    rig.fetch().await.unwrap();
    // Nor does a fetch that succeeds, or a restart, end the pause of theirs.
    assert_eq!(rig.guard.flush().await.stopped, Some(SyncError::NotYet { retry_at }));
    rig.clock.advance(retry_at.since(rig.guard.now()));
    assert_eq!(rig.guard.flush().await.stopped, None);
}

#[tokio::test]
async fn a_full_outbox_drops_the_oldest_and_says_so() {
    let (endpoint, build) = start_both().await;
    let rig = Build { capacity: 3, ..build }.open().await;
    rig.reject(0..2).await;
    assert!(!rig.told().iter().any(|event| matches!(event, Event::OutboxDropped { .. })));
    rig.reject(2..5).await;
    let told = rig.told();
    let dropped =
        told.iter().map(|event| if let Event::OutboxDropped { count } = event { *count } else { 0 });
    assert_eq!(dropped.sum::<u64>(), 2, "{told:?}");
    let flushed = rig.guard.flush().await;
    assert_eq!((flushed.delivered, flushed.dropped), (3, 2));
    assert_eq!(codes(&endpoint), [2, 3, 4]);
    assert_eq!(image(&rig.store).outbox_dropped, 2);
}

#[tokio::test]
async fn a_batch_is_sent_as_a_cloud_events_batch() {
    let mut server = Server::new_async().await;
    let rig = Rig::at(&server.url()).await;
    let mock = server
        .mock("POST", PATH)
        .match_header("content-type", "application/cloudevents-batch+json")
        .match_body(Matcher::Regex(r"^\[\{.*\},\{.*\}\]$".into()))
        .with_status(202)
        .with_header("content-type", "application/json")
        .with_body(RECEIPT)
        .create_async()
        .await;
    rig.reject(0..2).await;
    assert_eq!(rig.guard.flush().await.delivered, 2);
    mock.assert_async().await;
    assert_eq!(rig.guard.flush().await.delivered, 0);
}
