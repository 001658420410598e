//! A clock that was wrong for one start: nothing is lost, nothing counts twice, nothing waits for a time to come.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use common::provider::WEBHOOKS;
use common::{APP, World, event, on_each_database};
use planguard_endpoint::background;
use planguard_endpoint::db::Queries;
use serde_json::json;

const NOW: &str = "2026-11-20T10:00:00Z";

async fn rows(world: &World, table: &'static str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    let read = move |queries: &mut dyn Queries| queries.first(&sql, &[])?.unwrap().get(0);
    world.service.db.read(read).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_start_years_ahead_deletes_nothing_and_counts_nothing_twice() {
    on_each_database(WEBHOOKS, async |world| {
        let events = json!([event("a"), event("b")]);
        let mau = async |world: &World| {
            world.service.drift(APP, Some("2026-11".parse().unwrap())).await.unwrap().users.provider
        };
        for user in ["ada", "bob", "cyd"] {
            world.provider_login(user, world.millis()).await;
        }
        assert_eq!(world.send(&events).send().await.unwrap().status(), 202);
        world.service.upkeep().await.unwrap();
        for ahead in ["2027-03-01T10:00:00Z", "2030-11-20T10:00:00Z"] {
            world.time.set(ahead);
            let (started, _) = world.another().await;
            assert_eq!(started.upkeep().await.unwrap(), 0, "{ahead}");
            background::look(&started, &started.config.apps[0]).await.unwrap();
        }
        world.time.set(NOW);
        world.service.upkeep().await.unwrap();
        for user in ["ada", "bob", "cyd"] {
            world.provider_login(user, world.millis()).await;
        }
        assert_eq!(mau(&world).await, Some(3));
        let again = world.send(&events).send().await.unwrap();
        assert_eq!(
            again.json::<serde_json::Value>().await.unwrap(),
            json!({ "accepted": 0, "duplicates": 2 })
        );
        assert_eq!((rows(&world, "month_users").await, rows(&world, "events_taken").await), (3, 2));
        assert!(rows(&world, "decisions").await > 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_was_off_for_long_deletes_again_after_a_day() {
    // Over Postgres the clock of the database says otherwise here.
    let world = World::on_sqlite("").await;
    assert_eq!(world.send(&json!([event("a")])).send().await.unwrap().status(), 202);
    world.service.upkeep().await.unwrap();
    world.time.set("2027-01-20T10:00:00Z");
    assert_eq!(world.service.upkeep().await.unwrap(), 0);
    world.time.set("2027-01-21T09:00:00Z");
    assert_eq!(world.service.upkeep().await.unwrap(), 0);
    world.time.set("2027-01-21T11:00:00Z");
    assert_eq!(world.service.upkeep().await.unwrap(), 1);
}
