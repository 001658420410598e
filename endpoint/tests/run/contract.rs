//! The calls of the contract, over each database.

use crate::common::{APP, World, on_each_database, terms};
use jiff::SignedDuration;
use planguard_endpoint::db::Queries;
use planguard_endpoint::documents::{self, Filled, Issued, Put};
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
async fn a_change_of_terms_is_a_new_revision_and_usage_is_none() {
    on_each_database("", async |world: World| {
        let first = world.document().await;
        let put = move |members: Value| {
            move |queries: &mut dyn Queries| {
                documents::put(queries, APP, members.as_object().unwrap(), None, now())
            }
        };
        assert_eq!(world.service.db.write(put(terms())).await.unwrap(), Put::Same(1));
        let mut changed = terms();
        changed["edition"] = "premium".into();
        assert_eq!(world.service.db.write(put(changed)).await.unwrap(), Put::Changed(2));
        let second = world.document().await;
        assert_eq!((&second["revision"], &second["edition"]), (&json!(2), &json!("premium")));
        assert!(issued(&second) > issued(&first), "{first} {second}");

        // What is filled in changes the document under the same revision, issued later.
        let filled = Filled { usage: Some(json!({ "mau": 7 })), accounts: None };
        let (shared, at) = (filled.clone(), now());
        let renew = move |queries: &mut dyn Queries| {
            let held = Issued::read(queries, APP)?.unwrap();
            assert!(held.is_due(&shared, at));
            held.renew(queries, APP, &shared, at)
        };
        let renewed = world.service.db.write(renew).await.unwrap().unwrap();
        assert!(!renewed.is_due(&filled, now()) && renewed.is_due(&Filled::default(), now()));
        let third = renewed.document(APP, None);
        assert_eq!((&third["revision"], &third["usage"]["mau"]), (&json!(2), &json!(7)));
        assert!(issued(&third) > issued(&second));
        let revisions =
            world.service.db.read(|queries| documents::revisions(queries, APP, 10)).await.unwrap();
        assert_eq!(revisions.iter().map(|terms| terms.revision).collect::<Vec<_>>(), [2, 1]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_serve_one_document_to_the_byte() {
    on_each_database("", async |world: World| {
        let (_other, url) = world.another().await;
        let mut answers = Vec::new();
        for base in [&world.url, &url, &world.url] {
            let call = world.http.get(format!("{base}{}", entitlements())).bearer_auth(&world.device);
            let answer = call.send().await.unwrap();
            answers.push((answer.headers()["etag"].clone(), answer.bytes().await.unwrap()));
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[1], answers[2]);
    })
    .await;
}

/// The answer to a device: its status, the `kid` that signed, and its tag.
async fn signed(world: &World, etag: Option<&str>) -> (u16, Option<String>, String) {
    let call = world.get(&entitlements());
    let call = etag.into_iter().fold(call, |call, etag| call.header("if-none-match", etag));
    let answer = call.send().await.unwrap();
    let (status, etag) = (answer.status().as_u16(), answer.headers()["etag"].to_str().unwrap().to_owned());
    let body = answer.text().await.unwrap();
    let header = data_encoding::BASE64URL_NOPAD.decode(body.split('.').next().unwrap().as_bytes()).unwrap();
    let kid = serde_json::from_slice::<Value>(&header)
        .ok()
        .map(|header| header["kid"].as_str().unwrap().to_owned());
    (status, kid, etag)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_held_is_neither_unsealed_nor_signed_again() {
    on_each_database("", async |world: World| {
        let (_, kid, etag) = signed(&world, None).await;
        assert_eq!(kid.as_deref(), Some("k1"));
        let spoil = "UPDATE signing_keys SET sealed = $1";
        let write = move |queries: &mut dyn Queries| queries.execute(spoil, &[vec![0_u8; 60].into()]);
        world.service.db.write(write).await.unwrap();
        assert_eq!(signed(&world, None).await, (200, kid, etag.clone()));
        assert_eq!(signed(&world, Some(&etag)).await, (304, None, etag));
        let (_, other) = world.another().await;
        let call = world.http.get(format!("{other}{}", entitlements())).bearer_auth(&world.device);
        assert_eq!(call.send().await.unwrap().status(), 500, "who holds none cannot sign one");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_another_process_changes_is_in_the_next_answer() {
    on_each_database("accounts = true\n", async |world: World| {
        let (other, _) = world.another().await;
        let (_, kid, first) = signed(&world, None).await;
        assert_eq!((kid.as_deref(), signed(&world, Some(&first)).await.0), (Some("k1"), 304));
        // The terms.
        let mut terms = terms().as_object().unwrap().clone();
        terms.insert("edition".into(), "premium".into());
        let now = world.time.now();
        let put = move |queries: &mut dyn Queries| documents::put(queries, APP, &terms, None, now);
        other.db.write(put).await.unwrap();
        let (status, _, second) = signed(&world, Some(&first)).await;
        assert_eq!(status, 200);
        assert_eq!(world.document().await["edition"], "premium");
        // The key that signs, once its time has come.
        world.rotate_key("k2", SignedDuration::from_secs(30)).await;
        assert_eq!(signed(&world, Some(&second)).await.0, 304);
        world.time.advance(SignedDuration::from_secs(30));
        let (status, kid, third) = signed(&world, Some(&second)).await;
        assert_eq!((status, kid.as_deref()), (200, Some("k2")));
        // The key of accounts, with the month from which it counts.
        other.rotate_account_key(APP).await.unwrap();
        assert_eq!(world.document().await["accounts"]["key_id"], "k1");
        let in_force = async || world.document().await["accounts"]["key_id"].clone();
        world.time.set("2026-11-30T15:59:50Z");
        assert_eq!(in_force().await, "k1");
        world.time.set("2026-11-30T16:00:00Z");
        assert_eq!(in_force().await, "k2");
        assert_eq!(signed(&world, Some(&third)).await.0, 200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_issued_by_a_wrong_clock_is_issued_again() {
    on_each_database("", async |world: World| {
        world.document().await;
        world.time.set("2029-11-20T10:00:00Z");
        assert_eq!(world.document().await["issued_at"], "2029-11-20T10:00:00Z");
        world.time.set("2026-11-20T11:00:00Z");
        assert_eq!(world.document().await["issued_at"], "2026-11-20T11:00:00Z");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_published_before_they_sign_and_after() {
    on_each_database("", async |world: World| {
        let kids = async || {
            let answer = world.http.get(format!("{}/.well-known/jwks.json", world.url)).send().await.unwrap();
            let set: Value = answer.json().await.unwrap();
            let kids = set["keys"].as_array().unwrap().iter();
            kids.map(|key| key["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        world.rotate_key("k2", SignedDuration::from_hours(24)).await;
        assert_eq!(kids().await, ["k1", "k2"], "the first one signs");
        world.time.advance(SignedDuration::from_hours(25));
        assert_eq!(kids().await, ["k2", "k1"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_is_found_in_every_line_that_names_tags() {
    let world = World::on_sqlite("").await;
    let tag = world.get(&entitlements()).send().await.unwrap().headers()["etag"].clone();
    let named = |lines: &[&str]| {
        let call = world.get(&entitlements());
        lines.iter().fold(call, |call, line| call.header("if-none-match", *line)).send()
    };
    let ours = tag.to_str().unwrap();
    assert_eq!(named(&["\"other\"", ours]).await.unwrap().status(), 304);
    assert_eq!(named(&[&format!("\"other\", W/{ours}"), "\"another\""]).await.unwrap().status(), 304);
    assert_eq!(named(&["\"other\"", "\"another\""]).await.unwrap().status(), 200);
}

fn now() -> jiff::Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn issued(document: &Value) -> jiff::Timestamp {
    document["issued_at"].as_str().unwrap().parse().unwrap()
}
