//! Failures that need a real server: the reference endpoint with its fault switches.

use std::sync::Arc;
use std::time::Duration;

use planguard::client::{Event, FetchPolicy, SyncError, SyncOutcome};
use planguard::net::TransportError;
use planguard_endpoint_faults::{
    Clock as EndpointClock, Endpoint, Fault, FaultKind, Faults, Options, RetryAfter, StatusCode,
    default_document,
};

use super::rig::{APP, Build, SECRET, start, stored};

/// An endpoint on the rig's clock, and the rig.
async fn start_both() -> (Endpoint, Build) {
    let build = Build::new("http://127.0.0.1:1");
    let clock = build.clock.clone();
    let clock = EndpointClock::from_fn(move || {
        jiff::Timestamp::from_millisecond(planguard::time::Clock::now(&clock).as_millis()).unwrap()
    });
    let options = Options {
        document: default_document(APP, clock.now()),
        credential: Some(SECRET.to_owned()),
        clock,
        ..Options::default()
    };
    let endpoint = Endpoint::start(options).await.unwrap();
    let url = endpoint.url();
    (endpoint, Build { url, ..build })
}

#[tokio::test]
async fn the_contracts_sample_arrives_without_findings_and_is_confirmed_by_its_etag() {
    let (endpoint, build) = start_both().await;
    let rig = build.open().await;
    let outcome = rig.fetch().await.unwrap();
    assert_eq!(outcome.document().unwrap().findings, []);
    // Nor does it contradict the price list that it names, which shows only against the plan.
    let findings = |event: &Event| matches!(event, Event::DocumentFindings(_));
    assert!(!rig.told().iter().any(findings), "the sample contradicts itself");
    assert_eq!(rig.revision(), Some(42));
    assert!(matches!(rig.fetch().await.unwrap(), SyncOutcome::NotModified { .. }));
    endpoint.edit(APP, |document| document["edition"] = "premium".into()).unwrap();
    assert!(
        matches!(rig.fetch().await.unwrap(), SyncOutcome::UpdatedTo { document, .. } if document.revision == 43)
    );
    let statuses: Vec<_> = endpoint.requests().log.iter().map(|request| request.status.unwrap()).collect();
    assert_eq!(statuses, [200, 304, 200]);
}

#[tokio::test]
async fn every_fault_leaves_the_last_good_copy_and_passes() {
    for (fault, expected) in [
        (FaultKind::CutOff, "Unreachable"),
        (FaultKind::Garbage, "BadDocument"),
        (FaultKind::Oversize, "TooLarge"),
        (FaultKind::WrongContentType, "BadDocument"),
        (FaultKind::WrongApp, "BadDocument"),
        (FaultKind::OldRevision, "Older"),
        (FaultKind::Redirect("https://elsewhere.example/x".to_owned()), "Redirected"),
        (FaultKind::status(StatusCode::INTERNAL_SERVER_ERROR), "Busy"),
        (FaultKind::status(StatusCode::NOT_FOUND), "UnknownApp"),
    ] {
        let (endpoint, build) = start_both().await;
        let rig = build.open().await;
        build.clock.advance(Duration::from_secs(60));
        endpoint.edit(APP, |document| document["edition"] = "premium".into()).unwrap();
        rig.fetch().await.unwrap();
        endpoint.faults(Fault::from(fault.clone()).times(1));
        let error = rig.fetch().await.unwrap_err();
        assert!(format!("{error:?}").starts_with(expected), "{fault:?}: {error:?}");
        assert_eq!(rig.revision(), Some(43), "{fault:?}");
        assert_eq!(stored(&rig.store).revision, 43, "{fault:?}");
        rig.advance_to(error.retry_at().unwrap());
        endpoint.edit(APP, |document| document["edition"] = "standard".into()).unwrap();
        rig.fetch().await.unwrap();
        assert_eq!(rig.revision(), Some(44), "{fault:?}");
    }
}

#[tokio::test]
async fn a_cut_off_body_is_named_as_such() {
    let (endpoint, build) = start_both().await;
    endpoint.faults(FaultKind::CutOff);
    let error = build.open().await.fetch().await.unwrap_err();
    assert!(matches!(error, SyncError::Unreachable { why: TransportError::CutOff(_), .. }), "{error:?}");
}

