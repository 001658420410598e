//! Starting, going offline and back, and stopping.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use std::net::SocketAddr;

use common::{APP, event, get, header, options, post, start};
use planguard_endpoint_faults::{Endpoint, FaultKind, Options, StartError};
use serde_json::json;

#[tokio::test]
async fn only_loopback_is_served() {
    let addr: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let refused = Endpoint::start(Options { addr, ..options() }).await;
    assert!(matches!(refused, Err(StartError::NotLoopback(named)) if named == addr));
}

#[tokio::test]
async fn a_taken_port_and_a_document_without_app_are_named() {
    let first = start().await;
    let addr: SocketAddr = first.url().trim_start_matches("http://").parse().unwrap();
    let taken = Endpoint::start(Options { addr, ..options() }).await;
    assert!(matches!(taken, Err(StartError::Bind { addr: named, .. }) if named == addr));
    let nameless = Endpoint::start(Options { document: json!({ "sdk_app_id": 0 }), ..options() }).await;
    assert!(nameless.err().unwrap().to_string().contains("sdk_app_id"));
}

#[tokio::test]
async fn offline_refuses_connections_and_keeps_all_state() {
    let endpoint = start().await;
    let url = endpoint.url();
    let client = common::client();
    let kept_alive = || client.get(common::entitlements_url(&endpoint)).send();
    let etag = header(&kept_alive().await.unwrap(), "etag");
    post(&endpoint, &json!([event("a")])).send().await.unwrap();

    endpoint.go_offline().await.unwrap();
    assert!(kept_alive().await.unwrap_err().is_connect());
    // Whoever looks for a free port does not get this one.
    let addr: SocketAddr = url.trim_start_matches("http://").parse().unwrap();
    assert!(tokio::net::TcpListener::bind(addr).await.is_err());
    endpoint.edit(APP, |document| document["edition"] = "premium".into()).unwrap();

    endpoint.go_online().await.unwrap();
    endpoint.go_online().await.unwrap(); // Already there.
    assert_eq!(endpoint.url(), url);
    assert_ne!(header(&kept_alive().await.unwrap(), "etag"), etag);
    assert_eq!(endpoint.events().received.len(), 1);
    assert_eq!(endpoint.requests().total, 3);
}

#[tokio::test]
async fn shutdown_cuts_hanging_calls() {
    // Where a machine has several loopback addresses this one is no other test's, and so is the port once it is free.
    let addr = if cfg!(target_os = "linux") { "127.83.1.1:0" } else { "127.0.0.1:0" };
    let endpoint = Endpoint::start(Options { addr: addr.parse().unwrap(), ..options() }).await.unwrap();
    endpoint.faults(FaultKind::Hang);
    let call = tokio::spawn(get(&endpoint).send());
    endpoint.requests_reached(1).await;
    assert_eq!(endpoint.requests().log[0].status, None);
    let request = get(&endpoint);
    endpoint.shutdown().await;
    assert!(call.await.unwrap().is_err());
    assert!(request.send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn dropping_stops_it() {
    let endpoint = start().await;
    endpoint.faults(FaultKind::Hang);
    let call = tokio::spawn(get(&endpoint).send());
    endpoint.requests_reached(1).await;
    drop(endpoint);
    assert!(call.await.unwrap().is_err());
}
