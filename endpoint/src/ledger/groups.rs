//! Groups that come and go: net new ones of a day, those that stand, and the month's peak.
//!
//! Only numbers are kept, which makes the order of webhooks irrelevant: a group that is destroyed before its creation is
//! told gives the same sums.

use jiff::civil::Date;

use super::period::{When, day_number, month_number};
use super::tally::{self, Tallies};
use crate::accounts::number;
use crate::db::{DbError, Queries};

/// Groups as limits tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Work, Public, Meeting, and types of a later day.
    NonAv,
    /// `AVChatRoom`.
    Av,
    /// Communities.
    Community,
    /// Online broadcast rooms: groups of the day, and of no other limit here.
    Broadcast,
}

impl Class {
    /// The class of a type by any of its names.
    pub fn of(group_type: &str) -> Self {
        match group_type {
            "AVChatRoom" => Self::Av,
            "Community" => Self::Community,
            "BChatRoom" => Self::Broadcast,
            _ => Self::NonAv,
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NonAv => ("created_non_av", "destroyed_non_av"),
            Self::Av => ("created_av", "destroyed_av"),
            Self::Community => ("created_community", "destroyed_community"),
            Self::Broadcast => ("created_broadcast", "destroyed_broadcast"),
        }
    }
}

/// Groups created since the first webhook less groups destroyed: one row, whose lock makes the month's peak exact.
const RUNNING: &str = "groups_running";
/// The highest that it was in a month.
const PEAK: &str = "groups_peak";

/// Counts a group that was created or destroyed.
pub fn changed(
    queries: &mut dyn Queries,
    app: u64,
    when: When,
    class: Class,
    created: bool,
) -> Result<(), DbError> {
    let mut tallies = Tallies::default();
    let (new, gone) = class.words();
    tallies.add(when.day(), if created { new } else { gone }, 1, when.at);
    tallies.write(queries, app, 0)?;

    let sql = "INSERT INTO tallies (app, period, what, shard, n, latest) VALUES ($1, 0, $2, 0, $3, $4)
        ON CONFLICT (app, period, what, shard) DO UPDATE SET n = tallies.n + excluded.n RETURNING n";
    let step: i64 = if created { 1 } else { -1 };
    let row = queries.first(sql, &[number(app), RUNNING.into(), step.into(), when.at.into()])?;
    let running = row.map_or(Ok(step), |row| row.get::<i64>(0))?;
    // Those that stood when the month began are a peak of it, too.
    let before = running.max(running.saturating_sub(step));
    let sql = "INSERT INTO tallies (app, period, what, shard, n, latest) VALUES ($1, $2, $3, 0, $4, $5)
        ON CONFLICT (app, period, what, shard) DO UPDATE SET n = excluded.n WHERE excluded.n > tallies.n";
    let month = month_number(when.month);
    queries.execute(sql, &[number(app), month.into(), PEAK.into(), before.into(), when.at.into()])?;
    Ok(())
}

/// Groups created less groups destroyed on a day, of all types.
pub fn net_of_day(queries: &mut dyn Queries, app: u64, day: i64) -> Result<i64, DbError> {
    let sql = "SELECT CAST(SUM(CASE WHEN what LIKE 'created_%' THEN n ELSE -n END) AS BIGINT) FROM tallies
        WHERE app = $1 AND period = $2 AND (what LIKE 'created_%' OR what LIKE 'destroyed_%')";
    let row = queries.first(sql, &[number(app), day.into()])?;
    Ok(row.map_or(Ok(None), |row| row.get::<Option<i64>>(0))?.unwrap_or(0))
}

/// The provider's own figure of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The day, as 20261126.
    pub day: i64,
    /// Net new groups of the day, as the provider counts them.
    pub used: i64,
    /// How many the day allows.
    pub max: i64,
    /// What was counted here at that time.
    pub counted: i64,
    /// When the provider said so.
    pub at: i64,
}

/// Keeps the provider's figure, unless a newer one of that day is known.
pub fn alarm(queries: &mut dyn Queries, app: u64, when: When, used: i64, max: i64) -> Result<(), DbError> {
    let counted = net_of_day(queries, app, when.day())?;
    let sql = "INSERT INTO group_quotas (app, day, used, quota, counted, at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (app, day) DO UPDATE SET used = excluded.used, quota = excluded.quota,
        counted = excluded.counted, at = excluded.at WHERE excluded.at > group_quotas.at";
    let values = [number(app), when.day().into(), used.into(), max.into(), counted.into(), when.at.into()];
    queries.execute(sql, &values)?;
    Ok(())
}

