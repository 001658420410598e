//! Drift beyond one month and one zone, and webhooks while the database is away.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use common::provider::{CREATED, WEBHOOKS, group};
use common::{APP, World, event, on_each_database};
use planguard_endpoint::accounts::{self, KeyedAccount};
use planguard_endpoint::db::Queries;
use planguard_endpoint::drift::{Kind, Report};
use planguard_servers::Postgres;
use serde_json::json;

impl World {
    async fn month(&self, month: &str) -> Report {
        self.service.drift(APP, Some(month.parse().unwrap())).await.unwrap()
    }

    /// A device tells that it logged a user in at an instant.
    async fn device_login_at(&self, id: &str, user: &str, at: &str) {
        let root = accounts::root(&self.secret);
        let (month, user) = (at[..7].parse().unwrap(), user.to_owned());
        let read = move |queries: &mut dyn Queries| {
            let key = accounts::of_month(queries, &root, APP, month)?.unwrap();
            Ok(KeyedAccount { key_id: key.id().to_owned(), account: key.account(APP, &user) }.to_string())
        };
        let account = self.service.db.read(read).await.unwrap();
        let mut login = event(id);
        login["time"] = at.into();
        login["data"]["account"] = account.into();
        assert_eq!(self.send(&json!([login])).send().await.unwrap().status(), 202);
    }
}

fn millis(instant: &str) -> i64 {
    instant.parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

#[tokio::test]
async fn who_logged_in_beside_midnight_is_told_from_who_is_missing() {
    on_each_database(&WEBHOOKS.replace("2026-11-01", "2026-10-01"), async |world| {
        world.time.set("2026-12-05T00:00:00Z");
        // Midnight of UTC+08:00. The device's clock is some seconds ahead of the provider's.
        world.provider_login("ada", millis("2026-11-30T15:59:58Z")).await;
        world.device_login_at("1", "ada", "2026-11-30T16:00:01Z").await;
        // Told by devices alone, and in the middle of the month.
        world.device_login_at("2", "bob", "2026-11-15T12:00:00Z").await;
        let november = world.month("2026-11").await;
        let users = november.users;
        assert_eq!((users.only_provider, users.only_devices, users.at_the_edge), (1, 1, 1));
        assert!(november.differences.iter().all(|it| it.text.contains("midnight")), "{november:?}");
        let december = world.month("2026-12").await;
        assert_eq!((december.users.only_devices, december.users.at_the_edge), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_zone_with_summer_time_turns_its_days_where_its_people_do() {
    let more = format!("billing_zone = \"America/New_York\"\n{}", WEBHOOKS.replace("11-01", "10-01"));
    on_each_database(&more, async |world| {
        world.time.set("2026-11-02T20:00:00Z");
        // The first of November has 25 hours there: from 04:00 to 05:00 of the next day in UTC.
        for (user, at) in [
            ("october", "2026-11-01T03:59:59Z"),
            ("first", "2026-11-01T04:00:00Z"),
            ("last", "2026-11-02T04:59:59Z"),
            ("second", "2026-11-02T05:00:00Z"),
        ] {
            world.provider_login(user, millis(at)).await;
        }
        assert_eq!(world.month("2026-10").await.users.provider, Some(1));
        assert_eq!(world.month("2026-11").await.users.provider, Some(3));
        let usage = world.usage().await.unwrap();
        assert_eq!((&usage["dau"], &usage["as_of"]), (&json!(1), &json!("2026-11-02T05:00:00Z")));
    })
    .await;
}

#[tokio::test]
async fn a_month_that_webhooks_saw_in_part_is_not_stated() {
    let more = "[app.webhooks]\ntokens = [\"xxxxyyyy\"]\n";
    on_each_database(more, async |world| {
        world.provider_login("ada", world.millis()).await;
        assert_eq!(world.usage().await, None, "neither the month nor the day is known whole");
        let report = world.drift().await;
        assert!(!report.complete && report.users.provider.is_none());
        assert_eq!(report.differences[0].kind, Kind::Incomplete);
        world.time.set("2026-11-21T10:00:00Z");
        world.provider_login("bob", world.millis()).await;
        let usage = world.usage().await.unwrap();
        assert_eq!(usage, json!({ "as_of": "2026-11-21T10:00:00Z", "dau": 1, "net_new_groups_today": 0 }));
        world.time.set("2026-12-01T10:00:00Z");
        world.provider_login("bob", world.millis()).await;
        assert_eq!(world.usage().await.unwrap()["mau"], 1);
    })
    .await;
}

#[tokio::test]
async fn a_month_without_news_states_the_one_before_with_its_date() {
    on_each_database(WEBHOOKS, async |world| {
        world.provider_login("ada", world.millis()).await;
        world.time.set("2026-12-05T10:00:00Z");
        let usage = world.usage().await.unwrap();
        assert_eq!((&usage["mau"], &usage["as_of"]), (&json!(1), &json!("2026-11-20T10:00:00Z")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_while_the_database_dies_are_answered_and_counted_once() {
    let server = tokio::task::spawn_blocking(Postgres::start).await.unwrap();
    let world = World::over(&server.database("outage"), WEBHOOKS).await;
    let bodies: Vec<_> =
        (0..30).map(|n| group(CREATED, &format!("@TGS#{n}"), "Public", world.millis() - n)).collect();
    for body in &bodies[..10] {
        world.told(CREATED, body).await;
    }
    // Ten at once, and the server goes in the middle of them.
    let kill = async { tokio::task::block_in_place(|| server.kill()) };
    let sent = bodies[10..20].iter().map(|body| world.webhook(CREATED, body).send());
    let (answers, ()) = tokio::join!(futures_util::future::join_all(sent), kill);
    let mut taken = 10;
    let mut open = Vec::new();
    for (answer, body) in answers.into_iter().zip(&bodies[10..20]) {
        let status = answer.unwrap().status();
        assert!(status == 200 || status == 503, "{status}");
        if status == 200 { taken += 1 } else { open.push(body) }
    }
    let answer = world.webhook(CREATED, &bodies[20]).send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
    open.extend(&bodies[20..]);
    tokio::task::block_in_place(|| server.restart());
    // The provider sends again what it has no good answer for, and then, for once, everything.
    for body in open.iter().copied().chain(&bodies) {
        let mut answer = world.webhook(CREATED, body).send().await.unwrap();
        for _ in 0..20 {
            if answer.status() == 200 {
                break;
            }
            answer = world.webhook(CREATED, body).send().await.unwrap();
        }
        assert_eq!(answer.status(), 200);
    }
    let webhooks = world.drift().await.webhooks;
    // What was answered was kept; what was not may have been kept as well.
    assert!(webhooks.repeated >= 30 && webhooks.delivered >= 30 + taken, "{webhooks:?}");
    assert_eq!(world.usage().await.unwrap()["net_new_groups_today"], 30);
}
