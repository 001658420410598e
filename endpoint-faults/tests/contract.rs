//! `docs/openapi.yaml` and the endpoint say the same: every answer the endpoint gives is documented, with its
//! headers and the schema of its body, and every status documented is one it gives.

#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use std::collections::BTreeSet;

use common::{
    APP, BATCH, catalog, catalog_url, client, entitlements_url, event, events_url, get, header, options, post,
};
use jsonschema::Validator;
use planguard_endpoint_faults::{
    Endpoint, Fault, FaultKind, Faults, Options, RetryAfter, Signing, SigningKey, StatusCode,
    default_document,
};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

const GET: &str = "/paths/~1v1~1apps~1{sdk_app_id}~1entitlements/get";
const CATALOG: &str = "/paths/~1v1~1catalogs~1{id}/get";
const ACTIVE: &str = "/paths/~1v1~1apps~1{sdk_app_id}~1users~1{account}~1active/get";
const POST: &str = "/paths/~1v1~1apps~1{sdk_app_id}~1usage-events/post";

struct Contract(Value);

impl Contract {
    fn read() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.yaml");
        Self(serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    fn at(&self, pointer: &str) -> &Value {
        self.0.pointer(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"))
    }

    /// What `value` refers to, if it is a reference.
    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        value["$ref"].as_str().map_or(value, |reference| self.at(reference.trim_start_matches('#')))
    }

    /// A validator of a schema of the contract, formats included.
    fn validator(&self, schema: &Value) -> Validator {
        let root = json!({ "allOf": [schema], "components": self.0["components"] });
        jsonschema::draft202012::options().should_validate_formats(true).build(&root).unwrap()
    }

    fn schema(&self, name: &str) -> Validator {
        self.validator(&json!({ "$ref": format!("#/components/schemas/{name}") }))
    }

    /// Checks an answer against the operation at `pointer`; returns the status as documented (`503` is `5XX`).
    async fn check(&self, pointer: &str, response: Response) -> String {
        let exact = response.status().as_str().to_owned();
        let range = format!("{}XX", &exact[..1]);
        let responses = &self.at(pointer)["responses"];
        let documented = [exact, range].into_iter().find(|status| responses.get(status).is_some());
        let status = documented.unwrap_or_else(|| panic!("{} of {pointer}", response.status()));
        let described = self.resolve(&responses[&status]);

        for (name, described) in described["headers"].as_object().unwrap() {
            let described = self.resolve(described);
            match header(&response, name) {
                Some(value) => {
                    assert!(self.validator(&described["schema"]).is_valid(&json!(value)), "{name}: {value}");
                }
                None => assert_eq!(described["required"], false, "{status} of {pointer} lacks {name}"),
            }
        }
        match described.get("content") {
            None => assert!(response.bytes().await.unwrap().is_empty(), "{status} of {pointer} has a body"),
            Some(content) => {
                let media_type = header(&response, "content-type").unwrap();
                let schema = content.get(&media_type).unwrap_or_else(|| panic!("{media_type}, {status}"));
                let text = response.text().await.unwrap();
                // A signed answer is a text of its own.
                let body = if media_type == "application/jose" {
                    json!(text)
                } else {
                    serde_json::from_str(&text).unwrap()
                };
                let valid = self.validator(&schema["schema"]);
                let errors: Vec<_> = valid.iter_errors(&body).map(|error| error.to_string()).collect();
                assert!(errors.is_empty(), "{status} of {pointer}: {errors:?} in {body}");
            }
        }
        status
    }

    fn documented(&self, pointer: &str) -> BTreeSet<String> {
        self.at(pointer)["responses"].as_object().unwrap().keys().cloned().collect()
    }
}

async fn endpoint() -> Endpoint {
    let options = Options { credential: Some("right".into()), max_body_bytes: 1000, ..options() };
    Endpoint::start(options).await.unwrap()
}

fn refusals() -> Vec<FaultKind> {
    let status = |code, retry_after| FaultKind::Status { code, retry_after };
    vec![
        status(StatusCode::TOO_MANY_REQUESTS, Some(RetryAfter::Secs(5))),
        status(StatusCode::TOO_MANY_REQUESTS, None),
        status(StatusCode::SERVICE_UNAVAILABLE, Some(RetryAfter::HttpDateInSecs(60))),
        status(StatusCode::INTERNAL_SERVER_ERROR, None),
        status(StatusCode::BAD_GATEWAY, None),
        FaultKind::Redirect("http://other.invalid/".into()),
    ]
}

/// Sends what `request` makes under each fault that refuses, and with each bad credential.
async fn refused(
    contract: &Contract,
    pointer: &str,
    endpoint: &Endpoint,
    request: impl Fn() -> RequestBuilder,
) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    for fault in refusals() {
        endpoint.faults(fault);
        seen.insert(contract.check(pointer, request().bearer_auth("right").send().await.unwrap()).await);
    }
    endpoint.faults(Faults::none());
    seen.insert(contract.check(pointer, request().bearer_auth("wrong").send().await.unwrap()).await);
    seen.insert(contract.check(pointer, request().send().await.unwrap()).await);
    endpoint.set_forbidden(APP, true);
    seen.insert(contract.check(pointer, request().bearer_auth("right").send().await.unwrap()).await);
    endpoint.set_forbidden(APP, false);
    seen
}