/// The provider's figures of the days from `from` to `to`, both as 20261126.
pub fn alarms(queries: &mut dyn Queries, app: u64, from: i64, to: i64) -> Result<Vec<Quota>, DbError> {
    let sql = "SELECT day, used, quota, counted, at FROM group_quotas
        WHERE app = $1 AND day >= $2 AND day <= $3 ORDER BY day";
    let rows = queries.query(sql, &[number(app), from.into(), to.into()])?;
    let read = |row: &crate::db::Row| {
        Ok(Quota {
            day: row.get(0)?,
            used: row.get(1)?,
            max: row.get(2)?,
            counted: row.get(3)?,
            at: row.get(4)?,
        })
    };
    rows.iter().map(read).collect()
}

/// The newest limit of a day's net new groups that the provider has told; it tells it only above 70 % of it.
pub fn newest_quota(queries: &mut dyn Queries, app: u64) -> Result<Option<Quota>, DbError> {
    let sql =
        "SELECT day, used, quota, counted, at FROM group_quotas WHERE app = $1 ORDER BY day DESC LIMIT 1";
    let Some(row) = queries.first(sql, &[number(app)])? else { return Ok(None) };
    Ok(Some(Quota {
        day: row.get(0)?,
        used: row.get(1)?,
        max: row.get(2)?,
        counted: row.get(3)?,
        at: row.get(4)?,
    }))
}

/// Net new groups of a day: what was counted, put right by the provider's own figure where it gave one.
pub fn net_new(queries: &mut dyn Queries, app: u64, date: Date) -> Result<i64, DbError> {
    let day = day_number(date);
    let counted = net_of_day(queries, app, day)?;
    let alarm = alarms(queries, app, day, day)?.pop();
    let further = alarm.map_or(0, |alarm| alarm.used.saturating_sub(alarm.counted));
    Ok(counted.saturating_add(further))
}

/// Groups that stand, by class, and the most of a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Groups other than audio-video groups and communities.
    pub non_av: i64,
    /// Audio-video groups.
    pub av: i64,
    /// Communities.
    pub communities: i64,
    /// The most groups at one time in the month, of all types; `None` where it began before the figures.
    pub peak: Option<i64>,
}

/// Groups that stand, from those that stood at the end of a day and what came and went since; `None` where that would be
/// fewer than none, which shows that the figures of that day are wrong.
pub fn standing(
    queries: &mut dyn Queries,
    app: u64,
    before: crate::provider::GroupsBefore,
    when: When,
) -> Result<Option<Standing>, DbError> {
    let since = day_number(before.day);
    let sql = "SELECT what, CAST(SUM(n) AS BIGINT) FROM tallies WHERE app = $1 AND period > $2
        AND period <= 99999999 AND (what LIKE 'created_%' OR what LIKE 'destroyed_%') GROUP BY what";
    let rows = queries.query(sql, &[number(app), since.into()])?;
    let mut changes = std::collections::BTreeMap::new();
    for row in &rows {
        changes.insert(row.get::<String>(0)?, row.get::<i64>(1)?);
    }
    let net = |class: Class| {
        let (new, gone) = class.words();
        changes.get(new).unwrap_or(&0).saturating_sub(*changes.get(gone).unwrap_or(&0))
    };
    let mut standing = Standing {
        non_av: i64::from(before.non_av_groups).saturating_add(net(Class::NonAv)),
        av: i64::from(before.av_groups).saturating_add(net(Class::Av)),
        communities: i64::from(before.communities).saturating_add(net(Class::Community)),
        peak: None,
    };
    if standing.non_av < 0 || standing.av < 0 || standing.communities < 0 {
        return Ok(None);
    }
    if before.day < when.month.first_date() {
        let classes = [standing.non_av, standing.av, standing.communities, net(Class::Broadcast)];
        let now = classes.into_iter().fold(0, i64::saturating_add);
        let running = tally::get(queries, app, 0, RUNNING)?;
        let sql = "SELECT MAX(n) FROM tallies WHERE app = $1 AND period = $2 AND what = $3";
        let values = [number(app), month_number(when.month).into(), PEAK.into()];
        let row = queries.first(sql, &values)?;
        let peak = row.map_or(Ok(None), |row| row.get::<Option<i64>>(0))?.unwrap_or(running);
        standing.peak = Some(now.saturating_sub(running).saturating_add(peak));
    }
    Ok(Some(standing))
}
