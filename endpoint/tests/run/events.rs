//! Usage events: none lost, none counted twice.

use std::sync::Arc;

use crate::common::{APP, BATCH, World, event, on_each_database};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// Devices that flush at once.
const DEVICES: u64 = 1_000;

async fn rows(world: &World) -> i64 {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM events_taken";
    let row = world.service.db.read(move |queries| queries.first(sql, &[])).await.unwrap().unwrap();
    row.get(0).unwrap()
}

async fn receipt(world: &World, batch: &Value) -> (u64, u64) {
    let answer = world.send(batch).send().await.unwrap();
    assert_eq!(answer.status(), 202);
    let receipt: Value = answer.json().await.unwrap();
    (receipt["accepted"].as_u64().unwrap(), receipt["duplicates"].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_is_taken_once() {
    on_each_database("", async |world: World| {
        assert_eq!(receipt(&world, &json!([event("a"), event("b"), event("a")])).await, (2, 1));
        assert_eq!(receipt(&world, &json!([event("b"), event("c")])).await, (1, 1));
        let mut other = event("c");
        other["source"] = "/planguard/another".into();
        assert_eq!(receipt(&world, &json!([other])).await, (1, 0), "an id is its source's");
        assert_eq!(receipt(&world, &json!([])).await, (0, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_devices_at_once_lose_nothing() {
    on_each_database("[limits]\nconnections_per_address = 4096\n", async |world: World| {
        let world = Arc::new(world);
        let mut devices = tokio::task::JoinSet::new();
        for device in 0..DEVICES {
            let world = Arc::clone(&world);
            devices.spawn(async move {
                let source = format!("/planguard/{device:016x}");
                let of = |id: &str| {
                    let mut event = event(id);
                    event["source"] = source.as_str().into();
                    event["data"]["user"] = format!("{device:032x}").into();
                    event
                };
                // Every tenth did not see the first answer, and sends the same again.
                let mut sum = receipt(&world, &json!([of("a"), of("b"), of("c")])).await;
                if device % 10 == 0 {
                    let again = receipt(&world, &json!([of("b"), of("a"), of("c")])).await;
                    sum = (sum.0 + again.0, sum.1 + again.1);
                }
                sum
            });
        }
        let (mut accepted, mut duplicates) = (0, 0);
        while let Some(sum) = devices.join_next().await {
            let (new, known) = sum.unwrap();
            (accepted, duplicates) = (accepted + new, duplicates + known);
        }
        assert_eq!((accepted, duplicates), (3 * DEVICES, 3 * DEVICES / 10));
        assert_eq!(rows(&world).await.unsigned_abs(), 3 * DEVICES);
    })
    .await;
}

/// Batches as large as bodies may be, more of them at once than there are connections.
#[tokio::test(flavor = "multi_thread")]
async fn while_large_batches_come_in_all_else_is_served() {
    on_each_database("", async |world: World| {
        let world = Arc::new(world);
        let db = world.service.db.clone();
        let (held, mut holds) = tokio::sync::mpsc::unbounded_channel();
        let (done, wait) = tokio::sync::watch::channel(false);
        let mut batches = tokio::task::JoinSet::new();
        for _ in 0..40 {
            let (db, held, wait) = (db.clone(), held.clone(), wait.clone());
            let work = move |_: &mut dyn planguard_endpoint::db::Queries| {
                held.send(()).unwrap();
                let mut wait = wait.clone();
                tokio::runtime::Handle::current().block_on(wait.wait_for(|done| *done)).unwrap();
                Ok(())
            };
            batches.spawn(async move { db.write_batch(work).await });
        }
        let at_once = if db.is_postgres() { 8 } else { 1 };
        for _ in 0..at_once {
            holds.recv().await.unwrap();
        }
        world.service.db.read(|queries| queries.query("SELECT id FROM catalogs", &[])).await.unwrap();
        if db.is_postgres() {
            world.service.db.write(|queries| queries.execute("DELETE FROM catalogs", &[])).await.unwrap();
            world.document().await;
        }
        assert!(holds.try_recv().is_err(), "no more at once");
        done.send(true).unwrap();
        for batch in batches.join_all().await {
            batch.unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_large_batch_each_event_is_taken_once() {
    on_each_database("", async |world: World| {
        let of = |number: u32| {
            let mut event = event(&number.to_string());
            event["data"]["user"] = format!("{number:032x}").into();
            event
        };
        let batch: Vec<_> = (0..1_500).map(of).collect();
        assert_eq!(receipt(&world, &json!(batch)).await, (1_500, 0));
        let batch: Vec<_> = (1_000..2_100).chain(2_000..2_200).map(of).collect();
        assert_eq!(receipt(&world, &json!(batch)).await, (700, 600));
        let sql = "SELECT COUNT(*) FROM month_keyless";
        let users = world.service.db.read(move |queries| queries.first(sql, &[])).await.unwrap().unwrap();
        assert_eq!((rows(&world).await, users.get(0).unwrap()), (2_200, 2_200_i64));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_take_each_event_once() {
    on_each_database("", async |world: World| {
        let (_other, url) = world.another().await;
        let mut calls = tokio::task::JoinSet::new();
        for number in 0..60 {
            let base = if number % 2 == 0 { world.url.clone() } else { url.clone() };
            let (http, token) = (world.http.clone(), world.device.clone());
            calls.spawn(async move {
                // Batches that overlap, in opposite orders.
                let mut batch: Vec<_> = (0..20).map(|id| event(&format!("{}", id + number / 2))).collect();
                if number % 3 == 0 {
                    batch.reverse();
                }
                let call = http.post(format!("{base}/v1/apps/{APP}/usage-events")).bearer_auth(token);
                let answer = call.header("content-type", BATCH).body(json!(batch).to_string()).send().await;
                let receipt: Value = answer.unwrap().json().await.unwrap();
                receipt["accepted"].as_u64().unwrap()
            });
        }
        let mut accepted = 0;
        while let Some(new) = calls.join_next().await {
            accepted += new.unwrap();
        }
        assert_eq!((accepted, rows(&world).await), (49, 49));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_known_again_for_32_days_and_after_a_restart() {
    on_each_database("", async |world: World| {
        assert_eq!(receipt(&world, &json!([event("a")])).await, (1, 0));
        world.time.advance(SignedDuration::from_hours(31 * 24));
        assert_eq!(world.service.upkeep().await.unwrap(), 0);
        let (restarted, url) = world.another().await;
        let call = world.http.post(format!("{url}/v1/apps/{APP}/usage-events")).bearer_auth(&world.device);
        let call = call.header("content-type", BATCH).body(json!([event("a")]).to_string());
        assert_eq!(call.send().await.unwrap().json::<Value>().await.unwrap()["duplicates"], 1);
        world.time.advance(SignedDuration::from_hours(2 * 24));
        assert_eq!(restarted.upkeep().await.unwrap(), 1);
        assert_eq!(rows(&world).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_event_is_named_and_nothing_of_its_batch_is_taken() {
    on_each_database("", async |world: World| {
        let mut bad = event("bad");
        bad["data"]["intent"] = "boredom".into();
        let answer = world.send(&json!([event("good"), bad])).send().await.unwrap();
        assert_eq!(answer.status(), 400);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert_eq!(answer.json::<Value>().await.unwrap()["field"], "/1/data/intent");
        assert_eq!(rows(&world).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_a_database_may_not_hold_are_named() {
    let forward = "[app.forward]\nurl = \"http://127.0.0.1:9/a\"\n";
    on_each_database(forward, async |world: World| {
        for (member, text) in
            [("id", "a\0b".to_owned()), ("id", "é".repeat(257)), ("source", "a".repeat(6_000))]
        {
            let mut bad = event("a");
            bad[member] = text.into();
            let answer = world.send(&json!([bad])).send().await.unwrap();
            assert_eq!(answer.status(), 400);
            assert_eq!(answer.json::<Value>().await.unwrap()["field"], format!("/0/{member}"));
        }
        let letters = |from: u32| (from..from + 256).filter_map(char::from_u32).collect::<String>();
        let mut longest = event(&letters(0x2_0000));
        longest["source"] = format!("/{}", "a1".repeat(127)).into();
        assert_eq!(receipt(&world, &json!([longest])).await, (1, 0));
    })
    .await;
}
