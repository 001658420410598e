//! Room held until it is used, given back or expired.

use std::collections::HashMap;

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::codec::{Col, key as columns, read_key};
use super::counters::{add, ensure, tally};
use super::fail::Fail;
use crate::model::{CounterKey, Timestamp};
use crate::store::port::{PermitId, ReserveAnswer, ReserveItem};
use crate::store::rules::{Held, first_full};

/// What permits hold of a counter: those that live at `now` if it is given, and without `except`.
pub(super) fn held(
    t: &Transaction<'_>,
    key: &CounterKey,
    now: Option<Timestamp>,
    except: Option<PermitId>,
) -> Result<Held, Fail> {
    let (limit, subject, bucket) = columns(key);
    let mut statement = t.prepare_cached(
        "SELECT amount, expires FROM permit_items JOIN permits USING (permit)
         WHERE limit_id = ?1 AND subject = ?2 AND bucket = ?3
           AND (?4 IS NULL OR ?4 < expires) AND permit IS NOT ?5",
    )?;
    let except = except.map(|permit| Col(permit.0));
    let rows = statement.query_map(params![limit, subject, bucket, now.map(Col), except], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Col<Timestamp>>(1)?.0))
    })?;
    let mut held = Held::default();
    for row in rows {
        let (amount, until) = row?;
        held = held.and(amount, until);
    }
    Ok(held)
}

/// What permits hold of every counter: there are few permits, and there may be many counters.
pub(super) fn all_held(t: &Transaction<'_>) -> Result<HashMap<CounterKey, Held>, Fail> {
    let mut statement = t.prepare_cached(
        "SELECT limit_id, subject, bucket, amount, expires FROM permit_items JOIN permits USING (permit)",
    )?;
    let rows = statement.query_map([], |row| {
        Ok((read_key(row, 0)?, row.get::<_, i64>(3)?, row.get::<_, Col<Timestamp>>(4)?.0))
    })?;
    let mut all = HashMap::<_, Held>::new();
    for row in rows {
        if let (Some(key), amount, until) = row? {
            let held = all.entry(key).or_default();
            *held = held.and(amount, until);
        }
    }
    Ok(all)
}

pub(super) fn reserve(
    t: &Transaction<'_>,
    permit: PermitId,
    items: &[ReserveItem],
    now: Timestamp,
    expires: Timestamp,
) -> Result<ReserveAnswer, Fail> {
    forget(t, now)?;
    let full = first_full(items, |key| -> Result<_, Fail> {
        Ok(tally(t, key)?.counter(held(t, key, None, Some(permit))?))
    })?;
    if let Some((item, counter)) = full {
        return Ok(ReserveAnswer::Full { item, counter });
    }
    release(t, permit)?;
    t.prepare_cached("INSERT INTO permits (permit, expires) VALUES (?, ?)")?
        .execute(params![Col(permit.0), Col(expires)])?;
    for (position, item) in items.iter().enumerate() {
        ensure(t, &item.key)?;
        let (limit, subject, bucket) = columns(&item.key);
        t.prepare_cached(
            "INSERT INTO permit_items (permit, item, limit_id, subject, bucket, amount)
             VALUES (?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            Col(permit.0),
            Col(position as u64),
            limit,
            subject,
            bucket,
            item.amount
        ])?;
    }
    Ok(ReserveAnswer::Held)
}

pub(super) fn commit(t: &Transaction<'_>, permit: PermitId, now: Timestamp) -> Result<bool, Fail> {
    let expires: Option<Col<Timestamp>> = t
        .prepare_cached("SELECT expires FROM permits WHERE permit = ?")?
        .query_row(params![Col(permit.0)], |row| row.get(0))
        .optional()?;
    let held = expires.is_some_and(|expires| now < expires.0);
    if held {
        let items = t
            .prepare_cached(
                "SELECT limit_id, subject, bucket, amount FROM permit_items WHERE permit = ? ORDER BY item",
            )?
            .query_map(params![Col(permit.0)], |row| Ok((read_key(row, 0)?, row.get::<_, i64>(3)?)))?
            .collect::<Result<Vec<_>, _>>()?;
        for (key, amount) in items {
            if let Some(key) = key {
                add(t, &key, amount, now)?;
            }
        }
    }
    release(t, permit)?;
    Ok(held)
}

pub(super) fn release(t: &Transaction<'_>, permit: PermitId) -> Result<(), Fail> {
    t.prepare_cached("DELETE FROM permit_items WHERE permit = ?")?.execute(params![Col(permit.0)])?;
    t.prepare_cached("DELETE FROM permits WHERE permit = ?")?.execute(params![Col(permit.0)])?;
    Ok(())
}

/// Forgets permits that expired by `now`.
pub(super) fn forget(t: &Transaction<'_>, now: Timestamp) -> Result<(), Fail> {
    let forgotten = t.prepare_cached("DELETE FROM permits WHERE expires <= ?")?.execute(params![Col(now)])?;
    if forgotten > 0 {
        t.prepare_cached("DELETE FROM permit_items WHERE permit NOT IN (SELECT permit FROM permits)")?
            .execute([])?;
    }
    Ok(())
}
