//! Users of a month and of its days: one row each, one counter each.

use std::collections::BTreeMap;

use planguard::time::BillingMonth;

use super::period::{When, month_number};
use super::tally::{Tallies, what};
use crate::accounts::{Account, number};
use crate::db::{DbError, Queries, Row, Value};

/// Who says that a user logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// The provider, by a webhook.
    Provider,
    /// A device, by a usage event.
    Devices,
}

/// What a user's row says after a change.
struct Seen {
    provider_days: i64,
    device_days: i64,
    deferred: bool,
}

impl Seen {
    fn read(row: &Row) -> Result<Self, DbError> {
        Ok(Self { provider_days: row.get(0)?, device_days: row.get(1)?, deferred: row.get::<i64>(2)? != 0 })
    }
}

const PROVIDER: &str = "INSERT INTO month_users (app, month, account, provider_days, device_days, deferred)
    VALUES ($1, $2, $3, $4, 0, 0) ON CONFLICT (app, month, account)
    DO UPDATE SET provider_days = month_users.provider_days | excluded.provider_days
    WHERE (month_users.provider_days & excluded.provider_days) = 0
    RETURNING provider_days, device_days, deferred";

const DEVICES: &str = "ON CONFLICT (app, month, account)
    DO UPDATE SET device_days = month_users.device_days | excluded.device_days
    WHERE (month_users.device_days & excluded.device_days) = 0
    RETURNING provider_days, device_days, deferred, account";

const DEFERRED: &str = "ON CONFLICT (app, month, account)
    DO UPDATE SET deferred = 1 WHERE month_users.deferred = 0
    RETURNING provider_days, device_days, deferred, account";

/// Counts a login that the provider reported, once for each user, day and month.
pub fn logged_in(
    queries: &mut dyn Queries,
    tallies: &mut Tallies,
    app: u64,
    when: When,
    account: Account,
) -> Result<(), DbError> {
    let month = month_number(when.month);
    // No row: that day was counted before.
    let values = [number(app), month.into(), account.into(), when.bit().into()];
    let Some(row) = queries.first(PROVIDER, &values)? else { return Ok(()) };
    count(tallies, &Seen::read(&row)?, when, Side::Provider);
    Ok(())
}

/// Counts logins of one month that devices reported, each user's on one day, in the order in which rows are written.
pub fn logged_in_by_devices(
    queries: &mut dyn Queries,
    tallies: &mut Tallies,
    app: u64,
    month: BillingMonth,
    logins: &BTreeMap<Account, When>,
) -> Result<(), DbError> {
    for (seen, when) in changed(queries, app, month, logins, |when| (when.bit(), 0), DEVICES)? {
        count(tallies, &seen, when, Side::Devices);
    }
    Ok(())
}

/// Writes a row for each user, of devices' days and of whether a login was put off; the rows that it changed, each with
/// what was to be counted of it.
fn changed(
    queries: &mut dyn Queries,
    app: u64,
    month: BillingMonth,
    users: &BTreeMap<Account, When>,
    columns: impl Fn(&When) -> (i64, i64),
    tail: &str,
) -> Result<Vec<(Seen, When)>, DbError> {
    let month = month_number(month);
    let row = |(account, when): (&Account, &When)| {
        let (device_days, deferred) = columns(when);
        vec![number(app), month.into(), (*account).into(), 0_i64.into(), device_days.into(), deferred.into()]
    };
    let rows: Vec<Vec<Value>> = users.iter().map(row).collect();
    let head = "INSERT INTO month_users (app, month, account, provider_days, device_days, deferred)";
    let given = queries.insert(head, &rows, tail)?;
    let mut found = Vec::with_capacity(given.len());
    for row in &given {
        // A database gives rows in whatever order.
        let when = users.get(&row.get::<Account>(3)?).ok_or_else(|| DbError::Damaged {
            table: "month_users".into(),
            why: "a change of one user gave the row of another".into(),
        })?;
        found.push((Seen::read(row)?, *when));
    }
    Ok(found)
}

