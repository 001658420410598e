//! Room held until it is used, given back or lapsed. A group of works reads all permits once, when the first of them is
//! asked for, and writes those that changed once.

use super::accounts::{account, change, is_filed};
use super::change_log::RowKey;
use super::fail::Fail;
use super::permit_rows::{Permit, Permits, SINCE};
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
        None => Permits::read(t.connection())?,
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
    Ok(all(t)?.held(counter, key, now, except))
}

/// Marks counters as changed: what permits hold of them changed. Rows that are there did not, and are not written.
fn touch<'k>(t: &mut Tx<'_>, mut keys: impl Iterator<Item = &'k CounterKey>) -> Result<(), Fail> {
    keys.try_for_each(|key| {
        if !is_filed(t, key)? {
            return change(t, key, |_| {});
        }
        t.file(RowKey::Room(*key));
        Ok(())
    })
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
    let permit = Permit { hold, owner: Some(reserve.owner), others: Vec::new() };
    insert(t, reserve.permit, permit)?;
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
    touch(t, permit.hold.items.iter().map(|(key, _)| key))?;
    t.changed();
    all(t)?.insert(id, permit);
    Ok(())
}

/// Gives a permit back; says what it held.
pub(super) fn release(t: &mut Tx<'_>, permit: PermitId) -> Result<Option<Hold>, Fail> {
    let Some(held) = all(t)?.remove(permit) else { return Ok(None) };
    t.changed();
    touch(t, held.hold.items.iter().map(|(key, _)| key))?;
    Ok(Some(held.hold))
}

fn release_all(t: &mut Tx<'_>, permits: impl IntoIterator<Item = PermitId>) -> Result<(), Fail> {
    permits.into_iter().try_for_each(|permit| release(t, permit).map(drop))
}

fn release_lapsed(t: &mut Tx<'_>, now: Elapsed) -> Result<(), Fail> {
    let lapsed = all(t)?.lapsed(now);
    release_all(t, lapsed)
}

/// Releases what a guard instance that is gone held.
pub(super) fn release_of(t: &mut Tx<'_>, owner: Owner) -> Result<(), Fail> {
    let held = all(t)?.iter().filter(|(_, permit)| permit.owner == Some(owner));
    let held: Vec<_> = held.map(|(id, _)| id).collect();
    release_all(t, held)
}

/// Moves what is held in windows that have not begun to those that have. Users are corrected before.
pub(super) fn correct(t: &mut Tx<'_>, day: BillingDay, month: BillingMonth) -> Result<(), Fail> {
    let ahead = all(t)?.iter().filter(|(_, permit)| permit.hold.is_ahead(day, month));
    let ids: Vec<_> = ahead.map(|(id, _)| id).collect();
    for id in ids {
        let Some(Permit { hold, owner, others }) = all(t)?.remove(id) else { continue };
        touch(t, hold.items.iter().map(|(key, _)| key))?;
        t.changed();
        let row = users::load(t, id.user())?;
        let this_month = logins::is_listed(t, id.user(), &row, month)?;
        let counted = Counted { this_month, today: row.day == Some(day) };
        let hold = hold.begun_by(day, month, counted);
        if !hold.items.is_empty() || !others.is_empty() {
            insert(t, id, Permit { hold, owner, others })?;
        }
    }
    Ok(())
}