#[tokio::test]
async fn every_answer_to_get_is_documented_and_the_other_way_round() {
    let contract = Contract::read();
    let endpoint = endpoint().await;
    let mut seen = refused(&contract, GET, &endpoint, || get(&endpoint)).await;
    let known = get(&endpoint).bearer_auth("right").send().await.unwrap();
    let etag = header(&known, "etag").unwrap();
    seen.insert(contract.check(GET, known).await);
    let again = get(&endpoint).bearer_auth("right").header("if-none-match", etag).send().await.unwrap();
    seen.insert(contract.check(GET, again).await);
    let unknown = client().get(entitlements_url(&endpoint).replace(&APP.to_string(), "9"));
    seen.insert(contract.check(GET, unknown.bearer_auth("right").send().await.unwrap()).await);
    assert_eq!(seen, contract.documented(GET));
}

#[tokio::test]
async fn every_answer_to_a_price_list_is_documented_and_the_other_way_round() {
    let contract = Contract::read();
    let endpoint = endpoint().await;
    endpoint.set_catalog("ours", Some(&catalog()));
    let ask = || client().get(catalog_url(&endpoint, "ours"));
    let mut seen = BTreeSet::new();
    for fault in refusals() {
        endpoint.faults(fault);
        seen.insert(contract.check(CATALOG, ask().bearer_auth("right").send().await.unwrap()).await);
    }
    endpoint.faults(Faults::none());
    let known = ask().bearer_auth("right").send().await.unwrap();
    let etag = header(&known, "etag").unwrap();
    seen.insert(contract.check(CATALOG, known).await);
    let again = ask().bearer_auth("right").header("if-none-match", etag).send().await.unwrap();
    seen.insert(contract.check(CATALOG, again).await);
    seen.insert(contract.check(CATALOG, ask().send().await.unwrap()).await);
    endpoint.set_catalog("ours", None);
    seen.insert(contract.check(CATALOG, ask().bearer_auth("right").send().await.unwrap()).await);
    assert_eq!(seen, contract.documented(CATALOG));
}

#[tokio::test]
async fn a_price_list_is_put_and_served() {
    let endpoint = endpoint().await;
    let url = catalog_url(&endpoint, "ours");
    let put = client().put(&url).body(catalog().to_string()).send().await.unwrap();
    assert_eq!(put.status(), 204);
    let served = client().get(&url).bearer_auth("right").send().await.unwrap();
    assert_eq!(common::json(served).await, catalog());
    let broken = client().put(&url).body("{").send().await.unwrap();
    common::problem(broken, 400).await;
}

