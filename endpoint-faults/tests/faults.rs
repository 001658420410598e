//! Every fault switch, as a client sees it.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use common::{APP, event, get, header, json, post, problem, start};
use planguard_endpoint_faults::{Fault, FaultKind, Faults, On, RetryAfter, StatusCode};
use serde_json::{Value, json};

const DATE: &str = "Fri, 20 Nov 2026 10:00:00 GMT";

#[tokio::test]
async fn a_fault_strikes_its_call_its_number_of_times() {
    let endpoint = start().await;
    let busy = FaultKind::status(StatusCode::SERVICE_UNAVAILABLE);
    endpoint.faults(Fault::from(busy.clone()).on(On::Get).times(2));
    let batch = json!([event("a")]);
    for expected in [503, 503, 200, 200] {
        assert_eq!(post(&endpoint, &batch).send().await.unwrap().status(), 202);
        assert_eq!(get(&endpoint).send().await.unwrap().status(), expected);
    }
    endpoint.faults(Fault::from(busy.clone()).on(On::Post));
    assert_eq!(get(&endpoint).send().await.unwrap().status(), 200);
    for _ in 0..3 {
        assert_eq!(post(&endpoint, &batch).send().await.unwrap().status(), 503);
    }
    endpoint.faults(Faults::none());
    assert_eq!(post(&endpoint, &batch).send().await.unwrap().status(), 202);
    endpoint.faults(Fault::from(busy).times(0));
    assert_eq!(get(&endpoint).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_refusal_has_its_retry_after_and_no_effect() {
    let endpoint = start().await;
    let after = |retry_after| FaultKind::Status { code: StatusCode::TOO_MANY_REQUESTS, retry_after };
    endpoint.faults(after(Some(RetryAfter::Secs(120))));
    let response = post(&endpoint, &json!([event("a")])).send().await.unwrap();
    assert_eq!(header(&response, "retry-after").as_deref(), Some("120"));
    problem(response, 429).await;
    assert!(endpoint.events().received.is_empty());

    endpoint.faults(after(Some(RetryAfter::HttpDateInSecs(60))));
    let response = get(&endpoint).send().await.unwrap();
    assert_eq!(header(&response, "retry-after").as_deref(), Some("Fri, 20 Nov 2026 10:01:00 GMT"));
    endpoint.faults(after(None));
    assert_eq!(header(&get(&endpoint).send().await.unwrap(), "retry-after"), None);
}

#[tokio::test(start_paused = true)]
async fn latency_delays_the_answer() {
    let endpoint = start().await;
    let before = tokio::time::Instant::now();
    endpoint.faults(Faults::none().and(FaultKind::LatencyMs(40_000)).and(FaultKind::LatencyMs(20_000)));
    assert_eq!(get(&endpoint).send().await.unwrap().status(), 200);
    assert!(before.elapsed().as_secs() >= 60, "by the paused clock: {:?}", before.elapsed());
}

#[tokio::test]
async fn garbage_is_success_and_no_json_even_for_a_known_tag() {
    let endpoint = start().await;
    let etag = header(&get(&endpoint).send().await.unwrap(), "etag").unwrap();
    endpoint.faults(FaultKind::Garbage);
    let response = get(&endpoint).header("if-none-match", etag).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "content-type").as_deref(), Some("application/json"));
    assert!(serde_json::from_str::<Value>(&response.text().await.unwrap()).is_err());
    let response = post(&endpoint, &json!([event("a")])).send().await.unwrap();
    assert_eq!(response.status(), 202);
    assert!(serde_json::from_str::<Value>(&response.text().await.unwrap()).is_err());
}

#[tokio::test]
async fn a_cut_off_body_breaks_after_its_headers() {
    let endpoint = start().await;
    endpoint.faults(Fault::from(FaultKind::CutOff).times(2));
    let mut response = get(&endpoint).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let declared = response.content_length().unwrap();
    let half = response.chunk().await.unwrap().unwrap();
    assert!(!half.is_empty() && (half.len() as u64) < declared);
    assert!(response.chunk().await.is_err());

    let lost = post(&endpoint, &json!([event("a")])).send().await.unwrap();
    assert!(lost.bytes().await.is_err());
    assert_eq!(endpoint.events().received.len(), 1, "recorded, though the sender cannot know");
    let again = post(&endpoint, &json!([event("a")])).send().await.unwrap();
    assert_eq!(json(again).await, json!({ "accepted": 0, "duplicates": 1 }));
}

