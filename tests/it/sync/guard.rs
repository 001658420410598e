//! The endpoint's answers through a whole guard: one answer on freshness, figures dated ahead, drops that are told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use planguard::AppPhase;
use planguard::client::{Event, FetchPolicy, OpenError, SyncOutcome};
use planguard::net::{Credential, Request, Response, Transport, TransportError};
use planguard::port::BoxFuture;
use planguard::store::MemoryStore;
use planguard::time::ManualClock;
use planguard::{CounterKey, Feature, LimitId, Planguard, RejectionContext, SdkAppId, Subject, Timestamp};
use serde_json::{Value, json};

use super::rig::{APP, document, http_date, start};
use super::scripted;

/// Serves a document to every `GET` and a problem to every `POST`.
#[derive(Clone)]
struct Endpoint {
    clock: ManualClock,
    document: Arc<Mutex<Value>>,
}

impl Transport for Endpoint {
    fn send(&self, request: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        let mut response = if request.method() == "GET" {
            scripted::json(&self.document.lock().unwrap())
        } else {
            let mut problem = scripted::json(&json!({ "status": 400, "field": "/0/data" }));
            *problem.status_mut() = 400_u16.try_into().unwrap();
            problem.headers_mut().insert("content-type", "application/problem+json".parse().unwrap());
            problem
        };
        let date = http_date(planguard::time::Clock::now(&self.clock));
        response.headers_mut().insert("date", date.parse().unwrap());
        Box::pin(std::future::ready(Ok(response)))
    }
}

async fn open(document: Value) -> (Planguard, Endpoint) {
    let clock = ManualClock::at(start());
    let endpoint = Endpoint { clock: clock.clone(), document: Arc::new(Mutex::new(document)) };
    let guard = Planguard::builder(SdkAppId::new(APP).unwrap())
        .endpoint("https://billing.example")
        .transport(endpoint.clone())
        .store(MemoryStore::new())
        .clock(clock)
        .open()
        .await
        .unwrap();
    (guard, endpoint)
}

#[tokio::test]
async fn a_sync_and_a_decision_agree_on_freshness_in_every_phase() {
    for (said, phases) in [
        (None, [(AppPhase::Background, true), (AppPhase::Foreground, false), (AppPhase::Background, true)]),
        (
            Some(7_200),
            [(AppPhase::Background, true), (AppPhase::Foreground, true), (AppPhase::Background, true)],
        ),
        (
            Some(60),
            [(AppPhase::Background, false), (AppPhase::Foreground, false), (AppPhase::Background, false)],
        ),
    ] {
        let mut body = document(1);
        body["fresh_for_secs"] = said.into();
        let (guard, endpoint) = open(body).await;
        guard.set_phase(AppPhase::Background);
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        endpoint.clock.advance(Duration::from_secs(3_600));
        for (phase, fresh) in phases {
            guard.set_phase(phase);
            let outcome = guard.sync(FetchPolicy::CacheOnly).await.unwrap();
            let SyncOutcome::FromCache { staleness, .. } = outcome else { panic!("{outcome:?}") };
            assert_eq!(staleness.fresh, fresh, "{said:?} {phase:?}");
            assert_eq!(
                guard.explain_feature(Feature::Community).evidence.stale,
                !fresh,
                "{said:?} {phase:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_figure_dated_ahead_does_not_keep_out_the_true_one() {
    let figure = |revision, minutes: u64, as_of: Timestamp, groups: u64| {
        let mut body = document(revision);
        body["issued_at"] = json!(start().plus(Duration::from_secs(60 * minutes)));
        body["usage"] = json!({ "as_of": as_of, "non_av_groups": groups });
        body
    };
    let (guard, endpoint) = open(figure(1, 9, start().plus(Duration::from_secs(20 * 86_400)), 999_999)).await;
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    endpoint.clock.advance(Duration::from_secs(60));
    let now = planguard::time::Clock::now(&endpoint.clock);
    *endpoint.document.lock().unwrap() = figure(2, 1, now, 3);
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    let key = CounterKey { limit: LimitId::NonAvGroups, subject: Subject::App, bucket: 0 };
    assert_eq!(guard.snapshot().usage.get(&key).used(), 3);
}

#[tokio::test]
async fn a_document_made_anew_with_the_same_terms_announces_nothing() {
    let mut first = document(1);
    first["unknown"] = true.into();
    let (guard, endpoint) = open(first).await;
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    let mut events = guard.subscribe();
    while events.try_next().is_some() {}
    for seconds in [30, 90, 60] {
        let mut again = document(1);
        again["unknown"] = true.into();
        again["issued_at"] = json!(start().plus(Duration::from_secs(seconds)));
        *endpoint.document.lock().unwrap() = again;
        let outcome = guard.sync(FetchPolicy::Fetch).await.unwrap();
        assert!(matches!(outcome, SyncOutcome::NotModified { .. }), "{outcome:?}");
    }
    assert_eq!(events.try_next(), None);
}

#[tokio::test]
async fn events_that_the_endpoint_names_as_bad_are_counted_and_reported() {
    let (guard, _) = open(document(1)).await;
    let mut events = guard.subscribe();
    guard.report_rejection(10_037, "", &RejectionContext::default()).await;
    let flushed = guard.flush().await;
    assert_eq!((flushed.delivered, flushed.refused, flushed.waiting), (0, 1, 0));
    let mut told = Vec::new();
    while let Some(event) = events.try_next() {
        told.extend(event.ok());
    }
    assert!(told.contains(&Event::UsageEventsRefused { count: 1 }), "{told:?}");
}

#[tokio::test]
async fn a_credential_without_an_endpoint_is_an_error_that_names_it() {
    let builder = Planguard::builder(SdkAppId::new(APP).unwrap());
    let error = builder.credential(Credential::new("token").unwrap()).open().await.unwrap_err();
    assert!(matches!(error, OpenError::Setting { field: "credential", .. }), "{error}");
    assert!(error.to_string().contains("endpoint") && !error.to_string().contains("token"), "{error}");
}