#[tokio::test]
async fn every_answer_about_a_user_is_documented_and_the_other_way_round() {
    let contract = Contract::read();
    let endpoint = endpoint().await;
    let account =
        contract.at("/paths/~1v1~1apps~1{sdk_app_id}~1users~1{account}~1active/parameters/1/example");
    let account = account.as_str().unwrap();
    let ask = |app: u64, account: &str, query: &str| {
        client().get(format!("{}/v1/apps/{app}/users/{account}/active{query}", endpoint.url()))
    };
    let right = |request: RequestBuilder| request.bearer_auth("right").send();
    let known = || ask(APP, account, "?month=2026-11");
    let mut seen = BTreeSet::from([contract.check(ACTIVE, right(known()).await.unwrap()).await]);
    assert_eq!(seen, BTreeSet::from(["404".to_owned()]), "not offered");
    endpoint.set_active(account, "2026-11", Some(true));
    seen.extend(refused(&contract, ACTIVE, &endpoint, known).await);
    let mut answers = Vec::new();
    for query in ["?month=2026-11", "?month=2026-10"] {
        let answer = right(ask(APP, account, query)).await.unwrap();
        answers.push(common::json(answer).await["active"].clone());
        seen.insert(contract.check(ACTIVE, right(ask(APP, account, query)).await.unwrap()).await);
    }
    assert_eq!(answers, [json!(true), json!(null)]);
    for query in ["", "?month=", "?month=2026-13", "?month=november"] {
        seen.insert(contract.check(ACTIVE, right(ask(APP, account, query)).await.unwrap()).await);
    }
    for bad in ["ada", "k1:ada", "K1:9f2c5a1e7b3d4c609f2c5a1e7b3d4c60", "k1:9F2C5A1E7B3D4C609F2C5A1E7B3D4C60"]
    {
        assert_eq!(right(ask(APP, bad, "?month=2026-11")).await.unwrap().status(), 400, "{bad}");
    }
    seen.insert(contract.check(ACTIVE, right(ask(9, account, "?month=2026-11")).await.unwrap()).await);
    endpoint.withdraw_active();
    assert_eq!(right(known()).await.unwrap().status(), 404);
    assert_eq!(seen, contract.documented(ACTIVE));
}

#[tokio::test]
async fn every_answer_to_post_is_documented_and_the_other_way_round() {
    let contract = Contract::read();
    let endpoint = endpoint().await;
    let batch = json!([event("a")]);
    let mut seen = refused(&contract, POST, &endpoint, || post(&endpoint, &batch)).await;
    let large = json!([event(&"x".repeat(1000))]);
    for batch in [batch, json!([{ "id": "b" }]), json!({}), large] {
        let response = post(&endpoint, &batch).bearer_auth("right").send().await.unwrap();
        seen.insert(contract.check(POST, response).await);
    }
    let untyped = client().post(events_url(&endpoint)).bearer_auth("right").body("[]");
    seen.insert(contract.check(POST, untyped.send().await.unwrap()).await);
    let unknown = client().post(events_url(&endpoint).replace(&APP.to_string(), "9"));
    let unknown = unknown.header("content-type", BATCH).body("[]").bearer_auth("right");
    seen.insert(contract.check(POST, unknown.send().await.unwrap()).await);
    assert_eq!(seen, contract.documented(POST));
}

#[tokio::test]
async fn a_fault_outside_the_contract_is_noticed() {
    let contract = Contract::read();
    let endpoint = endpoint().await;
    endpoint.faults(Fault::from(FaultKind::DropEtag));
    let response = get(&endpoint).bearer_auth("right").send().await.unwrap();
    let checked = tokio::task::spawn(async move { contract.check(GET, response).await }).await;
    assert!(checked.unwrap_err().is_panic());
}

#[test]
fn the_default_document_is_the_example_and_valid() {
    let contract = Contract::read();
    let document = default_document(APP, common::now());
    let example = "/responses/200/content/application~1json/examples/standard/value";
    assert_eq!(contract.at(&format!("{GET}{example}")), &document);
    assert!(contract.schema("Entitlements").is_valid(&document));
    // Of every member, the schema says what it means.
    let described = contract.at("/components/schemas/Entitlements/properties");
    for (member, schema) in described.as_object().unwrap() {
        assert!(
            contract.resolve(schema)["description"].is_string() || schema["description"].is_string(),
            "{member}"
        );
        // A key is served to those alone who set one.
        assert_eq!(document.get(member).is_some(), member != "accounts", "{member} in the default document");
    }
    assert_eq!(document.as_object().unwrap().len() + 1, described.as_object().unwrap().len());
}

#[tokio::test]
async fn what_the_contract_requires_is_what_a_put_document_is_said_to_miss() {
    let contract = Contract::read();
    let endpoint = endpoint().await;
    let url = format!("{}/v1/apps/7/entitlements", endpoint.url());
    let answer = client().put(url).body("{}").send().await.unwrap();
    let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    let named = answer["findings"].as_array().unwrap().iter();
    let named: Vec<&str> = named.filter_map(|finding| finding.as_str()?.split(':').next()).collect();
    // The endpoint itself puts the others in.
    let required = contract.at("/components/schemas/Entitlements/required").as_array().unwrap();
    let required: Vec<&str> = required.iter().filter_map(Value::as_str).collect();
    let put_in = ["revision", "sdk_app_id", "issued_at"];
    assert_eq!(named, required.iter().copied().filter(|name| !put_in.contains(name)).collect::<Vec<_>>());
}

