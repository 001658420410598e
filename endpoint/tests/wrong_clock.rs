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
async fn what_is_too_old_by_a_clock_far_ahead_is_counted_once_the_clock_is_right() {
    on_each_database(WEBHOOKS, async |world| {
        world.service.upkeep().await.unwrap();
        world.time.set("2027-03-01T10:00:00Z");
        for _ in 0..2 {
            let put_off = world.send(&json!([event("a")])).send().await.unwrap();
            assert_eq!(put_off.status(), 503);
            assert_eq!(put_off.headers()["retry-after"], "3600");
            world.service.upkeep().await.unwrap();
        }
        assert_eq!(rows(&world, "events_taken").await, 0);
        let mut fresh = event("b");
        fresh["time"] = "2027-02-27T10:00:00Z".into();
        assert_eq!(
            world.send(&json!([fresh])).send().await.unwrap().status(),
            202,
            "is not old by any clock"
        );
        world.time.set(NOW);
        world.service.upkeep().await.unwrap();
        let taken = world.send(&json!([event("a")])).send().await.unwrap();
        assert_eq!(
            taken.json::<serde_json::Value>().await.unwrap(),
            json!({ "accepted": 1, "duplicates": 0 })
        );
        assert_eq!(world.drift().await.users.not_comparable, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_old_by_a_clock_that_is_believed_counts_for_nothing() {
    let world = World::on_sqlite(WEBHOOKS).await;
    for day in ["2027-03-01T10:00:00Z", "2027-03-02T11:00:00Z"] {
        world.time.set(day);
        world.service.upkeep().await.unwrap();
    }
    assert_eq!(world.send(&json!([event("a")])).send().await.unwrap().status(), 202);
    let report = world.drift().await;
    assert_eq!(report.differences.iter().map(|one| one.count).collect::<Vec<_>>(), [1, 1], "{report:?}");
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
