//! The document as code: read, checked and replaced over HTTP.

use crate::common::{APP, World, on_each_database, terms};
use reqwest::{Method, Response};
use serde_json::{Value, json};

async fn push(world: &World, document: &Value, query: &str) -> Response {
    let path = format!("/admin/v1/apps/{APP}/document{query}");
    world.admin(Method::PUT, &path).body(document.to_string()).send().await.unwrap()
}

async fn pull(world: &World) -> Value {
    let path = format!("/admin/v1/apps/{APP}/document");
    world.admin(Method::GET, &path).send().await.unwrap().json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pulled_can_be_changed_and_pushed() {
    on_each_database("", async |world: World| {
        let mut document = pull(&world).await;
        assert_eq!((&document["revision"], &document["sdk_app_id"]), (&json!(1), &json!(APP)));
        assert!(document.get("usage").is_none() && document.get("issued_at").is_none());
        let same: Value = push(&world, &document, "").await.json().await.unwrap();
        assert_eq!(same, json!({ "revision": 1, "changed": false, "findings": [] }));
        document["edition"] = "premium".into();
        let pushed: Value = push(&world, &document, "").await.json().await.unwrap();
        assert_eq!(pushed, json!({ "revision": 2, "changed": true, "findings": [] }));
        assert_eq!(world.document().await["edition"], "premium");

        // Somebody else changed it meanwhile.
        document["edition"] = "standard".into();
        let late = push(&world, &document, "").await;
        assert_eq!(late.status(), 409);
        assert!(late.text().await.unwrap().contains("pull"));
        assert_eq!(pull(&world).await["edition"], "premium");

        // From an endpoint whose revisions had risen further.
        document["revision"] = 40.into();
        assert_eq!(push(&world, &document, "").await.json::<Value>().await.unwrap()["revision"], 40);
        assert_eq!(world.document().await["revision"], 40);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_endpoint_computes_is_refused_with_the_remedy() {
    let world = World::on_sqlite("").await;
    let mut document = terms();
    document["usage"] = json!({ "as_of": "2026-11-20T09:00:00Z", "mau": 8123 });
    for query in ["", "?anyway=true"] {
        let refused = push(&world, &document, query).await;
        assert_eq!(refused.status(), 400);
        let refused: Value = refused.json().await.unwrap();
        assert_eq!(refused["field"], "/usage");
        assert!(refused["detail"].as_str().unwrap().contains("leave it out"), "{refused}");
    }
    assert_eq!(pull(&world).await["revision"], 1);
    assert_eq!(push(&world, &terms(), "?anyway=perhaps").await.status(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_apps_pass_over_is_taken_only_when_it_is_meant() {
    let world = World::on_sqlite("").await;
    let mut document = terms();
    document["limits"]["teleports"] = 3.into();
    let refused: Value = push(&world, &document, "").await.json().await.unwrap();
    assert!(refused["detail"].as_str().unwrap().contains("teleports"), "{refused}");
    let path = format!("/admin/v1/apps/{APP}/document/check");
    let checked = world.admin(Method::POST, &path).body(document.to_string()).send().await.unwrap();
    let checked: Value = checked.json().await.unwrap();
    assert_eq!(checked["findings"][0]["field"], "/limits/teleports", "{checked}");
    let pushed: Value = push(&world, &document, "?anyway=true").await.json().await.unwrap();
    assert_eq!((&pushed["revision"], pushed["findings"].as_array().unwrap().len()), (&json!(2), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_or_price_list_that_nobody_knows_is_taken_in_no_case() {
    let world = World::on_sqlite("").await;
    for (member, name) in [("edition", "premuim"), ("catalog", "intl-2042")] {
        let mut document = terms();
        document[member] = name.into();
        let refused = push(&world, &document, "?anyway=true").await;
        assert_eq!(refused.status(), 400);
        let refused: Value = refused.json().await.unwrap();
        assert_eq!(refused["field"], format!("/{member}"), "{refused}");
    }
    assert_eq!(pull(&world).await["revision"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_of_which_none_is_bought_is_told_before_it_vanishes() {
    let world = World::on_sqlite("").await;
    let mut document = terms();
    document["value_added"] = json!([{ "id": "cloud_search", "quantity": 0 }]);
    let refused: Value = push(&world, &document, "").await.json().await.unwrap();
    assert_eq!(refused["field"], "/value_added/0", "{refused}");
    assert_eq!(push(&world, &document, "?anyway=true").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_list_is_checked_served_and_known_to_the_check() {
    on_each_database("", async |world: World| {
        let list = include_str!("../../../src/model/catalogs/intl-2024.toml");
        let list = list.replacen("id = \"intl-2024\"", "id = \"ours-2026\"", 1);
        let mut document = terms();
        document["catalog"] = "ours-2026".into();
        let unknown = push(&world, &document, "").await;
        assert_eq!(unknown.status(), 400, "{}", unknown.text().await.unwrap());

        let put = async |id: &str, body: String| {
            let path = format!("/admin/v1/catalogs/{id}");
            world.admin(Method::PUT, &path).body(body).send().await.unwrap()
        };
        assert_eq!(put("another", list.clone()).await.status(), 400);
        assert_eq!(put("ours-2026", "id = 3".to_owned()).await.status(), 400);
        let served = put("ours-2026", list.clone()).await;
        assert_eq!(served.status(), 204, "{}", served.text().await.unwrap());
        let pushed = push(&world, &document, "").await;
        assert_eq!(pushed.status(), 200, "{}", pushed.text().await.unwrap());
        let answer = world.get("/v1/catalogs/ours-2026").header("accept", "application/json").send().await;
        let answer = answer.unwrap();
        assert!(answer.headers().contains_key("etag"));
        assert_eq!(answer.json::<Value>().await.unwrap()["id"], "ours-2026");
        assert_eq!(world.get("/v1/catalogs/nobodys").send().await.unwrap().status(), 404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_highest_revision_on_there_is_room_to_rise() {
    let world = World::on_sqlite("").await;
    let mut document = pull(&world).await;
    document["limits"] = json!({ "groups_per_user": 1 });
    for far in [u64::MAX, 1 << 63, (1 << 53) - 1, 4_000_000_000_000_001] {
        document["revision"] = far.into();
        let refused = push(&world, &document, "").await;
        assert_eq!(refused.status(), 400, "{far}");
        assert_eq!(refused.json::<Value>().await.unwrap()["field"], "/revision");
    }
    document["revision"] = 4_000_000_000_000_000_u64.into();
    assert_eq!(push(&world, &document, "").await.status(), 200);
    document.as_object_mut().unwrap().remove("revision");
    document["limits"] = json!({ "groups_per_user": 2 });
    let pushed: Value = push(&world, &document, "").await.json().await.unwrap();
    assert_eq!(pushed["revision"], 4_000_000_000_000_001_u64);
    assert_eq!(world.document().await["revision"], 4_000_000_000_000_001_u64);
}