#[tokio::test]
async fn a_hanging_call_leaves_others_alone() {
    let endpoint = start().await;
    endpoint.faults(Fault::from(FaultKind::Hang).times(1));
    let hanging = tokio::spawn(get(&endpoint).send());
    endpoint.requests_reached(1).await;
    assert_eq!(get(&endpoint).send().await.unwrap().status(), 200);
    assert!(!hanging.is_finished());
    assert_eq!(endpoint.requests().log[0].status, None);
}

#[tokio::test]
async fn an_oversize_body_is_good_but_for_its_size() {
    let endpoint = start().await;
    endpoint.faults(FaultKind::Oversize);
    let body = get(&endpoint).send().await.unwrap().text().await.unwrap();
    assert!(body.len() > 1024 * 1024);
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), endpoint.document(APP).unwrap());
}

#[tokio::test]
async fn a_redirect_leads_elsewhere() {
    let endpoint = start().await;
    endpoint.faults(FaultKind::Redirect("http://other.invalid/".into()));
    let response = get(&endpoint).send().await.unwrap();
    assert_eq!(response.status(), 307);
    assert_eq!(header(&response, "location").as_deref(), Some("http://other.invalid/"));
    endpoint.faults(FaultKind::Redirect("a\nb".into()));
    problem(get(&endpoint).send().await.unwrap(), 500).await;
}

#[tokio::test]
async fn headers_can_lie_or_be_missing() {
    let endpoint = start().await;
    endpoint.faults(FaultKind::WrongContentType);
    assert_eq!(header(&get(&endpoint).send().await.unwrap(), "content-type").as_deref(), Some("text/html"));
    endpoint.faults(FaultKind::DropEtag);
    let response = get(&endpoint).send().await.unwrap();
    assert_eq!((response.status().as_u16(), header(&response, "etag")), (200, None));
    endpoint.faults(FaultKind::UnaskedNotModified);
    let response = get(&endpoint).send().await.unwrap();
    assert_eq!(response.status(), 304);
    assert!(response.bytes().await.unwrap().is_empty());
    assert_eq!(post(&endpoint, &json!([])).send().await.unwrap().status(), 202, "304 is for GET alone");
}

#[tokio::test]
async fn the_date_can_be_skewed() {
    let endpoint = start().await;
    endpoint.faults(Fault::from(FaultKind::ClockSkewSecs(-3600)).times(1));
    let date = header(&get(&endpoint).send().await.unwrap(), "date");
    assert_eq!(date.as_deref(), Some("Fri, 20 Nov 2026 09:00:00 GMT"));
    assert_eq!(header(&get(&endpoint).send().await.unwrap(), "date").as_deref(), Some(DATE));
    for (secs, clamped) in
        [(i64::MIN, "Thu, 01 Jan 1970 00:00:00 GMT"), (i64::MAX, "Thu, 30 Dec 9999 22:00:00 GMT")]
    {
        endpoint.faults(FaultKind::ClockSkewSecs(secs));
        assert_eq!(header(&get(&endpoint).send().await.unwrap(), "date").as_deref(), Some(clamped));
    }
}

#[tokio::test]
async fn documents_of_another_app_or_time_can_be_served() {
    let endpoint = start().await;
    endpoint.faults(FaultKind::WrongApp);
    assert_eq!(json(get(&endpoint).send().await.unwrap()).await["sdk_app_id"], APP + 1);

    endpoint.faults(FaultKind::OldRevision);
    let older = json(get(&endpoint).send().await.unwrap()).await;
    assert_eq!((&older["revision"], &older["issued_at"]), (&json!(41), &json!("2026-11-20T09:00:00Z")));

    let held = endpoint.document(APP).unwrap();
    endpoint.edit(APP, |document| document["edition"] = "free_trial".into()).unwrap();
    assert_eq!(json(get(&endpoint).send().await.unwrap()).await, held, "the one replaced, as it was");
    endpoint.faults(Faults::none());
    assert_eq!(json(get(&endpoint).send().await.unwrap()).await["revision"], 43);
}

#[tokio::test]
async fn refusals_are_not_damaged() {
    let endpoint = start().await;
    endpoint.set_credential(Some("right".into()));
    endpoint.faults(Faults::none().and(FaultKind::Garbage).and(FaultKind::WrongContentType));
    problem(get(&endpoint).send().await.unwrap(), 401).await;
}
