//! A database that goes away in the middle.

use crate::common::{World, event};
use planguard_servers::Postgres;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_database_is_a_503_and_nothing_acknowledged_is_lost() {
    let postgres = std::sync::Arc::new(tokio::task::spawn_blocking(Postgres::start).await.unwrap());
    let on = async |work: fn(&Postgres)| {
        let postgres = std::sync::Arc::clone(&postgres);
        tokio::task::spawn_blocking(move || work(&postgres)).await.unwrap();
    };
    let world = World::over(&postgres.url(), "").await;
    assert_eq!(world.send(&json!([event("a")])).send().await.unwrap().status(), 202);
    on(Postgres::kill).await;
    for path in ["/healthz", "/v1/apps/1400000001/entitlements"] {
        let down = world.get(path).send().await.unwrap();
        assert_eq!(down.status(), 503, "{path}");
        assert_eq!(down.headers()["content-type"], "application/problem+json");
        let wait: u64 = down.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!(wait > 0);
        let said = down.text().await.unwrap();
        assert!(!said.contains("postgres") && !said.contains("127.0.0.1"), "{said}");
    }
    assert_eq!(world.send(&json!([event("b")])).send().await.unwrap().status(), 503);
    on(Postgres::restart).await;
    let again = world.send(&json!([event("a"), event("b")])).send().await.unwrap();
    assert_eq!(again.json::<Value>().await.unwrap(), json!({ "accepted": 1, "duplicates": 1 }));
}
