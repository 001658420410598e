//! The right to carry out one user's login, between processes: kept with the user.

use std::collections::HashSet;
use std::time::Duration;

use super::fail::Fail;
use super::tx::Tx;
use super::users::{each, load, save, under_way};
use crate::model::{
    Elapsed, Horizon, Lease, LeaseAnswer, LeaseEnd, LeaseEnded, Moment, Owner, Pseudonym, Wait,
};

/// Those users who have a lease.
const LEASED: &str = "lease IS NOT NULL";

pub(super) fn lease(t: &mut Tx<'_>, user: Pseudonym) -> Result<Option<Lease>, Fail> {
    Ok(load(t, user)?.lease)
}

fn put(t: &mut Tx<'_>, user: Pseudonym, lease: Option<Lease>) -> Result<(), Fail> {
    let before = load(t, user)?;
    let mut row = before.clone();
    row.lease = lease;
    save(t, user, &before, row);
    Ok(())
}

pub(super) fn acquire(
    t: &mut Tx<'_>,
    user: Pseudonym,
    owner: Owner,
    wait: Wait,
    settle_for: Duration,
) -> Result<LeaseAnswer, Fail> {
    if let Some(lease) = lease(t, user)?.filter(|lease| lease.blocks(wait.begun, settle_for)) {
        return Ok(LeaseAnswer::Held(lease));
    }
    // One sequence for all users, so that forgetting a lease cannot bring an old fence back.
    let hot = t.hot();
    hot.last_fence += 1;
    let fence = hot.last_fence;
    put(t, user, Some(Lease { owner, fence, wait, ended: None }))?;
    Ok(LeaseAnswer::Granted { fence })
}

/// The lease of `user` while it is that of `fence` and runs.
fn running(t: &mut Tx<'_>, user: Pseudonym, fence: u64) -> Result<Option<Lease>, Fail> {
    Ok(lease(t, user)?.filter(|lease| lease.fence == fence && lease.ended.is_none()))
}

pub(super) fn renew(t: &mut Tx<'_>, user: Pseudonym, fence: u64, wait: Wait) -> Result<bool, Fail> {
    let Some(lease) = running(t, user, fence)? else { return Ok(false) };
    // Never shortened.
    if lease.wait.left(wait.begun) < wait.left(wait.begun) {
        put(t, user, Some(Lease { wait, ..lease }))?;
    }
    Ok(true)
}

pub(super) fn end(
    t: &mut Tx<'_>,
    user: Pseudonym,
    fence: u64,
    end: LeaseEnd,
    now: Moment,
) -> Result<bool, Fail> {
    let Some(lease) = running(t, user, fence)? else { return Ok(false) };
    let ended = Some(LeaseEnded { end, at: now.at, elapsed: now.elapsed });
    put(t, user, Some(Lease { ended, ..lease }))?;
    Ok(true)
}

/// Forgets leases that are over; gives the owners of the others.
fn forget(t: &mut Tx<'_>, over: impl Fn(&Lease) -> bool) -> Result<HashSet<Owner>, Fail> {
    let (mut gone, mut named) = (Vec::new(), HashSet::new());
    each(t, LEASED, |user, row| match row.lease {
        Some(lease) if over(&lease) => gone.push(user),
        Some(lease) => drop(named.insert(lease.owner)),
        None => {}
    })?;
    gone.into_iter().try_for_each(|user| put(t, user, None))?;
    Ok(named)
}

pub(super) fn sweep(t: &mut Tx<'_>, now: Elapsed, settle_for: Duration) -> Result<(), Fail> {
    forget(t, |lease| !lease.blocks(now, settle_for)).map(drop)
}

/// Forgets those that ended before `horizon`, and who is named by none.
pub(super) fn prune(t: &mut Tx<'_>, horizon: &Horizon) -> Result<(), Fail> {
    let named = forget(t, |lease| lease.ended.is_some_and(|ended| ended.at < horizon.instant))?;
    let connection = t.connection();
    t.owners()?.retain(connection, |owner| named.contains(owner))
}

/// Ends what a guard instance that is gone had running: it left no answer.
pub(super) fn end_of(t: &mut Tx<'_>, owner: Owner, now: Moment) -> Result<(), Fail> {
    for (user, row) in under_way(t)? {
        if let Some(lease) = row.lease.filter(|lease| lease.owner == owner) {
            end(t, user, lease.fence, LeaseEnd::Abandoned, now)?;
        }
    }
    Ok(())
}
