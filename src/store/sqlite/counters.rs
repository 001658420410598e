//! Counters and the times of their additions.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::codec::{Col, key as columns, read_key};
use super::fail::Fail;
use super::permits::{all_held, held};
use crate::model::{Counter, CounterKey, Timestamp};
use crate::store::port::CounterOp;
use crate::store::rules::{Horizon, Tally};

fn read_tally(row: &Row<'_>, at: usize) -> rusqlite::Result<Tally> {
    let (Col(base), Col(origin)) = (row.get(at)?, row.get(at + 2)?);
    let as_of = row.get::<_, Option<Col<Timestamp>>>(at + 1)?.map(|col| col.0);
    let own_max = row.get::<_, Option<Col<u64>>>(at + 4)?.map(|col| col.0);
    Ok(Tally { base, as_of, origin, added: row.get(at + 3)?, own_max })
}

pub(super) fn tally(t: &Transaction<'_>, key: &CounterKey) -> Result<Tally, Fail> {
    let (limit, subject, bucket) = columns(key);
    let kept = t
        .prepare_cached(
            "SELECT base, as_of, origin, added, own_max FROM counters
             WHERE limit_id = ? AND subject = ? AND bucket = ?",
        )?
        .query_row(params![limit, subject, bucket], |row| read_tally(row, 0))
        .optional()?;
    Ok(kept.unwrap_or_default())
}

fn keep(t: &Transaction<'_>, key: &CounterKey, tally: &Tally) -> Result<(), Fail> {
    let (limit, subject, bucket) = columns(key);
    t.prepare_cached(
        "REPLACE INTO counters (limit_id, subject, bucket, base, as_of, origin, added, own_max)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        limit,
        subject,
        bucket,
        Col(tally.base),
        tally.as_of.map(Col),
        Col(tally.origin),
        tally.added,
        tally.own_max.map(Col)
    ])?;
    Ok(())
}

pub(super) fn ensure(t: &Transaction<'_>, key: &CounterKey) -> Result<(), Fail> {
    keep(t, key, &tally(t, key)?)
}

pub(super) fn add(t: &Transaction<'_>, key: &CounterKey, delta: i64, at: Timestamp) -> Result<(), Fail> {
    let mut tally = tally(t, key)?;
    let at = tally.file_under(at);
    let (limit, subject, bucket) = columns(key);
    t.prepare_cached("DELETE FROM additions WHERE limit_id = ? AND subject = ? AND bucket = ? AND at < ?")?
        .execute(params![limit, subject, bucket, Col(Tally::forget_times_before(at))])?;
    // Added up here, because SQLite's sum would turn into a float where this one saturates.
    let before: Option<i64> = t
        .prepare_cached(
            "SELECT delta FROM additions WHERE limit_id = ? AND subject = ? AND bucket = ? AND at = ?",
        )?
        .query_row(params![limit, subject, bucket, Col(at)], |row| row.get(0))
        .optional()?;
    let delta_at = before.unwrap_or(0).saturating_add(delta);
    t.prepare_cached("REPLACE INTO additions (limit_id, subject, bucket, at, delta) VALUES (?, ?, ?, ?, ?)")?
        .execute(params![limit, subject, bucket, Col(at), delta_at])?;
    tally.add(delta);
    keep(t, key, &tally)
}

/// Forgets the additions that a report as of `as_of` contains, and sums up the others.
fn later(t: &Transaction<'_>, key: &CounterKey, as_of: Timestamp) -> Result<i64, Fail> {
    let (limit, subject, bucket) = columns(key);
    t.prepare_cached("DELETE FROM additions WHERE limit_id = ? AND subject = ? AND bucket = ? AND at <= ?")?
        .execute(params![limit, subject, bucket, Col(as_of)])?;
    let mut statement = t.prepare_cached(
        "SELECT delta FROM additions WHERE limit_id = ? AND subject = ? AND bucket = ? ORDER BY at",
    )?;
    let deltas = statement.query_map(params![limit, subject, bucket], |row| row.get::<_, i64>(0))?;
    let mut sum = 0_i64;
    for delta in deltas {
        sum = sum.saturating_add(delta?);
    }
    Ok(sum)
}

pub(super) fn apply(t: &Transaction<'_>, ops: &[CounterOp]) -> Result<Vec<Counter>, Fail> {
    for op in ops {
        let key = &op.key();
        if let CounterOp::Add { delta, at, .. } = *op {
            add(t, key, delta, at)?;
            continue;
        }
        let mut tally = tally(t, key)?;
        match *op {
            CounterOp::Report { value, as_of, origin, .. } if tally.accepts(as_of) => {
                tally.report(value, as_of, origin, later(t, key, as_of)?);
            }
            CounterOp::OwnMax { max, .. } => tally.own_max = max,
            CounterOp::Report { .. } | CounterOp::Add { .. } => {}
        }
        keep(t, key, &tally)?;
    }
    ops.iter().map(|op| counter(t, &op.key(), None)).collect()
}

/// The counter as it stands; with `now`, without what expired permits held.
pub(super) fn counter(
    t: &Transaction<'_>,
    key: &CounterKey,
    now: Option<Timestamp>,
) -> Result<Counter, Fail> {
    Ok(tally(t, key)?.counter(held(t, key, now, None)?))
}

pub(super) fn all(t: &Transaction<'_>, horizon: &Horizon) -> Result<Vec<(CounterKey, Counter)>, Fail> {
    let mut statement = t.prepare_cached(
        "SELECT limit_id, subject, bucket, base, as_of, origin, added, own_max FROM counters
         ORDER BY limit_id, subject, bucket",
    )?;
    let rows = statement.query_map([], |row| Ok((read_key(row, 0)?, read_tally(row, 3)?)))?;
    let held = all_held(t)?;
    let mut counters = Vec::new();
    for row in rows {
        if let (Some(key), tally) = row?
            && !horizon.past(&key)
        {
            counters.push((key, tally.counter(held.get(&key).copied().unwrap_or_default())));
        }
    }
    Ok(counters)
}

/// No report counts as later than `latest`.
pub(super) fn clamp_reports(t: &Transaction<'_>, latest: Timestamp) -> Result<(), Fail> {
    t.execute("UPDATE counters SET as_of = ?1 WHERE as_of > ?1", params![Col(latest)])?;
    Ok(())
}
