//! Users of a month and of its days: one row each, one counter each.

use planguard::time::BillingMonth;

use super::period::{When, month_number};
use super::tally::{Tallies, what};
use crate::accounts::{Account, number};
use crate::db::{DbError, Queries, Row};

/// Who says that a user logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
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

const DEVICES: &str = "INSERT INTO month_users (app, month, account, provider_days, device_days, deferred)
    VALUES ($1, $2, $3, 0, $4, 0) ON CONFLICT (app, month, account)
    DO UPDATE SET device_days = month_users.device_days | excluded.device_days
    WHERE (month_users.device_days & excluded.device_days) = 0
    RETURNING provider_days, device_days, deferred";

const DEFERRED: &str = "INSERT INTO month_users (app, month, account, provider_days, device_days, deferred)
    VALUES ($1, $2, $3, 0, 0, 1) ON CONFLICT (app, month, account)
    DO UPDATE SET deferred = 1 WHERE month_users.deferred = 0
    RETURNING provider_days, device_days, deferred";

/// Counts a login, once for each user, side, day and month.
pub fn logged_in(
    queries: &mut dyn Queries,
    tallies: &mut Tallies,
    app: u64,
    when: When,
    account: Account,
    side: Side,
) -> Result<(), DbError> {
    let sql = if side == Side::Provider { PROVIDER } else { DEVICES };
    let month = month_number(when.month);
    // No row: that day was counted before.
    let values = [number(app), month.into(), account.into(), when.bit().into()];
    let Some(row) = queries.first(sql, &values)? else { return Ok(()) };
    let seen = Seen::read(&row)?;
    let (ours, others, of_day, of_month) = match side {
        Side::Provider => (seen.provider_days, seen.device_days, what::DAU, what::MAU),
        Side::Devices => (seen.device_days, seen.provider_days, what::DEVICE_DAU, what::DEVICE_MAU),
    };
    tallies.add(when.day(), of_day, 1, when.at);
    if ours != when.bit() {
        return Ok(());
    }
    tallies.add(month, of_month, 1, when.at);
    if others != 0 {
        tallies.add(month, what::BOTH, 1, when.at);
    } else if seen.deferred {
        tallies.add(month, what::AVOIDED, -1, when.at);
    }
    Ok(())
}

/// Counts a user for whom a login was put off.
pub fn deferred(
    queries: &mut dyn Queries,
    tallies: &mut Tallies,
    app: u64,
    when: When,
    account: Account,
) -> Result<(), DbError> {
    let month = month_number(when.month);
    let values = [number(app), month.into(), account.into()];
    let Some(row) = queries.first(DEFERRED, &values)? else { return Ok(()) };
    let seen = Seen::read(&row)?;
    tallies.add(month, what::DEFERRED_USERS, 1, when.at);
    if seen.provider_days == 0 && seen.device_days == 0 {
        tallies.add(month, what::AVOIDED, 1, when.at);
    }
    Ok(())
}

/// Counts a user of an install that has not the month's key.
pub fn keyless(
    queries: &mut dyn Queries,
    tallies: &mut Tallies,
    app: u64,
    when: When,
    install_user: &[u8],
) -> Result<(), DbError> {
    let month = month_number(when.month);
    let sql =
        "INSERT INTO month_keyless (app, month, install_user) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    if queries.execute(sql, &[number(app), month.into(), install_user.into()])? > 0 {
        tallies.add(month, what::KEYLESS, 1, when.at);
    }
    Ok(())
}

/// The same user of the same install has the key now: they are counted under it, and no longer without it.
pub fn keyed(
    queries: &mut dyn Queries,
    tallies: &mut Tallies,
    app: u64,
    when: When,
    install_user: &[u8],
) -> Result<(), DbError> {
    let month = month_number(when.month);
    let sql = "DELETE FROM month_keyless WHERE app = $1 AND month = $2 AND install_user = $3";
    if queries.execute(sql, &[number(app), month.into(), install_user.into()])? > 0 {
        tallies.add(month, what::KEYLESS, -1, when.at);
    }
    Ok(())
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