/// Counts what a row says that a login changed.
fn count(tallies: &mut Tallies, seen: &Seen, when: When, side: Side) {
    let month = month_number(when.month);
    let (ours, others, of_day, of_month) = match side {
        Side::Provider => (seen.provider_days, seen.device_days, what::DAU, what::MAU),
        Side::Devices => (seen.device_days, seen.provider_days, what::DEVICE_DAU, what::DEVICE_MAU),
    };
    tallies.add(when.day(), of_day, 1, when.at);
    if ours != when.bit() {
        return;
    }
    tallies.add(month, of_month, 1, when.at);
    if others != 0 {
        tallies.add(month, what::BOTH, 1, when.at);
    } else if seen.deferred {
        tallies.add(month, what::AVOIDED, -1, when.at);
    }
}

/// Counts users for whom a login was put off, in the order in which rows are written.
pub fn deferred(
    queries: &mut dyn Queries,
    tallies: &mut Tallies,
    app: u64,
    month: BillingMonth,
    users: &BTreeMap<Account, When>,
) -> Result<(), DbError> {
    for (seen, when) in changed(queries, app, month, users, |_| (0, 1), DEFERRED)? {
        tallies.add(month_number(month), what::DEFERRED_USERS, 1, when.at);
        if seen.provider_days == 0 && seen.device_days == 0 {
            tallies.add(month_number(month), what::AVOIDED, 1, when.at);
        }
    }
    Ok(())
}

/// Counts users of installs that have not the month's key, each with when they logged in last.
pub fn keyless(
    queries: &mut dyn Queries,
    tallies: &mut Tallies,
    app: u64,
    month: BillingMonth,
    installs: &BTreeMap<&str, i64>,
) -> Result<(), DbError> {
    let month = month_number(month);
    let row = |user: &&str| vec![number(app), month.into(), user.as_bytes().into()];
    let rows: Vec<_> = installs.keys().map(row).collect();
    let head = "INSERT INTO month_keyless (app, month, install_user)";
    let new = queries.insert(head, &rows, "ON CONFLICT DO NOTHING RETURNING install_user")?;
    add(tallies, month, what::KEYLESS, new.len(), 1, installs);
    Ok(())
}

/// The same users of the same installs have the key now: they are counted under it, and no longer without it.
pub fn keyed(
    queries: &mut dyn Queries,
    tallies: &mut Tallies,
    app: u64,
    month: BillingMonth,
    installs: &BTreeMap<&str, i64>,
) -> Result<(), DbError> {
    let month = month_number(month);
    let users: Vec<_> = installs.keys().map(|user| user.as_bytes().into()).collect();
    let head = "DELETE FROM month_keyless WHERE app = $1 AND month = $2 AND install_user IN";
    let gone = queries.among(head, &[number(app), month.into()], &users, "RETURNING install_user")?;
    add(tallies, month, what::KEYLESS, gone.len(), -1, installs);
    Ok(())
}

fn add(
    tallies: &mut Tallies,
    month: i64,
    what: &'static str,
    rows: usize,
    by: i64,
    at: &BTreeMap<&str, i64>,
) {
    if let (rows @ 1.., Some(latest)) = (rows, at.values().max()) {
        tallies.add(month, what, by * i64::try_from(rows).unwrap_or(i64::MAX), *latest);
    }
}

/// Whether a user logged in in a month, as either side says.
pub fn is_active(
    queries: &mut dyn Queries,
    app: u64,
    month: BillingMonth,
    account: Account,
) -> Result<bool, DbError> {
    let sql =
        "SELECT provider_days, device_days FROM month_users WHERE app = $1 AND month = $2 AND account = $3";
    let row = queries.first(sql, &[number(app), month_number(month).into(), account.into()])?;
    let Some(row) = row else { return Ok(false) };
    Ok(row.get::<i64>(0)? != 0 || row.get::<i64>(1)? != 0)
}
