//! Room held until it is used, given back or lapsed. A group of works reads all permits once, when the first of them is
//! asked for.

use rusqlite::params;

use super::accounts::{account, change};
use super::codec::{Col, key as columns};
use super::fail::Fail;
use super::permit_rows::{Permit, Permits, SINCE, held, read};
use super::tx::Tx;
use super::{logins, users};
use crate::model::{
    BillingDay, BillingMonth, Counted, Counter, CounterKey, Elapsed, HeldSince, Hold, Owner, first_full,
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
    let items = reserve.items.iter().map(|item| (item.key, item.amount)).collect();
    let hold = Hold { items, wait: reserve.wait, since: SINCE };
    let owner = t.owner;
    insert(t, reserve.permit, Permit { hold, owner })?;
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

fn insert(t: &mut Tx<'_>, id: PermitId, permit: Permit) -> Result<(), Fail> {
    let (name, wait) = (Col(id.0), permit.hold.wait);
    t.prepare("INSERT INTO permits (permit, owner, begun, length_ms) VALUES (?, ?, ?, ?)")?.execute(
        params![name, permit.owner.map(|owner| Col(owner.0)), Col(wait.begun), Col(wait.length_ms)],
    )?;
    for (position, (key, amount)) in (0_u64..).zip(&permit.hold.items) {
        let (limit, subject, bucket) = columns(key);
        t.prepare(
            "INSERT INTO permit_items (permit, item, limit_id, subject, bucket, amount)
             VALUES (?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![name, Col(position), limit, subject, bucket, amount])?;
    }
    touch(t, permit.hold.items.iter().map(|(key, _)| key))?;
    all(t)?.insert(id, permit);
    Ok(())
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

/// Moves what is held in windows that have not begun to those that have. Users are corrected before.
pub(super) fn correct(t: &mut Tx<'_>, day: BillingDay, month: BillingMonth) -> Result<(), Fail> {
    let held = all(t)?.iter().filter(|(_, permit)| permit.hold.is_ahead(day, month));
    let held: Vec<_> = held.map(|(id, permit)| (*id, permit.owner)).collect();
    for (id, owner) in held {
        let Some(hold) = release(t, id)? else { continue };
        let row = users::load(t, id.user())?;
        let this_month = logins::is_listed(t, id.user(), &row, month)?;
        let counted = Counted { this_month, today: row.day == Some(day) };
        if let Some(hold) = hold.begun_by(day, month, counted) {
            insert(t, id, Permit { hold, owner })?;
        }
    }
    Ok(())
}
