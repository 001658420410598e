//! What is deleted when, and that what is over does not come back.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use common::provider::{CREATED, WEBHOOKS, group};
use common::{APP, World, on_each_database};
use planguard_endpoint::db::Queries;
use planguard_endpoint::ledger::retention::prune;

impl World {
    async fn prune(&self) -> bool {
        let (app, now) = (self.service.ledger_app(APP).unwrap(), self.millis());
        self.service.db.write(move |queries| prune(queries, &app, now)).await.unwrap()
    }

    async fn rows(&self, table: &'static str) -> i64 {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let read = move |queries: &mut dyn Queries| queries.first(&sql, &[])?.unwrap().get(0);
        self.service.db.read(read).await.unwrap()
    }
}

#[tokio::test]
async fn users_go_after_three_months_and_counters_after_two_years() {
    on_each_database(WEBHOOKS, async |world| {
        for month in ["2026-11-20T10:00:00Z", "2026-12-20T10:00:00Z", "2027-01-20T10:00:00Z"] {
            world.time.set(month);
            world.provider_login("ada", world.millis()).await;
            world.told(CREATED, &group(CREATED, month, "Public", world.millis())).await;
            assert!(!world.prune().await);
        }
        assert_eq!((world.rows("month_users").await, world.rows("callbacks").await), (3, 3));
        world.time.set("2027-02-01T10:00:00Z");
        world.prune().await;
        assert_eq!((world.rows("month_users").await, world.rows("callbacks").await), (2, 2));
        // What November was is still known.
        let november = world.service.drift(APP, Some("2026-11".parse().unwrap())).await.unwrap();
        assert_eq!(november.users.provider, Some(1));
        world.time.set("2028-12-01T10:00:00Z");
        world.prune().await;
        let november = world.service.drift(APP, Some("2026-11".parse().unwrap())).await.unwrap();
        assert_eq!(november.users.provider, None, "unknown, which is not none");
        let next = world.service.drift(APP, Some("2029-01".parse().unwrap())).await.unwrap();
        assert_eq!(next.users.provider, None);
        let december = world.service.drift(APP, Some("2026-12".parse().unwrap())).await.unwrap();
        assert_eq!(december.users.provider, Some(1));
        assert_eq!((world.rows("month_users").await, world.rows("callbacks").await), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_webhook_from_before_what_is_kept_counts_for_nothing() {
    on_each_database(WEBHOOKS, async |world| {
        let created = group(CREATED, "@TGS#1", "Public", world.millis());
        world.told(CREATED, &created).await;
        // As long as it would be believed, it is known again.
        for day in ["2026-12-20T10:00:00Z", "2026-12-23T10:00:00Z", "2027-02-01T10:00:00Z"] {
            world.time.set(day);
            world.prune().await;
            world.told(CREATED, &created).await;
        }
        assert_eq!(world.rows("callbacks").await, 0);
        let read = |queries: &mut dyn Queries| {
            planguard_endpoint::ledger::groups::net_of_day(queries, APP, 20_261_120)
        };
        assert_eq!(world.service.db.read(read).await.unwrap(), 1);
    })
    .await;
}
