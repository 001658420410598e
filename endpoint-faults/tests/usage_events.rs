//! POST …/usage-events: batches, duplicates, and every way to be refused.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use common::{APP, event, events_url, json, options, post, problem, start};
use planguard_endpoint_faults::{Endpoint, Options};
use serde_json::{Value, json};

#[tokio::test]
async fn each_event_is_taken_once() {
    let endpoint = start().await;
    let first = post(&endpoint, &json!([event("a"), event("b"), event("a")])).send().await.unwrap();
    assert_eq!(first.status(), 202);
    assert_eq!(json(first).await, json!({ "accepted": 2, "duplicates": 1 }));
    let again = post(&endpoint, &json!([event("b"), event("c")])).send().await.unwrap();
    assert_eq!(json(again).await, json!({ "accepted": 1, "duplicates": 1 }));

    let events = endpoint.events();
    assert_eq!(events.duplicates, 2);
    let ids: Vec<_> = events.received.iter().map(|received| received.event["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(events.received[0].sdk_app_id, APP);
    assert_eq!(events.received[0].event, event("a"), "kept as sent");
}

#[tokio::test]
async fn an_empty_batch_is_a_batch() {
    let endpoint = start().await;
    let response = post(&endpoint, &json!([])).send().await.unwrap();
    assert_eq!(response.status(), 202);
    assert_eq!(json(response).await, json!({ "accepted": 0, "duplicates": 0 }));
}

#[tokio::test]
async fn ids_of_two_apps_do_not_collide() {
    let endpoint = start().await;
    endpoint.set_document(7, json!({})).unwrap();
    post(&endpoint, &json!([event("a")])).send().await.unwrap();
    let other = common::client().post(endpoint.url() + "/v1/apps/7/usage-events");
    let other = other.header("content-type", common::BATCH).body(json!([event("a")]).to_string());
    assert_eq!(json(other.send().await.unwrap()).await["accepted"], 1);
}

#[tokio::test]
async fn a_bad_event_is_named_and_refuses_the_whole_batch() {
    let endpoint = start().await;
    let with = |field: &str, value: Value| {
        let mut bad = event("bad");
        bad[field] = value;
        json!([event("good"), bad])
    };
    let without = |field: &str| {
        let mut bad = event("bad");
        bad.as_object_mut().unwrap().remove(field);
        json!([event("good"), bad])
    };
    let cases = [
        (without("specversion"), "/1/specversion"),
        (with("specversion", json!("0.3")), "/1/specversion"),
        (without("id"), "/1/id"),
        (with("id", json!("")), "/1/id"),
        (with("id", json!(7)), "/1/id"),
        (without("source"), "/1/source"),
        (without("type"), "/1/type"),
        (with("time", json!("yesterday")), "/1/time"),
        (with("time", json!(1_700_000_000)), "/1/time"),
        (with("userName", json!("x")), "/1/userName"),
        (json!([event("good"), "event"]), "/1"),
        (event("alone"), ""),
    ];
    for (batch, field) in cases {
        let refused = problem(post(&endpoint, &batch).send().await.unwrap(), 400).await;
        assert_eq!(refused["field"], field, "{refused}");
    }
    let no_json = post(&endpoint, &json!([])).body("[{").send().await.unwrap();
    assert_eq!(problem(no_json, 400).await["field"], "");
    assert!(endpoint.events().received.is_empty());
}

#[tokio::test]
async fn type_size_and_credential_are_checked() {
    let options = Options { max_body_bytes: 1000, credential: Some("right".into()), ..options() };
    let endpoint = Endpoint::start(options).await.unwrap();
    let client = common::client();
    let batch = json!([event("a")]).to_string();

    problem(post(&endpoint, &json!([])).send().await.unwrap(), 401).await;
    let plain = client.post(events_url(&endpoint)).bearer_auth("right").body(batch.clone());
    problem(plain.send().await.unwrap(), 415).await;
    let single = client.post(events_url(&endpoint)).bearer_auth("right").body(batch.clone());
    problem(single.header("content-type", "application/json").send().await.unwrap(), 415).await;
    let with_charset = client.post(events_url(&endpoint)).bearer_auth("right").body(batch);
    let with_charset = with_charset.header("content-type", format!("{}; charset=utf-8", common::BATCH));
    assert_eq!(with_charset.send().await.unwrap().status(), 202);

    let large = json!([event(&"x".repeat(1000))]);
    problem(post(&endpoint, &large).bearer_auth("right").send().await.unwrap(), 413).await;
    let unknown = client.post(endpoint.url() + "/v1/apps/9/usage-events").bearer_auth("right");
    problem(unknown.header("content-type", common::BATCH).body("[]").send().await.unwrap(), 404).await;
    endpoint.set_forbidden(APP, true);
    problem(post(&endpoint, &json!([])).bearer_auth("right").send().await.unwrap(), 403).await;
    problem(client.get(events_url(&endpoint)).send().await.unwrap(), 405).await;
}
