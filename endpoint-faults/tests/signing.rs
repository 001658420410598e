//! Signed answers: which form a caller gets, and how keys change.

#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use common::{APP, client, get, header, options};
use planguard_endpoint_faults::{Endpoint, Fault, FaultKind, On, Options, Signing, SigningKey};
use serde_json::Value;

fn key(kid: &str) -> SigningKey {
    SigningKey::generate(kid).unwrap()
}

async fn signing(signing: Signing) -> Endpoint {
    Endpoint::start(Options { signing, ..options() }).await.unwrap()
}

async fn body(endpoint: &Endpoint, accept: &str) -> String {
    get(endpoint).header("accept", accept).send().await.unwrap().text().await.unwrap()
}

/// What stands in the parts of a JWS. Whether its signature is right is for a client to say.
fn parts(jws: &str) -> [Value; 2] {
    let parts: Vec<&str> = jws.split('.').collect();
    assert_eq!(parts.len(), 3);
    [parts[0], parts[1]].map(|part| {
        let text = data_encoding::BASE64URL_NOPAD.decode(part.as_bytes()).unwrap();
        serde_json::from_slice(&text).unwrap()
    })
}

#[tokio::test]
async fn a_caller_without_keys_is_served_the_json_that_is_signed_for_the_others() {
    let endpoint = signing(Signing::with(key("a")).audience("production")).await;
    let plain: Value = serde_json::from_str(&body(&endpoint, "application/json").await).unwrap();
    let [head, payload] = parts(&body(&endpoint, "application/jose").await);
    assert_eq!(payload, plain);
    let expected = serde_json::json!({
        "alg": "EdDSA", "kid": "a", "typ": "JOSE", "cty": "json", "aud": "production",
    });
    assert_eq!(head, expected);
}

#[tokio::test]
async fn each_form_has_a_tag_of_its_own_that_revalidates_it() {
    let endpoint = signing(Signing::with(key("a"))).await;
    let mut tags = Vec::new();
    for accept in ["application/json", "application/jose"] {
        let full = get(&endpoint).header("accept", accept).send().await.unwrap();
        assert_eq!(header(&full, "vary").as_deref(), Some("accept"));
        let tag = header(&full, "etag").unwrap();
        let again =
            get(&endpoint).header("accept", accept).header("if-none-match", &tag).send().await.unwrap();
        assert_eq!(again.status().as_u16(), 304);
        tags.push(tag);
    }
    assert_ne!(tags[0], tags[1]);
    let crossed =
        get(&endpoint).header("accept", "application/jose").header("if-none-match", &tags[0]).send();
    assert_eq!(crossed.await.unwrap().status().as_u16(), 200);
}

#[tokio::test]
async fn the_first_key_signs_and_all_are_published() {
    let (old, new) = (key("old"), key("new"));
    let endpoint = signing(Signing { keys: vec![old.clone(), new.clone()], audience: None }).await;
    let published = async || -> Vec<Value> {
        let url = format!("{}/.well-known/jwks.json", endpoint.url());
        let set: Value = common::json(client().get(url).send().await.unwrap()).await;
        set["keys"].as_array().unwrap().clone()
    };
    assert_eq!(parts(&body(&endpoint, "*/*").await)[0]["kid"], "old");
    assert_eq!(published().await, [old.public_jwk(), new.public_jwk()]);
    assert!(published().await[0].get("d").is_none());
    endpoint.set_signing(Signing::with(new.clone()));
    assert_eq!(parts(&body(&endpoint, "*/*").await)[0]["kid"], "new");
    assert_eq!(published().await, [new.public_jwk()]);
    endpoint.set_signing(Signing::default());
    assert!(body(&endpoint, "application/jose").await.starts_with('{'));
    assert!(published().await.is_empty());
}

#[tokio::test]
async fn a_replayed_document_and_one_of_another_app_are_signed_as_well() {
    let endpoint = signing(Signing::with(key("a"))).await;
    for (kind, member, value) in
        [(FaultKind::OldRevision, "revision", 41), (FaultKind::WrongApp, "sdk_app_id", APP + 1)]
    {
        endpoint.faults(Fault::from(kind).on(On::Get).times(1));
        assert_eq!(parts(&body(&endpoint, "application/jose").await)[1][member], value);
    }
}

#[tokio::test]
async fn bytes_that_were_set_go_out_as_they_are() {
    let endpoint = signing(Signing::with(key("a"))).await;
    endpoint.set_body(APP, "any.thing.else");
    let response = get(&endpoint).header("accept", "application/jose").send().await.unwrap();
    assert_eq!(header(&response, "content-type").as_deref(), Some("application/jose"));
    assert_eq!(response.text().await.unwrap(), "any.thing.else");
}
