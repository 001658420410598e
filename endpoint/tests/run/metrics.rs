//! The metrics: who reads them, what they hold, and that no call is left out.

use crate::common::{APP, BATCH, World, event, on_each_database};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const USERS: &str = "[app.webhooks]\ntokens = [\"t\"]\ncomplete_from = \"2026-11-01\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_read_by_a_parser_and_name_no_user() {
    on_each_database(USERS, async |world| {
        world.send(&json!([event("e1"), event("e1")])).send().await.unwrap();
        world.get("/v1/apps/1/entitlements").send().await.unwrap();
        world.send(&json!([{}])).send().await.unwrap();
        let unsigned =
            format!("{}/tencent/callback?SdkAppid={APP}&CallbackCommand=State.StateChange", world.url);
        world.http.post(unsigned).body("{}").send().await.unwrap();
        let here = world.http.get(format!("{}/metrics", world.url)).send().await.unwrap();
        assert_eq!(here.status(), StatusCode::OK, "who calls from this machine needs no credential");
        let answer = world.admin(Method::GET, "/metrics").send().await.unwrap();
        assert_eq!(
            answer.headers()["content-type"],
            "application/openmetrics-text; version=1.0.0; charset=utf-8"
        );
        let text = answer.text().await.unwrap();
        let read = openmetrics_parser::openmetrics::parse_openmetrics(&text);
        let read = read.unwrap_or_else(|error| panic!("{error}\n{text}"));
        for family in [
            "planguard_mau_included",
            "planguard_notices_pending",
            "planguard_http_requests",
            "planguard_usage_events",
        ] {
            assert!(read.families.contains_key(family), "{family} in {text}");
        }
        for line in [
            "planguard_mau_included{app=\"1400000001\"} 10000",
            "planguard_usage_events_total{outcome=\"accepted\"} 1",
            "planguard_usage_events_total{outcome=\"duplicate\"} 1",
            "planguard_usage_events_total{outcome=\"batch_refused\"} 1",
            "planguard_webhooks_total{command=\"State.StateChange\",outcome=\"unsigned\"} 1",
            "status=\"403\"",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        for secret in [&world.admin, &world.device, "9f2c5a1e7b3d4c60"] {
            assert!(!text.contains(secret));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_for_metrics_reads_them_and_nothing_else() {
    on_each_database("", async |world| {
        let new = json!({"name": "prometheus", "kind": "metrics"});
        let made = world.admin(Method::POST, "/admin/v1/credentials").json(&new).send().await.unwrap();
        assert_eq!(made.status(), StatusCode::CREATED);
        let made: Value = made.json().await.unwrap();
        let token = made["token"].as_str().unwrap();
        // As a proxy passes calls on, so that nobody is on this machine.
        let mut config = world.service.config.clone();
        config.behind_proxy = true;
        let far = world.another_with(config).await;
        let ask = async |path: &str, token: &str| {
            let call = world.http.get(format!("{far}{path}")).bearer_auth(token);
            call.send().await.unwrap().status()
        };
        assert_eq!(ask("/metrics", token).await, StatusCode::OK);
        assert_eq!(ask("/metrics", &world.admin).await, StatusCode::OK);
        assert_eq!(ask("/metrics", &world.device).await, StatusCode::FORBIDDEN);
        for path in [
            &format!("/v1/apps/{APP}/entitlements"),
            "/v1/catalogs/intl-2024",
            "/admin/v1/credentials",
            &format!("/admin/v1/apps/{APP}/overview"),
        ] {
            assert_eq!(ask(path, token).await, StatusCode::FORBIDDEN, "{path}");
        }
        let form = [("credential", token)];
        let page = world.http.post(format!("{far}/admin/sign-in")).form(&form).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::FORBIDDEN, "nor does it sign in");
        let listed: Value =
            world.admin(Method::GET, "/admin/v1/credentials").send().await.unwrap().json().await.unwrap();
        let listed = listed["credentials"].as_array().unwrap();
        assert!(
            listed.iter().any(|one| one["kind"] == "metrics" && one["sdk_app_id"].is_null()),
            "{listed:?}"
        );
        let path = format!("/admin/v1/credentials/{}", made["id"].as_str().unwrap());
        assert_eq!(world.admin(Method::DELETE, &path).send().await.unwrap().status(), StatusCode::NO_CONTENT);
        assert_eq!(ask("/metrics", token).await, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_counted_whatever_gave_it() {
    let limits = "[limits]\ncalls_per_minute_of_address = 4\ncall_secs = 1\n";
    let world = World::on_sqlite(limits).await;
    let get =
        async |path: &str| world.http.get(format!("{}{path}", world.url)).send().await.unwrap().status();
    assert_eq!(get("/healthz").await, 200);
    assert_eq!(get("/nowhere").await, 404);
    assert_eq!(world.admin(Method::DELETE, "/admin").send().await.unwrap().status(), 405);
    let mut slow = TcpStream::connect(world.url.strip_prefix("http://").unwrap()).await.unwrap();
    let head = format!(
        "POST /v1/apps/{APP}/usage-events HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-type: {}\r\n\
         content-length: 100\r\n\r\n[",
        world.device, BATCH
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    let mut line = [0; 12];
    slow.read_exact(&mut line).await.unwrap();
    assert_eq!(&line, b"HTTP/1.1 408", "a body that does not come");
    assert_eq!(get("/healthz").await, 429);
    let text = planguard_endpoint::metrics::encode(&world.service.metrics, &[]).unwrap();
    for line in [
        "method=\"GET\",route=\"/healthz\",status=\"200\"} 1\n",
        "method=\"GET\",route=\"none\",status=\"404\"} 1\n",
        "method=\"DELETE\",route=\"/admin\",status=\"405\"} 1\n",
        "method=\"POST\",route=\"/v1/apps/{sdk_app_id}/usage-events\",status=\"408\"} 1\n",
        "method=\"GET\",route=\"/healthz\",status=\"429\"} 1\n",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
}
