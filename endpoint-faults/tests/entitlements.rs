//! GET …/entitlements: document, caching headers, credentials.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use common::{APP, get, header, json, now, problem, start};
use planguard_endpoint_faults::DocumentError;
use serde_json::{Value, json};

#[tokio::test]
async fn the_document_comes_with_caching_headers() {
    let endpoint = start().await;
    let response = get(&endpoint).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "content-type").as_deref(), Some("application/json"));
    assert_eq!(header(&response, "cache-control").as_deref(), Some("max-age=300"));
    assert_eq!(header(&response, "date").as_deref(), Some("Fri, 20 Nov 2026 10:00:00 GMT"));
    let etag = header(&response, "etag").unwrap();
    assert!(etag.starts_with('"') && etag.ends_with('"'), "strong: {etag}");
    let expected = json!({
        "schema": 1, "revision": 42, "sdk_app_id": 1_400_000_001, "catalog": "intl-2024", "edition": "standard",
        "subscription": { "starts_at": "2026-11-10T10:00:00Z", "expires_at": "2026-12-10T10:00:00Z" },
        "arrears_since": null,
        "value_added": [
            { "id": "cloud_search", "tier": null, "quantity": 1, "expires_at": "2026-12-10T10:00:00Z" }
        ],
        "applications": [ { "feature": "push_to_all_users", "approved_at": "2026-11-10T10:00:00Z" } ],
        "limits": { "groups_per_user": 1200 },
        "features": { "community": "supported", "push_to_all_users": "on_application" },
        "usage": { "as_of": "2026-11-20T09:00:00Z", "mau": 8123, "non_av_groups": 10, "av_groups": 2,
            "net_new_groups_today": 3 },
        "issued_at": "2026-11-20T10:00:00Z", "fresh_for_secs": 300
    });
    assert_eq!(json(response).await, expected);
}

#[tokio::test]
async fn a_known_tag_is_answered_304_without_a_body() {
    let endpoint = start().await;
    let etag = header(&get(&endpoint).send().await.unwrap(), "etag").unwrap();
    for known in [etag.clone(), format!("\"other\", {etag}"), format!("W/{etag}"), "*".to_owned()] {
        let response = get(&endpoint).header("if-none-match", &known).send().await.unwrap();
        assert_eq!(response.status(), 304, "{known}");
        assert_eq!(header(&response, "etag").as_ref(), Some(&etag));
        assert_eq!(header(&response, "cache-control").as_deref(), Some("max-age=300"));
        assert!(response.bytes().await.unwrap().is_empty());
    }
    let unknown = get(&endpoint).header("if-none-match", "\"other\"").send().await.unwrap();
    assert_eq!(unknown.status(), 200);
}

#[tokio::test]
async fn an_edit_makes_a_new_revision_with_a_new_tag() {
    let endpoint = start().await;
    let etag = header(&get(&endpoint).send().await.unwrap(), "etag").unwrap();
    let revision = endpoint
        .edit(APP, |document| {
            document["edition"] = "premium".into();
            document["issued_at"] = Value::Null;
            document["fresh_for_secs"] = 60.into();
        })
        .unwrap();
    assert_eq!(revision, 43);
    let response = get(&endpoint).header("if-none-match", &etag).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_ne!(header(&response, "etag"), Some(etag));
    assert_eq!(header(&response, "cache-control").as_deref(), Some("max-age=60"));
    let document = json(response).await;
    assert_eq!(document["revision"], 43);
    assert_eq!(document["edition"], "premium");
    assert_eq!(document["issued_at"], now().to_string());
}

#[tokio::test]
async fn a_document_is_for_its_own_app_only() {
    let endpoint = start().await;
    assert_eq!(endpoint.set_document(7, json!({ "schema": 1 })), Ok(1));
    assert_eq!(endpoint.set_document(7, json!({ "schema": 1, "revision": 9 })), Ok(9));
    assert_eq!(endpoint.document(7).unwrap()["sdk_app_id"], 7);
    let other = endpoint.set_document(7, json!({ "sdk_app_id": 8 }));
    assert_eq!(other, Err(DocumentError::OtherApp { app_id: 7, found: json!(8) }));
    assert_eq!(endpoint.set_document(7, json!([])), Err(DocumentError::NotAnObject));
    assert_eq!(endpoint.set_document(0, json!({})), Err(DocumentError::NoApp));
    assert_eq!(endpoint.edit(8, |_| ()), Err(DocumentError::UnknownApp(8)));
    assert_eq!(endpoint.document(7).unwrap()["revision"], 9, "refusals change nothing");
}

#[tokio::test]
async fn any_bytes_can_be_served() {
    let endpoint = start().await;
    endpoint.set_body(APP, "{\"schema\": \"one\"");
    let response = get(&endpoint).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.text().await.unwrap(), "{\"schema\": \"one\"");
    assert_eq!(endpoint.document(APP), None);
}

#[tokio::test]
async fn credentials_and_apps_are_checked() {
    let endpoint = start().await;
    endpoint.set_credential(Some("right".into()));
    let missing = get(&endpoint).send().await.unwrap();
    assert_eq!(header(&missing, "www-authenticate").as_deref(), Some("Bearer"));
    problem(missing, 401).await;
    problem(get(&endpoint).bearer_auth("wrong").send().await.unwrap(), 401).await;
    problem(get(&endpoint).header("authorization", "Basic right").send().await.unwrap(), 401).await;
    assert_eq!(get(&endpoint).bearer_auth("right").send().await.unwrap().status(), 200);

    endpoint.set_forbidden(APP, true);
    problem(get(&endpoint).bearer_auth("right").send().await.unwrap(), 403).await;
    endpoint.edit(APP, |_| ()).unwrap();
    problem(get(&endpoint).bearer_auth("right").send().await.unwrap(), 403).await;
    endpoint.set_forbidden(APP, false);
    endpoint.set_credential(None);
    assert_eq!(get(&endpoint).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn unknown_apps_paths_and_methods_are_problems() {
    let endpoint = start().await;
    let client = common::client();
    for path in ["/v1/apps/1/entitlements", "/v1/apps/0/entitlements", "/v1/apps/x/entitlements", "/nowhere"]
    {
        problem(client.get(endpoint.url() + path).send().await.unwrap(), 404).await;
    }
    problem(client.delete(common::entitlements_url(&endpoint)).send().await.unwrap(), 405).await;
}

#[tokio::test]
async fn requests_are_logged_without_the_credential() {
    let endpoint = start().await;
    let request = get(&endpoint).bearer_auth("secret").header("if-none-match", "\"a\"");
    request.header("user-agent", "planguard/0").send().await.unwrap();
    let requests = endpoint.requests();
    assert_eq!((requests.total, requests.count("GET"), requests.count("POST")), (1, 1, 0));
    let logged = &requests.log[0];
    assert_eq!(logged.path, format!("/v1/apps/{APP}/entitlements"));
    assert_eq!(logged.if_none_match.as_deref(), Some("\"a\""));
    assert_eq!(logged.user_agent.as_deref(), Some("planguard/0"));
    assert!(logged.authorization_sent);
    assert_eq!(logged.status, Some(200));
    assert!(!format!("{requests:?}").contains("secret"));
}