#[tokio::test]
async fn faults_that_do_no_harm_do_none() {
    let (endpoint, build) = start_both().await;
    let rig = build.open().await;
    endpoint.faults(Fault::from(FaultKind::UnaskedNotModified).times(1));
    assert!(matches!(rig.fetch().await.unwrap(), SyncOutcome::UpdatedTo { .. }));
    assert_eq!(endpoint.requests().total, 2);
    endpoint.faults(Faults::from(FaultKind::DropEtag).and(FaultKind::LatencyMs(1)));
    endpoint.edit(APP, |document| document["edition"] = "premium".into()).unwrap();
    rig.fetch().await.unwrap();
    assert_eq!(stored(&rig.store).etag, None);
    assert!(matches!(rig.fetch().await.unwrap(), SyncOutcome::NotModified { .. }));
}

#[tokio::test]
async fn an_endpoint_that_hangs_is_given_up_by_the_injected_clock() {
    let (endpoint, build) = start_both().await;
    endpoint.faults(FaultKind::Hang);
    let rig = Arc::new(build.open().await);
    let fetch = tokio::spawn({
        let rig = Arc::clone(&rig);
        async move { rig.fetch().await }
    });
    endpoint.requests_reached(1).await;
    while rig.clock.sleepers() == 0 {
        tokio::task::yield_now().await;
    }
    rig.clock.advance(Duration::from_secs(59));
    assert_eq!(rig.clock.sleepers(), 1);
    rig.clock.advance(Duration::from_secs(1));
    let error = fetch.await.unwrap().unwrap_err();
    assert!(matches!(error, SyncError::Unreachable { why: TransportError::TimedOut, .. }), "{error:?}");
}

#[tokio::test]
async fn offline_serves_the_copy_and_back_online_goes_on() {
    let (endpoint, build) = start_both().await;
    build.open().await.fetch().await.unwrap();
    endpoint.go_offline().await.unwrap();
    build.clock.advance(Duration::from_secs(3600));
    // Started again without network: the copy is there, stale, with its age.
    let rig = build.open().await;
    let outcome = rig.sync(FetchPolicy::StaleWhileRevalidate).await.unwrap();
    let SyncOutcome::FromCache { document, staleness, revalidate: true } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!((document.revision, staleness.fresh, staleness.age.as_secs()), (42, false, 3600));
    assert!(matches!(rig.fetch().await.unwrap_err(), SyncError::Unreachable { .. }));
    endpoint.go_online().await.unwrap();
    rig.fetch().await.unwrap();
    assert_eq!(rig.fresh(), Some(true));
}

#[tokio::test]
async fn a_pause_the_endpoint_asked_for_outlives_a_restart_and_a_lost_connection_does_not() {
    let (endpoint, build) = start_both().await;
    let busy = FaultKind::Status {
        code: StatusCode::SERVICE_UNAVAILABLE,
        retry_after: Some(RetryAfter::HttpDateInSecs(600)),
    };
    endpoint.faults(Fault::from(busy).times(1));
    let error = build.open().await.fetch().await.unwrap_err();
    let retry_at = error.retry_at().unwrap();
    assert_eq!(error, SyncError::Busy { status: 503, retry_at });
    assert!(retry_at >= start().plus(Duration::from_secs(600)), "{retry_at}");
    assert_eq!(build.open().await.fetch().await.unwrap_err(), SyncError::NotYet { retry_at });
    build.clock.advance(retry_at.since(start()));

    endpoint.go_offline().await.unwrap();
    let rig = build.open().await;
    assert!(matches!(rig.sync(FetchPolicy::FreshOrFetch).await, Err(SyncError::Unreachable { .. })));
    assert!(matches!(rig.sync(FetchPolicy::FreshOrFetch).await, Err(SyncError::NotYet { .. })));
    endpoint.go_online().await.unwrap();
    build.open().await.sync(FetchPolicy::FreshOrFetch).await.unwrap();
}

#[tokio::test]
async fn a_wrong_credential_is_sent_once() {
    let (endpoint, build) = start_both().await;
    let wrong = build.clone().credential("wrong");
    assert_eq!(
        wrong.open().await.fetch().await.unwrap_err(),
        SyncError::CredentialRefused { status: Some(401) }
    );
    assert_eq!(wrong.open().await.fetch().await.unwrap_err(), SyncError::CredentialRefused { status: None });
    assert_eq!(endpoint.requests().total, 1);
    build.open().await.fetch().await.unwrap();
    endpoint.set_forbidden(APP, true);
    assert_eq!(
        build.open().await.fetch().await.unwrap_err(),
        SyncError::CredentialRefused { status: Some(403) }
    );
}

#[tokio::test]
async fn a_device_clock_that_is_wrong_does_not_matter() {
    let (endpoint, build) = start_both().await;
    endpoint.faults(FaultKind::ClockSkewSecs(86_400));
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    assert_eq!(rig.guard.entitlements().fetched_at.unwrap(), start().plus(Duration::from_secs(86_400)));
    assert_eq!(rig.fresh(), Some(true));
}
