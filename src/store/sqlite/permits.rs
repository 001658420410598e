//! Taking and giving back room.

use rusqlite::params;

use super::accounts::{counter, touch};
use super::codec::{Col, key as columns, read_key, read_wait};
use super::fail::Fail;
use super::holds::read_permit;
use super::tx::Tx;
use crate::model::{Elapsed, HeldSince, Owner, first_full};
use crate::store::{Pass, PermitId, Reserve, ReserveAnswer};

pub(super) fn reserve(t: &Tx<'_>, reserve: &Reserve) -> Result<ReserveAnswer, Fail> {
    release_lapsed(t, reserve.now.elapsed)?;
    if reserve.pass == Pass::First {
        let now = reserve.now.elapsed;
        let full = first_full(&reserve.items, |key| counter(t, key, now, Some(reserve.permit)))?;
        if let Some((item, counter)) = full {
            return Ok(ReserveAnswer::Full { item, counter });
        }
    }
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
    Ok(ReserveAnswer::Held(HeldSince::new(reserve.now, t.seq)))
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
