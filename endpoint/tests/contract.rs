//! The calls of the contract, over each database.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use common::{APP, World, event, on_each_database};
use jiff::SignedDuration;
use serde_json::{Value, json};

fn entitlements() -> String {
    format!("/v1/apps/{APP}/entitlements")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_the_owners_with_what_the_endpoint_knows() {
    on_each_database("", async |world: World| {
        let document = world.document().await;
        assert_eq!(document["revision"], 1);
        assert_eq!(document["sdk_app_id"], APP);
        assert_eq!(document["edition"], "standard");
        assert_eq!(document["issued_at"], "2026-11-20T10:00:00.001Z");
        let answer = world.get(&entitlements()).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/jose");
        let tag = answer.headers()["etag"].clone();
        let again = world.get(&entitlements()).header("if-none-match", &tag).send().await.unwrap();
        assert_eq!(again.status(), 304);
        world.time.advance(SignedDuration::from_hours(2));
        let later = world.document().await;
        assert_eq!((&later["revision"], &later["issued_at"]), (&json!(1), &json!("2026-11-20T12:00:00Z")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_is_taken_once() {
    on_each_database("", async |world: World| {
        let first = world.send(&json!([event("a"), event("b"), event("a")])).send().await.unwrap();
        assert_eq!(first.status(), 202);
        assert_eq!(first.json::<Value>().await.unwrap(), json!({ "accepted": 2, "duplicates": 1 }));
        let again = world.send(&json!([event("b"), event("c")])).send().await.unwrap();
        assert_eq!(again.json::<Value>().await.unwrap(), json!({ "accepted": 1, "duplicates": 1 }));
    })
    .await;
}
