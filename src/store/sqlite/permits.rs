//! Room held until it is used, given back or lapsed. A group of works reads all permits once, when the first of them is
//! asked for.

use rusqlite::params;

use super::accounts::{account, change};
use super::codec::{Col, key as columns};
use super::fail::Fail;
use super::permit_rows::{Permit, Permits, SINCE, held, read};
use super::tx::Tx;
use crate::model::{
    BillingDay, BillingMonth, Counter, CounterKey, Elapsed, HeldSince, Hold, Owner, first_full,
};
use crate::store::{Pass, PermitId, Reserve, ReserveAnswer};

/// All permits, read once for the group.
pub(super) fn all<'g>(t: &'g mut Tx<'_>) -> Result<&'g mut Permits, Fail> {
    let permits = match t.group.permits.take() {
        Some(permits) => permits,
        None => read(t.connection())?,
    };
    Ok(t.group.permits.insert(permits))
}

/// The counter as it stands at `now`, without what `except` holds.
pub(super) fn counter(
    t: &mut Tx<'_>,
    key: &CounterKey,
    now: Elapsed,
    except: Option<PermitId>,
) -> Result<Counter, Fail> {
    let counter = account(t, key)?.counter;
    Ok(held(all(t)?, counter, key, now, except))
}

/// Marks counters as changed: what permits hold of them changed.
fn touch<'k>(t: &mut Tx<'_>, mut keys: impl Iterator<Item = &'k CounterKey>) -> Result<(), Fail> {
    keys.try_for_each(|key| change(t, key, |_| {}))
}

pub(super) fn reserve(t: &mut Tx<'_>, reserve: &Reserve) -> Result<ReserveAnswer, Fail> {
    release_lapsed(t, reserve.now.elapsed)?;
    if reserve.pass == Pass::First {
        let now = reserve.now.elapsed;
        let full = first_full(&reserve.items, |key| counter(t, key, now, Some(reserve.permit)))?;
        if let Some((item, counter)) = full {
            return Ok(ReserveAnswer::Full { item, counter });
        }
    }
    let again = release(t, reserve.permit)?.is_some();
    let (permit, wait) = (Col(reserve.permit.0), reserve.wait);
    t.prepare("INSERT INTO permits (permit, owner, begun, length_ms) VALUES (?, ?, ?, ?)")?
        .execute(params![permit, t.owner.map(|owner| Col(owner.0)), Col(wait.begun), Col(wait.length_ms)])?;
    for (position, item) in (0_u64..).zip(&reserve.items) {
        let (limit, subject, bucket) = columns(&item.key);
        t.prepare(
            "INSERT INTO permit_items (permit, item, limit_id, subject, bucket, amount)
             VALUES (?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![permit, Col(position), limit, subject, bucket, item.amount])?;
    }
    touch(t, reserve.items.iter().map(|item| &item.key))?;
    let items = reserve.items.iter().map(|item| (item.key, item.amount)).collect();
    let (hold, owner) = (Hold { items, wait, since: SINCE }, t.owner);
    all(t)?.insert(reserve.permit, Permit { hold, owner });
    let since = match reserve.pass {
        Pass::First => HeldSince::new(reserve.now, t.seq),
        Pass::Replay => {
            let (mut reported, seq) = (false, t.seq);
            for item in &reserve.items {
                reported |= account(t, &item.key)?.reported_seq == seq;
            }
            HeldSince::replayed(reserve.now, seq, reported)
        }
    };
    Ok(ReserveAnswer::Held { since, again })
}

/// Gives a permit back; says what it held.
pub(super) fn release(t: &mut Tx<'_>, permit: PermitId) -> Result<Option<Hold>, Fail> {
    let Some(held) = all(t)?.remove(&permit) else { return Ok(None) };
    touch(t, held.hold.items.iter().map(|(key, _)| key))?;
    t.prepare("DELETE FROM permit_items WHERE permit = ?")?.execute(params![Col(permit.0)])?;
    t.prepare("DELETE FROM permits WHERE permit = ?")?.execute(params![Col(permit.0)])?;
    Ok(Some(held.hold))
}

fn release_where(t: &mut Tx<'_>, over: impl Fn(&Permit) -> bool) -> Result<(), Fail> {
    let over: Vec<_> = all(t)?.iter().filter(|(_, permit)| over(permit)).map(|(id, _)| *id).collect();
    over.into_iter().try_for_each(|permit| release(t, permit).map(drop))
}

fn release_lapsed(t: &mut Tx<'_>, now: Elapsed) -> Result<(), Fail> {
    release_where(t, |permit| permit.hold.wait.is_over(now))
}

/// Releases what a guard instance that is gone held.
pub(super) fn release_of(t: &mut Tx<'_>, owner: Owner) -> Result<(), Fail> {
    release_where(t, |permit| permit.owner == Some(owner))
}

/// Moves what is held in windows that have not begun to those that have.
pub(super) fn correct(t: &mut Tx<'_>, day: BillingDay, month: BillingMonth) -> Result<(), Fail> {
    let held = all(t)?.values().flat_map(|permit| &permit.hold.items).map(|(key, _)| *key);
    let ahead: std::collections::BTreeSet<_> = held.filter(|key| key.is_ahead(day, month)).collect();
    for key in ahead {
        let begun = key.begun_by(day, month);
        touch(t, [&key, &begun].into_iter())?;
        let (limit, subject, bucket) = columns(&key);
        t.prepare("UPDATE permit_items SET bucket = ? WHERE limit_id = ? AND subject = ? AND bucket = ?")?
            .execute(params![begun.bucket, limit, subject, bucket])?;
        let items = all(t)?.values_mut().flat_map(|permit| &mut permit.hold.items);
        items.filter(|(held, _)| *held == key).for_each(|(held, _)| *held = begun);
    }
    Ok(())
}
