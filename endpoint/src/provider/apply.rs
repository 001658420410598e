//! Counting one webhook, in one transaction: all of it, once.

use super::callback::{Callback, Happening};
use super::settings::Settings;
use crate::accounts::{self, keyed_hash, number};
use crate::db::{DbError, Queries};
use crate::ledger::belief::{Belief, believe};
use crate::ledger::period::{When, month_number};
use crate::ledger::tally::{SHARDS, Tallies, what};
use crate::ledger::users;
use crate::ledger::{App, groups, pulse, usage};

/// What became of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was counted.
    Counted,
    /// It was counted before.
    Repeated,
    /// It tells of something too long ago.
    TooOld,
    /// Its command is not known here.
    Unknown,
    /// The group that it asks about is refused: the day's net new groups are used up.
    Refused,
}

/// Counts a webhook that was delivered at `now`, signed at `signed_at` (milliseconds both).
pub fn apply(
    queries: &mut dyn Queries,
    secret: &[u8],
    app: &App,
    command: &str,
    callback: &Callback,
    signed_at: i64,
    now: i64,
) -> Result<Taken, DbError> {
    let at = callback.event_time.unwrap_or(signed_at);
    // Two days may have the same alarm; nothing else that says no time of its own is told from a repetition.
    let day = match callback.happening {
        Happening::QuotaAlarm { .. } => When::new(&app.zone, at).day(),
        _ => 0,
    };
    let text = format!("{}\0{command}\0{day}\0{}", app.id, callback.content);
    let hash = keyed_hash(secret, text.as_bytes());
    let shard = hash[0] % SHARDS;
    let mut tallies = Tallies::default();
    let arrival = month_number(When::new(&app.zone, now).month);
    tallies.add(arrival, what::WEBHOOKS, 1, now);
    let taken = match (&callback.happening, believe(at, now)) {
        (Happening::Unknown, _) => Taken::Unknown,
        (Happening::BeforeCreateGroup, _) => before_group(queries, app, now)?,
        (_, Belief::TooOld) => Taken::TooOld,
        (happening, belief @ (Belief::Its(at) | Belief::Arrival(at))) => {
            if matches!(belief, Belief::Arrival(_)) {
                tallies.add(arrival, what::AHEAD, 1, now);
            }
            let when = When::new(&app.zone, at);
            if is_repeated(queries, app.id, happening, &hash[..16], now)? {
                Taken::Repeated
            } else {
                count(queries, secret, app, happening, when, now, &mut tallies)?;
                pulse::beat(queries, app.id, shard, at.min(now), now)?;
                Taken::Counted
            }
        }
    };
    match taken {
        Taken::Counted => {}
        Taken::Repeated => tallies.add(arrival, what::REPEATED, 1, now),
        Taken::TooOld => tallies.add(arrival, what::TOO_OLD, 1, now),
        Taken::Unknown => tallies.add(arrival, what::UNKNOWN, 1, now),
        Taken::Refused => tallies.add(When::new(&app.zone, now).day(), what::GROUPS_REFUSED, 1, now),
    }
    tallies.write(queries, app.id, shard)?;
    Ok(taken)
}

/// Counts a webhook that was signed and not understood.
pub(super) fn unreadable(queries: &mut dyn Queries, app: &App, shard: u8, now: i64) -> Result<(), DbError> {
    let mut tallies = Tallies::default();
    let month = month_number(When::new(&app.zone, now).month);
    tallies.add(month, what::WEBHOOKS, 1, now);
    tallies.add(month, what::UNREADABLE, 1, now);
    tallies.write(queries, app.id, shard)
}

/// Whether the same was counted before. Logins need no memory of it: counted again, they change nothing.
fn is_repeated(
    queries: &mut dyn Queries,
    app: u64,
    happening: &Happening,
    callback: &[u8],
    now: i64,
) -> Result<bool, DbError> {
    if matches!(happening, Happening::Login(_) | Happening::Left) {
        return Ok(false);
    }
    let sql = "INSERT INTO callbacks (app, callback, taken_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    Ok(queries.execute(sql, &[number(app), callback.into(), now.into()])? == 0)
}

fn count(
    queries: &mut dyn Queries,
    secret: &[u8],
    app: &App,
    happening: &Happening,
    when: When,
    now: i64,
    tallies: &mut Tallies,
) -> Result<(), DbError> {
    let mut of_day = |what, n| tallies.add(when.day(), what, n, when.at);
    match happening {
        Happening::Login(user) => {
            let key = accounts::current(queries, secret, app.id, when.month, now)?;
            let account = key.account(app.id, user.reveal());
            users::logged_in(queries, tallies, app.id, when, account)?;
        }
        Happening::GroupCreated(class) => groups::changed(queries, app.id, when, *class, true)?,
        Happening::GroupDestroyed(class) => groups::changed(queries, app.id, when, *class, false)?,
        Happening::QuotaAlarm { used, quota } => groups::alarm(queries, app.id, when, *used, *quota)?,
        Happening::FriendsAdded(n) => of_day(what::FRIENDS_ADDED, *n),
        Happening::FriendsDeleted(n) => of_day(what::FRIENDS_DELETED, *n),
        Happening::MembersJoined(n) => of_day(what::MEMBERS_JOINED, *n),
        Happening::MembersLeft(n) => of_day(what::MEMBERS_LEFT, *n),
        Happening::GroupFull => of_day(what::GROUPS_FULL, 1),
        Happening::Left | Happening::BeforeCreateGroup | Happening::Unknown => {}
    }
    Ok(())
}

/// Refuses only where the owner wants it, the limit and all of today are known, and it is used up.
fn before_group(queries: &mut dyn Queries, app: &App, now: i64) -> Result<Taken, DbError> {
    let Some(settings) = app.provider.as_ref().filter(|settings| settings.refuse_new_groups) else {
        return Ok(Taken::Counted);
    };
    let today = When::new(&app.zone, now).date;
    let Some(max) = limit(queries, app.id, settings)? else { return Ok(Taken::Counted) };
    if !usage::known(queries, app, now)?.is_some_and(|known| known.day(today)) {
        return Ok(Taken::Counted);
    }
    let used = groups::net_new(queries, app.id, today)?;
    Ok(if used >= max { Taken::Refused } else { Taken::Counted })
}

fn limit(queries: &mut dyn Queries, app: u64, settings: &Settings) -> Result<Option<i64>, DbError> {
    if let Some(max) = settings.net_new_groups_per_day {
        return Ok(Some(max.into()));
    }
    Ok(groups::newest_quota(queries, app)?.map(|quota| quota.max))
}
