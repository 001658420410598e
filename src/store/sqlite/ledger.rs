//! The ledger of active users.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::codec::Col;
use super::counters::add;
use super::fail::Fail;
use crate::model::{ActiveUser, BillingDay, BillingMonth, Pseudonym, Timestamp};
use crate::store::port::CountedLogin;
use crate::store::rules::{count, raised_by};

fn read(row: &Row<'_>, at: usize) -> rusqlite::Result<ActiveUser> {
    Ok(ActiveUser {
        month: row.get::<_, Option<i32>>(at)?.map(BillingMonth::from_number),
        day: row.get::<_, Option<i32>>(at + 1)?.map(BillingDay::from_number),
        uncertain: row.get::<_, Option<Col<Timestamp>>>(at + 2)?.map(|col| col.0),
    })
}

pub(super) fn begin(t: &Transaction<'_>, user: Pseudonym, at: Timestamp) -> Result<(), Fail> {
    t.prepare_cached(
        "INSERT INTO ledger (user, uncertain) VALUES (?, ?)
         ON CONFLICT (user) DO UPDATE SET uncertain = excluded.uncertain",
    )?
    .execute(params![Col(user), Col(at)])?;
    Ok(())
}

pub(super) fn count_login(
    t: &Transaction<'_>,
    user: Pseudonym,
    day: BillingDay,
    month: BillingMonth,
    at: Timestamp,
) -> Result<CountedLogin, Fail> {
    let known = t
        .prepare_cached("SELECT month, day, uncertain FROM ledger WHERE user = ?")?
        .query_row(params![Col(user)], |row| read(row, 0))
        .optional()?
        .unwrap_or_default();
    let (entry, counted) = count(known, day, month);
    let (last_month, last_day) = (entry.month.map(BillingMonth::number), entry.day.map(BillingDay::number));
    t.prepare_cached("REPLACE INTO ledger (user, month, day, uncertain) VALUES (?, ?, ?, NULL)")?
        .execute(params![Col(user), last_month, last_day])?;
    if counted.new_in_month {
        t.prepare_cached("INSERT OR IGNORE INTO active (month, user) VALUES (?, ?)")?
            .execute(params![month.number(), Col(user)])?;
    }
    for key in raised_by(counted, day, month) {
        add(t, &key, 1, at)?;
    }
    Ok(counted)
}

pub(super) fn fail(t: &Transaction<'_>, user: Pseudonym) -> Result<(), Fail> {
    t.prepare_cached("UPDATE ledger SET uncertain = NULL WHERE user = ?")?.execute(params![Col(user)])?;
    t.prepare_cached("DELETE FROM ledger WHERE user = ? AND month IS NULL AND day IS NULL")?
        .execute(params![Col(user)])?;
    Ok(())
}

pub(super) fn since(t: &Transaction<'_>, since: BillingMonth) -> Result<Vec<(Pseudonym, ActiveUser)>, Fail> {
    let mut statement = t.prepare_cached(
        "SELECT user, month, day, uncertain FROM ledger WHERE month >= ? OR uncertain IS NOT NULL ORDER BY user",
    )?;
    let rows = statement
        .query_map(params![since.number()], |row| Ok((row.get::<_, Col<Pseudonym>>(0)?.0, read(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn active_users(t: &Transaction<'_>, month: BillingMonth) -> Result<(u64, u64), Fail> {
    let (Col(counted), Col(uncertain)) = t
        .prepare_cached(
            "SELECT (SELECT count(*) FROM active WHERE month = ?),
                    (SELECT count(*) FROM ledger WHERE uncertain IS NOT NULL)",
        )?
        .query_row(params![month.number()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((counted, uncertain))
}
