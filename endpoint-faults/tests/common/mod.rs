//! An endpoint at a standing clock, and a client that shows what is on the wire.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of this")]

use planguard_endpoint_faults::{Clock, DEFAULT_APP, Endpoint, Options, default_document};
use reqwest::{Client, RequestBuilder, Response, redirect};
use serde_json::Value;

pub const APP: u64 = DEFAULT_APP;
pub const BATCH: &str = "application/cloudevents-batch+json";

pub fn now() -> jiff::Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

pub fn options() -> Options {
    Options { document: default_document(APP, now()), clock: Clock::fixed(now()), ..Options::default() }
}

pub async fn start() -> Endpoint {
    Endpoint::start(options()).await.unwrap()
}

/// Follows no redirect and no proxy.
pub fn client() -> Client {
    // Built together with planguard, reqwest speaks TLS and asks for a provider, even for plain HTTP. That one
    // is installed already is what a second call finds.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap()
}

pub fn entitlements_url(endpoint: &Endpoint) -> String {
    format!("{}/v1/apps/{APP}/entitlements", endpoint.url())
}

pub fn catalog_url(endpoint: &Endpoint, id: &str) -> String {
    format!("{}/v1/catalogs/{id}", endpoint.url())
}

/// As much of a price list as the contract asks for.
pub fn catalog() -> Value {
    serde_json::json!({
        "id": "ours", "title": "Our contract", "billing_model": "mau",
        "sources": [{ "id": "contract", "document": "Contract", "language": "en" }],
        "editions": [{ "id": "gold", "name": "Gold", "paid": true, "source": "contract" }],
        "policies": {},
    })
}

pub fn events_url(endpoint: &Endpoint) -> String {
    format!("{}/v1/apps/{APP}/usage-events", endpoint.url())
}

pub fn get(endpoint: &Endpoint) -> RequestBuilder {
    client().get(entitlements_url(endpoint))
}

pub fn post(endpoint: &Endpoint, batch: &Value) -> RequestBuilder {
    client().post(events_url(endpoint)).header("content-type", BATCH).body(batch.to_string())
}

pub fn event(id: &str) -> Value {
    serde_json::json!({
        "specversion": "1.0", "id": id, "source": "/planguard/test", "type": "planguard.login.executed",
        "time": "2026-11-20T09:59:59.123Z", "datacontenttype": "application/json",
        "data": { "user": "9f2c5a1e7b3d4c609f2c5a1e7b3d4c60", "intent": "open_chat", "new_mau": 1 }
    })
}

pub fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
}

pub async fn json(response: Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

/// Checks status, media type and the members every problem has; returns it for more.
pub async fn problem(response: Response, status: u16) -> Value {
    assert_eq!(response.status().as_u16(), status);
    assert_eq!(header(&response, "content-type").as_deref(), Some("application/problem+json"));
    let problem = json(response).await;
    assert_eq!(problem["status"], status);
    assert!(!problem["detail"].as_str().unwrap().is_empty());
    problem
}
