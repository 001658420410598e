//! Counters, each spread over a few rows.

use std::collections::BTreeMap;

use crate::accounts::number;
use crate::db::{DbError, Queries};

/// Rows of one counter. Each transaction adds to one of them, and holds only that one until its end.
pub const SHARDS: u8 = 16;

/// What is counted. A column holds these words.
pub mod what {
    /// Users of a month whose login the provider reported.
    pub const MAU: &str = "mau";
    /// Users of a day whose login the provider reported.
    pub const DAU: &str = "dau";
    /// Users of a month whose login devices reported, under the month's key.
    pub const DEVICE_MAU: &str = "device_mau";
    /// Users of a day whose login devices reported, under the month's key.
    pub const DEVICE_DAU: &str = "device_dau";
    /// Users of a month whom both sides reported.
    pub const BOTH: &str = "both";
    /// Users of a month, one for each install, whose login a device reported without the month's key.
    pub const KEYLESS: &str = "keyless";
    /// Users of a month for whom a login was put off, under the month's key.
    pub const DEFERRED_USERS: &str = "deferred_users";
    /// Those of them who have not logged in in that month.
    pub const AVOIDED: &str = "avoided";
    /// Events of a month that were older than is believed.
    pub const OLD_EVENTS: &str = "old_events";

    /// Webhooks of a month, each delivery.
    pub const WEBHOOKS: &str = "webhooks";
    /// Webhooks of a month with a command that is not known here.
    pub const UNKNOWN: &str = "webhooks_unknown";
    /// Webhooks of a month, signed, whose content was not understood.
    pub const UNREADABLE: &str = "webhooks_unreadable";
    /// Webhooks of a month that were delivered again.
    pub const REPEATED: &str = "webhooks_repeated";
    /// Webhooks of a month about something older than is believed.
    pub const TOO_OLD: &str = "webhooks_too_old";
    /// Webhooks of a month dated in a time to come.
    pub const AHEAD: &str = "webhooks_ahead";

    /// Friendships of a day that began.
    pub const FRIENDS_ADDED: &str = "friends_added";
    /// Friendships of a day that ended.
    pub const FRIENDS_DELETED: &str = "friends_deleted";
    /// Members of a day who joined a group.
    pub const MEMBERS_JOINED: &str = "members_joined";
    /// Members of a day who left a group.
    pub const MEMBERS_LEFT: &str = "members_left";
    /// Groups of a day that became full.
    pub const GROUPS_FULL: &str = "groups_full";
    /// Groups of a day whose creation was refused here, at the day's limit.
    pub const GROUPS_REFUSED: &str = "groups_refused";
}

/// Counts of one transaction, written at its end: in one order, so that transactions never wait in a circle.
#[derive(Debug, Default)]
pub struct Tallies {
    counted: BTreeMap<(i64, &'static str), (i64, i64)>,
}

impl Tallies {
    /// Adds `n` of something that happened at `at`.
    pub fn add(&mut self, period: i64, what: &'static str, n: i64, at: i64) {
        let (sum, latest) = self.counted.entry((period, what)).or_insert((0, at));
        *sum = sum.saturating_add(n);
        *latest = at.max(*latest);
    }

    /// Writes them.
    pub fn write(self, queries: &mut dyn Queries, app: u64, shard: u8) -> Result<(), DbError> {
        let sql = "INSERT INTO tallies (app, period, what, shard, n, latest) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (app, period, what, shard) DO UPDATE SET n = tallies.n + excluded.n,
            latest = CASE WHEN excluded.latest > tallies.latest THEN excluded.latest ELSE tallies.latest END";
        let shard = i64::from(shard % SHARDS);
        for ((period, what), (n, latest)) in self.counted {
            let values = [number(app), period.into(), what.into(), shard.into(), n.into(), latest.into()];
            queries.execute(sql, &values)?;
        }
        Ok(())
    }
}

/// The counters of one period, by name.
pub fn of_period(queries: &mut dyn Queries, app: u64, period: i64) -> Result<BTreeMap<String, i64>, DbError> {
    let sql = "SELECT what, CAST(SUM(n) AS BIGINT) FROM tallies WHERE app = $1 AND period = $2 GROUP BY what";
    let rows = queries.query(sql, &[number(app), period.into()])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// One counter, 0 where nothing was counted.
pub fn get(queries: &mut dyn Queries, app: u64, period: i64, what: &str) -> Result<i64, DbError> {
    let sql = "SELECT CAST(SUM(n) AS BIGINT) FROM tallies WHERE app = $1 AND period = $2 AND what = $3";
    let row = queries.first(sql, &[number(app), period.into(), what.into()])?;
    Ok(row.map_or(Ok(None), |row| row.get::<Option<i64>>(0))?.unwrap_or(0))
}
