//! Who may call what, how often, and how much they may send.

use crate::common::provider::{WEBHOOKS, signature};
use crate::common::{APP, BATCH, World, event, on_each_database};
use jiff::SignedDuration;
use planguard_endpoint::credentials::{self, Kind, Token};
use planguard_endpoint::db::Queries;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

fn path() -> String {
    format!("/v1/apps/{APP}/entitlements")
}

async fn get(world: &World, path: &str, token: Option<&str>) -> Response {
    let call = world.http.get(format!("{}{path}", world.url));
    let call = token.into_iter().fold(call, reqwest::RequestBuilder::bearer_auth);
    call.send().await.unwrap()
}

/// The status of a problem that says what to do, and nothing of what was sent.
async fn problem(answer: Response) -> u16 {
    let status = answer.status().as_u16();
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert!(answer.headers().contains_key("date"));
    let text = answer.text().await.unwrap();
    assert!(!text.contains("pge_"), "{text}");
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert!(!problem["detail"].as_str().unwrap().is_empty());
    status
}

async fn add(world: &World, kind: Kind, hours: Option<i64>) -> (String, String) {
    let token = Token::generate().unwrap();
    let (text, now) = (token.reveal().to_owned(), world.time.now());
    let ends = hours.map(|hours| now + SignedDuration::from_hours(hours));
    let add = move |queries: &mut dyn Queries| credentials::add(queries, &token, kind, "test", ends, now);
    (world.service.db.write(add).await.unwrap(), text)
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_credential_that_holds_is_taken() {
    on_each_database("", async |world: World| {
        assert_eq!(problem(get(&world, &path(), None).await).await, 401);
        assert_eq!(problem(get(&world, &path(), Some("wrong")).await).await, 401);
        assert_eq!(get(&world, &path(), Some(&world.device)).await.status(), 200);

        let (id, token) = add(&world, Kind::Device { app: APP }, None).await;
        assert_eq!(get(&world, &path(), Some(&token)).await.status(), 200, "two hold at once");
        let now = world.time.now();
        let revoked = world.service.db.write(move |queries| credentials::revoke(queries, &id, now)).await;
        assert!(revoked.unwrap());
        assert_eq!(problem(get(&world, &path(), Some(&token)).await).await, 401);

        let (_, token) = add(&world, Kind::Device { app: APP }, Some(1)).await;
        assert_eq!(get(&world, &path(), Some(&token)).await.status(), 200);
        world.time.advance(SignedDuration::from_hours(1));
        assert_eq!(problem(get(&world, &path(), Some(&token)).await).await, 401);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_credential_is_for_its_own_routes() {
    on_each_database("", async |world: World| {
        assert_eq!(problem(get(&world, &path(), Some(&world.admin)).await).await, 403);
        let admin = format!("/admin/v1/apps/{APP}/document");
        assert_eq!(problem(get(&world, &admin, Some(&world.device)).await).await, 403);
        let (_, other) = add(&world, Kind::Device { app: 7 }, None).await;
        assert_eq!(problem(get(&world, &path(), Some(&other)).await).await, 403);
        assert_eq!(problem(get(&world, "/v1/apps/7/entitlements", Some(&other)).await).await, 404);
        assert_eq!(problem(get(&world, "/nowhere", None).await).await, 404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_bounded_and_not_read_of_strangers() {
    let world = World::on_sqlite("[limits]\nbody_bytes = 2000\n").await;
    let large = json!([event(&"x".repeat(2000))]);
    assert_eq!(problem(world.send(&large).send().await.unwrap()).await, 413);
    let events = format!("{}/v1/apps/{APP}/usage-events", world.url);
    let plain = world.http.post(&events).bearer_auth(&world.device).body("[]");
    assert_eq!(problem(plain.send().await.unwrap()).await, 415);
    let stranger =
        world.http.post(&events).header("content-type", BATCH).body(large.to_string()).send().await.unwrap();
    assert_eq!(problem(stranger).await, 401);
}

/// The status of the first answer to a call whose body waits to be asked for, which 100 does.
async fn before_its_body(world: &World, path: &str) -> u16 {
    let mut stream = TcpStream::connect(world.url.strip_prefix("http://").unwrap()).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: 1000\r\nexpect: 100-continue\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut line = [0; 12];
    stream.read_exact(&mut line).await.unwrap();
    std::str::from_utf8(&line).unwrap().strip_prefix("HTTP/1.1 ").unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_is_looked_at_before_a_body_is_asked_for() {
    let world = World::on_sqlite(WEBHOOKS).await;
    let now = world.time.now().as_second().to_string();
    let webhook = |sign: &str| {
        let url = world.callback("State.StateChange", APP, sign, &now);
        url.strip_prefix(&world.url).unwrap().to_owned()
    };
    assert_eq!(before_its_body(&world, &webhook("00")).await, 401);
    assert_eq!(before_its_body(&world, &webhook(&signature(&now))).await, 100, "a signed one is read");
    for form in ["preview", "change", "keys", "credentials", "credentials/revoke"] {
        let form = format!("/admin/apps/{APP}/{form}");
        assert_eq!(before_its_body(&world, &form).await, 303, "{form}: to the page that signs in");
    }
    for owners in
        ["keys", "credentials", &format!("apps/{APP}/preview"), &format!("apps/{APP}/document/check")]
    {
        assert_eq!(before_its_body(&world, &format!("/admin/v1/{owners}")).await, 401, "{owners}");
    }
    let form = format!("credential={}", "x".repeat(5000));
    let call = world.http.post(format!("{}/admin/sign-in", world.url)).body(form);
    let call = call.header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(call.send().await.unwrap().status(), 413, "of who is not known yet little is read");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_name_names_nothing() {
    on_each_database("", async |world: World| {
        for name in ["%00", "a%00b", "%0d%0a", "%ff", "UPPER", &"a".repeat(24)] {
            let list = format!("/v1/catalogs/{name}");
            assert_eq!(problem(get(&world, &list, Some(&world.device)).await).await, 404, "{name}");
            for (method, path) in [
                (Method::DELETE, format!("/admin/v1/credentials/{name}")),
                (Method::PUT, format!("/admin/v1/catalogs/{name}")),
                (Method::GET, format!("/admin/v1/apps/{name}/document")),
                (Method::GET, format!("/admin/v1/apps/{name}/overview")),
                (Method::GET, format!("/admin/v1/apps/{name}/notices")),
                (Method::GET, format!("/admin/v1/apps/{name}/ledger.csv")),
                (Method::GET, format!("/admin/v1/apps/{name}/drift")),
            ] {
                let answer = world.admin(method.clone(), &path).send().await.unwrap();
                assert_eq!(problem(answer).await, 404, "{method} {path}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_bounded_by_credential_and_by_address() {
    let world = World::on_sqlite("[limits]\ncalls_per_minute_of_credential = 2\n").await;
    let (_, other) = add(&world, Kind::Device { app: APP }, None).await;
    for _ in 0..2 {
        assert_eq!(get(&world, &path(), Some(&world.device)).await.status(), 200);
    }
    let refused = get(&world, &path(), Some(&world.device)).await;
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(problem(refused).await, 429);
    assert_eq!(get(&world, &path(), Some(&other)).await.status(), 200);

    let world = World::on_sqlite("[limits]\ncalls_per_minute_of_address = 2\n").await;
    let far = async |address: &'static str| {
        let call = world.http.get(format!("{}/healthz", world.url));
        call.header("x-forwarded-for", address).send().await.unwrap()
    };
    assert!(far("192.0.2.1").await.status() == 200 && far("192.0.2.2").await.status() == 200);
    assert_eq!(problem(far("192.0.2.3").await).await, 429, "nobody is believed without a proxy in front");
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_the_address_is_the_one_that_it_saw() {
    // Before the sections of the app.
    let config = format!(
        "behind_proxy = true\n[limits]\ncalls_per_minute_of_address = 1\n[[app]]\nsdk_app_id = {APP}\n"
    );
    let world = World::with(&config).await;
    let far = async |addresses: &'static str| {
        let call = world.http.get(format!("{}/healthz", world.url));
        call.header("x-forwarded-for", addresses).send().await.unwrap().status().as_u16()
    };
    assert_eq!([far("10.0.0.9, 192.0.2.1").await, far("192.0.2.2").await], [200, 200]);
    assert_eq!(far("10.0.0.8, 192.0.2.1").await, 429, "what callers write before it changes nothing");
    let metrics = world.http.get(format!("{}/metrics", world.url));
    let metrics = metrics.header("x-forwarded-for", "192.0.2.77").send().await.unwrap();
    assert_eq!(problem(metrics).await, 401, "everybody seems to call from this machine");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_are_said_to_be_others() {
    let world = World::on_sqlite("").await;
    let call = world.http.request(Method::DELETE, format!("{}{}", world.url, path()));
    assert_eq!(problem(call.bearer_auth(&world.device).send().await.unwrap()).await, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_nothing_is_told_where_the_page_is_and_no_more() {
    let world = World::on_sqlite("").await;
    let told = get(&world, "/", None).await;
    assert_eq!(told.status(), 200);
    let told = told.text().await.unwrap();
    assert_eq!(told, "This is a billing endpoint. The page of its owner is at /admin.\n");
    let browser = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let call = browser.build().unwrap().get(&world.url);
    let taken =
        call.header("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8").send().await.unwrap();
    assert_eq!((taken.status().as_u16(), &taken.headers()["location"]), (303, &"/admin".parse().unwrap()));
    assert_eq!(taken.headers()["vary"], "accept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_was_packed_is_told_to_come_as_it_is() {
    let world = World::on_sqlite(WEBHOOKS).await;
    let now = world.time.now().as_second().to_string();
    let webhook = world.callback("State.StateChange", APP, &signature(&now), &now);
    for coding in ["gzip", "identity, br"] {
        let events = world.send(&json!([event("a")])).header("content-encoding", coding);
        assert_eq!(problem(events.send().await.unwrap()).await, 415);
        let webhook = world.http.post(&webhook).header("content-encoding", coding).body("{}");
        assert_eq!(problem(webhook.send().await.unwrap()).await, 415);
    }
    let plain = world.send(&json!([event("a")])).header("content-encoding", "Identity");
    assert_eq!(plain.send().await.unwrap().status(), 202);
}
