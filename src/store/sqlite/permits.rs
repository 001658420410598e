//! Room held until it is used, given back or lapsed. There are few permits at a time, also beside many counters.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension as _, Row, params};

use super::accounts::{account, touch};
use super::codec::{Col, key as columns, read_key, read_wait};
use super::fail::Fail;
use super::tx::Tx;
use crate::model::{
    BillingDay, BillingMonth, Counter, CounterKey, Elapsed, HeldSince, Hold, Owner, Timestamp, Wait,
    first_full,
};
use crate::store::{Pass, PermitId, Reserve, ReserveAnswer};

/// Since when it was held decides nothing while it is held; the caller keeps it until it commits.
const SINCE: HeldSince = HeldSince { at: Timestamp::MIN, seq: 0 };

fn read_permit(row: &Row<'_>) -> rusqlite::Result<PermitId> {
    Ok(PermitId(row.get::<_, Col<u128>>(0)?.0))
}

/// What permits hold of one counter, but for `except`.
pub(super) fn of_counter(t: &Tx<'_>, key: &CounterKey, except: Option<PermitId>) -> Result<Vec<Hold>, Fail> {
    let (limit, subject, bucket) = columns(key);
    let mut statement = t.prepare(
        "SELECT amount, begun, length_ms FROM permit_items JOIN permits USING (permit)
         WHERE limit_id = ?1 AND subject = ?2 AND bucket = ?3 AND permit IS NOT ?4",
    )?;
    let except = except.map(|permit| Col(permit.0));
    let rows = statement.query_map(params![limit, subject, bucket, except], |row| {
        Ok(Hold { items: vec![(*key, row.get(0)?)], wait: read_wait(row, 1)?, since: SINCE })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Everything that permits hold.
pub(super) fn all(t: &Tx<'_>) -> Result<Vec<Hold>, Fail> {
    let mut statement = t.prepare(
        "SELECT permit, begun, length_ms, amount, limit_id, subject, bucket
         FROM permit_items JOIN permits USING (permit)",
    )?;
    let mut rows = statement.query([])?;
    let mut holds = BTreeMap::<PermitId, Hold>::new();
    while let Some(row) = rows.next()? {
        if let Some(key) = read_key(row, 4)? {
            let wait = read_wait(row, 1)?;
            let hold = holds.entry(read_permit(row)?).or_insert(Hold { items: vec![], wait, since: SINCE });
            hold.items.push((key, row.get(3)?));
        }
    }
    Ok(holds.into_values().collect())
}

/// The counter as it stands at `now`, without what `except` holds.
pub(super) fn counter(
    t: &Tx<'_>,
    key: &CounterKey,
    now: Elapsed,
    except: Option<PermitId>,
) -> Result<Counter, Fail> {
    let holds = of_counter(t, key, except)?;
    Ok(held(account(t, key)?.counter, key, &holds, now))
}

/// `counter` with what `holds` take of it at `now`.
pub(super) fn held(counter: Counter, key: &CounterKey, holds: &[Hold], now: Elapsed) -> Counter {
    holds.iter().fold(counter, |counter, hold| hold.add_to(counter, key, now))
}

/// For how long a permit holds its room; `None` when it is not known.
pub(super) fn wait(t: &Tx<'_>, permit: PermitId) -> Result<Option<Wait>, Fail> {
    Ok(t.prepare("SELECT begun, length_ms FROM permits WHERE permit = ?")?
        .query_row(params![Col(permit.0)], |row| read_wait(row, 0))
        .optional()?)
}

pub(super) fn reserve(t: &Tx<'_>, reserve: &Reserve) -> Result<ReserveAnswer, Fail> {
    release_lapsed(t, reserve.now.elapsed)?;
    if reserve.pass == Pass::First {
        let now = reserve.now.elapsed;
        let full = first_full(&reserve.items, |key| counter(t, key, now, Some(reserve.permit)))?;
        if let Some((item, counter)) = full {
            return Ok(ReserveAnswer::Full { item, counter });
        }
    }
    let again = wait(t, reserve.permit)?.is_some();
    release(t, reserve.permit)?;
    let (permit, wait) = (Col(reserve.permit.0), reserve.wait);
    t.prepare("INSERT INTO permits (permit, owner, begun, length_ms) VALUES (?, ?, ?, ?)")?
        .execute(params![permit, t.owner.map(|owner| Col(owner.0)), Col(wait.begun), Col(wait.length_ms)])?;
    for (position, item) in (0_u64..).zip(&reserve.items) {
        touch(t, &item.key)?;
        let (limit, subject, bucket) = columns(&item.key);
        t.prepare(
            "INSERT INTO permit_items (permit, item, limit_id, subject, bucket, amount)
             VALUES (?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![permit, Col(position), limit, subject, bucket, item.amount])?;
    }
    let since = match reserve.pass {
        Pass::First => HeldSince::new(reserve.now, t.seq),
        Pass::Replay => {
            let mut reported = false;
            for item in &reserve.items {
                reported |= account(t, &item.key)?.reported_seq == t.seq;
            }
            HeldSince::replayed(reserve.now, t.seq, reported)
        }
    };
    Ok(ReserveAnswer::Held { since, again })
}

pub(super) fn release(t: &Tx<'_>, permit: PermitId) -> Result<(), Fail> {
    let mut statement = t.prepare("SELECT limit_id, subject, bucket FROM permit_items WHERE permit = ?")?;
    let keys = statement
        .query_map(params![Col(permit.0)], |row| read_key(row, 0))?
        .collect::<Result<Vec<_>, _>>()?;
    for key in keys.iter().flatten() {
        touch(t, key)?;
    }
    t.prepare("DELETE FROM permit_items WHERE permit = ?")?.execute(params![Col(permit.0)])?;
    t.prepare("DELETE FROM permits WHERE permit = ?")?.execute(params![Col(permit.0)])?;
    Ok(())
}

fn release_lapsed(t: &Tx<'_>, now: Elapsed) -> Result<(), Fail> {
    let mut statement = t.prepare("SELECT permit, begun, length_ms FROM permits")?;
    let permits = statement
        .query_map([], |row| Ok((read_permit(row)?, read_wait(row, 1)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    let lapsed = permits.into_iter().filter(|(_, wait)| wait.is_over(now));
    lapsed.into_iter().try_for_each(|(permit, _)| release(t, permit))
}

/// Releases what a guard instance that is gone held.
pub(super) fn release_of(t: &Tx<'_>, owner: Owner) -> Result<(), Fail> {
    let mut statement = t.prepare("SELECT permit FROM permits WHERE owner = ?")?;
    let permits = statement.query_map(params![Col(owner.0)], read_permit)?.collect::<Result<Vec<_>, _>>()?;
    permits.into_iter().try_for_each(|permit| release(t, permit))
}

/// Moves what is held in windows that have not begun to those that have.
pub(super) fn correct(t: &Tx<'_>, day: BillingDay, month: BillingMonth) -> Result<(), Fail> {
    let mut statement = t.prepare("SELECT DISTINCT limit_id, subject, bucket FROM permit_items")?;
    let keys = statement.query_map([], |row| read_key(row, 0))?.collect::<Result<Vec<_>, _>>()?;
    for key in keys.into_iter().flatten().filter(|key| key.is_ahead(day, month)) {
        let begun = key.begun_by(day, month);
        touch(t, &key)?;
        touch(t, &begun)?;
        let (limit, subject, bucket) = columns(&key);
        t.prepare("UPDATE permit_items SET bucket = ? WHERE limit_id = ? AND subject = ? AND bucket = ?")?
            .execute(params![begun.bucket, limit, subject, bucket])?;
    }
    Ok(())
}
