//! The routes other languages steer the endpoint by.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use common::{APP, client, entitlements_url, event, get, header, json, post, problem, start};
use serde_json::{Value, json};

async fn put(url: String, body: Value) -> reqwest::Response {
    client().put(url).body(body.to_string()).send().await.unwrap()
}

#[tokio::test]
async fn a_document_can_be_put() {
    let endpoint = start().await;
    let mut document = endpoint.document(APP).unwrap();
    document["edition"] = "premium".into();
    let response = put(entitlements_url(&endpoint), document).await;
    assert_eq!(response.status(), 200);
    assert_eq!(json(response).await, json!({ "revision": 43 }));
    assert_eq!(json(get(&endpoint).send().await.unwrap()).await["edition"], "premium");

    let other = put(entitlements_url(&endpoint), json!({ "sdk_app_id": 1 })).await;
    assert!(problem(other, 400).await["detail"].as_str().unwrap().starts_with("sdk_app_id"));
    problem(put(entitlements_url(&endpoint), json!([])).await, 400).await;
    let text = client().put(entitlements_url(&endpoint)).body("{").send().await.unwrap();
    problem(text, 400).await;
}

#[tokio::test]
async fn a_document_that_no_app_takes_is_served_and_said_to_be_one() {
    let endpoint = start().await;
    let answer = json(put(entitlements_url(&endpoint), json!({ "a": 1 })).await).await;
    // The revision, the app and the time are put in by the endpoint.
    let missing = |member: &str| format!("{member}: missing, and required; every app refuses the document");
    let expected = ["schema", "catalog", "edition"].map(missing);
    assert_eq!(answer, json!({ "revision": 43, "findings": expected }));
    assert_eq!(json(get(&endpoint).send().await.unwrap()).await["a"], 1);
}

#[tokio::test]
async fn faults_can_be_put_and_deleted() {
    let endpoint = start().await;
    let faults = endpoint.url() + "/_faults";
    let both = json!([
        { "fault": { "status": { "code": 503, "retry_after": { "secs": 5 } } }, "on": "get", "times": 1 },
        { "fault": "garbage", "on": "post" }
    ]);
    assert_eq!(put(faults.clone(), both).await.status(), 204);
    assert_eq!(get(&endpoint).send().await.unwrap().status(), 503);
    assert_eq!(get(&endpoint).send().await.unwrap().status(), 200);
    let garbage = post(&endpoint, &json!([])).send().await.unwrap().text().await.unwrap();
    assert!(garbage.contains("not JSON"));
    assert_eq!(client().delete(&faults).send().await.unwrap().status(), 204);
    assert_eq!(json(post(&endpoint, &json!([])).send().await.unwrap()).await["accepted"], 0);

    for one in [
        json!({ "fault": "cut_off" }),
        json!({ "fault": "hang" }),
        json!({ "fault": "oversize" }),
        json!({ "fault": "wrong_content_type" }),
        json!({ "fault": "drop_etag" }),
        json!({ "fault": "wrong_app" }),
        json!({ "fault": "old_revision" }),
        json!({ "fault": "unasked_not_modified" }),
        json!({ "fault": { "latency_ms": 5 } }),
        json!({ "fault": { "clock_skew_secs": -5 } }),
        json!({ "fault": { "redirect": "http://other.invalid/" } }),
        json!({ "fault": { "status": { "code": 500, "retry_after": { "http_date_in_secs": 9 } } } }),
    ] {
        assert_eq!(put(faults.clone(), one.clone()).await.status(), 204, "{one}");
    }
}

#[tokio::test]
async fn a_mistyped_fault_is_refused_and_the_switches_stay() {
    let endpoint = start().await;
    let faults = endpoint.url() + "/_faults";
    put(faults.clone(), json!({ "fault": "garbage" })).await;
    for (bad, said) in [
        (json!({ "fault": "gabrage" }), "gabrage"),
        (json!({ "fault": "garbage", "time": 1 }), "time"),
        (json!({ "fault": { "status": { "code": 100 } } }), "status.code"),
        (json!({ "fault": { "status": { "code": 503, "retry": 1 } } }), "retry"),
    ] {
        let refused = problem(put(faults.clone(), bad).await, 400).await;
        assert!(refused["detail"].as_str().unwrap().contains(said), "{refused}");
    }
    assert!(get(&endpoint).send().await.unwrap().text().await.unwrap().contains("not JSON"));
}

#[tokio::test]
async fn stats_tell_what_arrived() {
    let endpoint = start().await;
    post(&endpoint, &json!([event("a"), event("a")])).bearer_auth("secret").send().await.unwrap();
    get(&endpoint).send().await.unwrap();
    put(entitlements_url(&endpoint), json!({})).await;
    let response = client().get(endpoint.url() + "/_stats").send().await.unwrap();
    let text = response.text().await.unwrap();
    assert!(!text.contains("secret"));
    let stats: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(stats["requests"]["total"], 2, "control routes are not counted");
    assert_eq!(stats["requests"]["log"][0]["method"], "POST");
    assert_eq!(stats["requests"]["log"][0]["status"], 202);
    assert_eq!(stats["events"]["duplicates"], 1);
    assert_eq!(stats["events"]["received"], json!([{ "sdk_app_id": APP, "event": event("a") }]));
}

#[tokio::test]
async fn the_time_can_be_turned() {
    let endpoint = start().await;
    let clock = endpoint.url() + "/_clock";
    assert_eq!(put(clock.clone(), json!({ "ahead_secs": 30 * 86_400 })).await.status(), 204);
    let read = json(client().get(&clock).send().await.unwrap()).await;
    assert_eq!(read, json!({ "ahead_secs": 30 * 86_400, "now": "2026-12-20T10:00:00Z" }));

    let document = endpoint.document(APP).unwrap();
    put(entitlements_url(&endpoint), document).await;
    let response = get(&endpoint).send().await.unwrap();
    assert_eq!(header(&response, "date").as_deref(), Some("Sun, 20 Dec 2026 10:00:00 GMT"));
    assert_eq!(json(response).await["issued_at"], "2026-12-20T10:00:00Z");

    for bad in [json!({}), json!({ "ahead_secs": 0.5 }), json!({ "ahead_secs": i64::MAX })] {
        let refused = problem(put(clock.clone(), bad).await, 400).await;
        assert_eq!(refused["field"], "/ahead_secs");
    }
}