#[test]
fn the_schema_refuses_broken_documents() {
    let schema = Contract::read().schema("Entitlements");
    for (pointer, bad) in [
        ("/schema", json!(2)),
        ("/revision", json!(-1)),
        ("/sdk_app_id", json!(0)),
        ("/catalog", json!("")),
        ("/subscription/starts_at", json!("yesterday")),
        ("/arrears_since", json!(0)),
        ("/value_added/0/quantity", json!(0)),
        ("/applications/0/approved_at", json!(null)),
        ("/limits/groups_per_user", json!("many")),
        ("/limits/groups_per_user", json!(-1)),
        ("/usage/mau", json!(-1)),
        ("/issued_at", json!("2026-02-30T00:00:00Z")),
        ("/fresh_for_secs", json!("soon")),
    ] {
        let mut document = default_document(APP, common::now());
        *document.pointer_mut(pointer).unwrap() = bad;
        assert!(!schema.is_valid(&document), "{pointer}");
    }
    for (pointer, good) in [
        ("/limits/groups_per_user", json!("unlimited")),
        ("/subscription", json!(null)),
        ("/usage/net_new_groups_today", json!(-3)),
        ("/edition", json!("an edition of tomorrow")),
    ] {
        let mut document = default_document(APP, common::now());
        *document.pointer_mut(pointer).unwrap() = good;
        assert!(schema.is_valid(&document), "{pointer}");
    }
}

#[tokio::test]
async fn signed_answers_and_the_keys_are_documented() {
    let contract = Contract::read();
    let signing = Signing::with(SigningKey::generate("2026-11").unwrap()).audience("production");
    let endpoint = Endpoint::start(Options { signing, ..options() }).await.unwrap();
    endpoint.set_catalog("ours", Some(&catalog()));
    let jose = |request: RequestBuilder| request.header("accept", "application/jose").send();
    let document = jose(get(&endpoint)).await.unwrap();
    assert_eq!(header(&document, "content-type").unwrap(), "application/jose");
    assert_eq!(contract.check(GET, document).await, "200");
    let list = jose(client().get(catalog_url(&endpoint, "ours"))).await.unwrap();
    assert_eq!(header(&list, "content-type").unwrap(), "application/jose");
    assert_eq!(contract.check(CATALOG, list).await, "200");
    let keys = client().get(format!("{}/.well-known/jwks.json", endpoint.url())).send().await.unwrap();
    assert_eq!(contract.check("/paths/~1.well-known~1jwks.json/get", keys).await, "200");
}

#[test]
fn each_event_type_has_its_data_and_no_user_ids() {
    let contract = Contract::read();
    let schema = contract.schema("UsageEventBatch");
    let example = "/requestBody/content/application~1cloudevents-batch+json/examples/login/value";
    assert!(schema.is_valid(contract.at(&format!("{POST}{example}"))));
    let user = "9f2c5a1e7b3d4c609f2c5a1e7b3d4c60";
    let with = |kind: &str, data: &Value| {
        let mut event = event("a");
        event["type"] = kind.into();
        event["data"] = data.clone();
        json!([event])
    };
    for (kind, data) in [
        ("planguard.login.executed", json!({ "user": user, "intent": "open_chat", "new_mau": 1 })),
        ("planguard.login.deferred", json!({ "user": user, "intent": "prefetch", "reason": "not_counted" })),
        (
            "planguard.limit.warned",
            json!({ "limit": "friends_per_user", "used": 9, "max": 10, "threshold_percent": 80 }),
        ),
        ("planguard.limit.denied", json!({ "limit": "av_groups", "used": 10, "max": 10, "requested": 1 })),
        ("planguard.rejection", json!({ "code": -10108, "class": "suspended" })),
    ] {
        assert!(schema.is_valid(&with(kind, &data)), "{kind}");
        for member in data.as_object().unwrap().keys() {
            let mut short = data.clone();
            short.as_object_mut().unwrap().remove(member);
            assert!(!schema.is_valid(&with(kind, &short)), "{kind} without {member}");
        }
        let mut telling = data.clone();
        telling["user"] = "ada".into();
        assert!(!schema.is_valid(&with(kind, &telling)), "{kind} with a user id");
        telling["user"] = user.into();
        telling["note"] = "Ada wrote".into();
        assert!(!schema.is_valid(&with(kind, &telling)), "{kind} with free text");
    }
    assert!(schema.is_valid(&with("planguard.of.tomorrow", &json!({ "anything": 1 }))));
}
