//! What is kept per billing month, and forgetting months that are over.

use rusqlite::{Transaction, params};

use super::codec::{Col, key as columns, read_key};
use super::fail::Fail;
use super::permits;
use crate::model::{BillingMonth, CounterKey, Pseudonym};
use crate::store::port::{DeferredLogin, LoginTotals, WarningKey};
use crate::store::rules::Horizon;

pub(super) fn defer(t: &Transaction<'_>, deferred: DeferredLogin) -> Result<bool, Fail> {
    let new = t
        .prepare_cached("INSERT OR IGNORE INTO deferred (month, user, at) VALUES (?, ?, ?)")?
        .execute(params![deferred.month.number(), Col(deferred.user), Col(deferred.at)])?;
    Ok(new > 0)
}

pub(super) fn deferred(t: &Transaction<'_>, month: BillingMonth) -> Result<(u64, u64), Fail> {
    let (Col(all), Col(never)) = t
        .prepare_cached(
            "SELECT count(*), count(*) FILTER (WHERE active.user IS NULL)
             FROM deferred LEFT JOIN active USING (month, user) WHERE month = ?",
        )?
        .query_row(params![month.number()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((all, never))
}

pub(super) fn note_identity(t: &Transaction<'_>, month: BillingMonth, user: Pseudonym) -> Result<u64, Fail> {
    t.prepare_cached("INSERT OR IGNORE INTO identities (month, user) VALUES (?, ?)")?
        .execute(params![month.number(), Col(user)])?;
    let Col(seen) = t
        .prepare_cached("SELECT count(*) FROM identities WHERE month = ?")?
        .query_row(params![month.number()], |row| row.get::<_, Col<u64>>(0))?;
    Ok(seen)
}

pub(super) fn totals(t: &Transaction<'_>, month: BillingMonth) -> Result<LoginTotals, Fail> {
    let mut statement = t.prepare_cached("SELECT name, value FROM totals WHERE month = ?")?;
    let rows = statement.query_map(params![month.number()], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Col<u64>>(1)?.0))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn add_totals(
    t: &Transaction<'_>,
    month: BillingMonth,
    added: &[(&str, u64)],
) -> Result<(), Fail> {
    let mut kept = totals(t, month)?;
    for &(name, n) in added {
        let total = kept.entry(name.to_owned()).or_default();
        *total = total.saturating_add(n);
        t.prepare_cached("REPLACE INTO totals (month, name, value) VALUES (?, ?, ?)")?.execute(params![
            month.number(),
            name,
            Col(*total)
        ])?;
    }
    Ok(())
}

pub(super) fn mark_warned(t: &Transaction<'_>, key: WarningKey) -> Result<bool, Fail> {
    let (limit, subject, bucket) = columns(&key.counter);
    let new = t
        .prepare_cached(
            "INSERT OR IGNORE INTO warnings (limit_id, subject, bucket, threshold) VALUES (?, ?, ?, ?)",
        )?
        .execute(params![limit, subject, bucket, key.threshold])?;
    Ok(new > 0)
}

pub(super) fn rearm(t: &Transaction<'_>, key: WarningKey) -> Result<bool, Fail> {
    let (limit, subject, bucket) = columns(&key.counter);
    let given = t
        .prepare_cached(
            "DELETE FROM warnings WHERE limit_id = ? AND subject = ? AND bucket = ? AND threshold = ?",
        )?
        .execute(params![limit, subject, bucket, key.threshold])?;
    Ok(given > 0)
}

pub(super) fn warned(t: &Transaction<'_>, horizon: &Horizon) -> Result<Vec<WarningKey>, Fail> {
    let mut statement = t.prepare_cached(
        "SELECT limit_id, subject, bucket, threshold FROM warnings
         ORDER BY limit_id, subject, bucket, threshold",
    )?;
    let rows = statement.query_map([], |row| Ok((read_key(row, 0)?, row.get(3)?)))?;
    let mut warned = Vec::new();
    for row in rows {
        if let (Some(counter), threshold) = row?
            && !horizon.past(&counter)
        {
            warned.push(WarningKey { counter, threshold });
        }
    }
    Ok(warned)
}

pub(super) fn prune(t: &Transaction<'_>, before: BillingMonth) -> Result<(), Fail> {
    let horizon = Horizon::new(before);
    for table in ["counters", "warnings", "additions"] {
        for key in past_keys(t, table, &horizon)? {
            let (limit, subject, bucket) = columns(&key);
            t.execute(
                &format!("DELETE FROM {table} WHERE limit_id = ? AND subject = ? AND bucket = ?"),
                params![limit, subject, bucket],
            )?;
        }
    }
    t.execute("DELETE FROM additions WHERE at < ?", params![Col(horizon.additions)])?;
    permits::forget(t, horizon.instant)?;
    t.execute("DELETE FROM leases WHERE until < ?", params![Col(horizon.instant)])?;
    t.execute(
        "DELETE FROM ledger WHERE coalesce(month < ?, TRUE) AND coalesce(uncertain < ?, TRUE)",
        params![before.number(), Col(horizon.instant)],
    )?;
    for table in ["active", "deferred", "identities", "totals"] {
        t.execute(&format!("DELETE FROM {table} WHERE month < ?"), params![before.number()])?;
    }
    Ok(())
}

/// Levels, the bulk of all counters, are in bucket 0 and never past.
fn past_keys(t: &Transaction<'_>, table: &str, horizon: &Horizon) -> Result<Vec<CounterKey>, Fail> {
    let mut statement =
        t.prepare(&format!("SELECT DISTINCT limit_id, subject, bucket FROM {table} WHERE bucket <> 0"))?;
    let keys = statement.query_map([], |row| read_key(row, 0))?.collect::<Result<Vec<_>, _>>()?;
    Ok(keys.into_iter().flatten().filter(|key| horizon.past(key)).collect())
}
