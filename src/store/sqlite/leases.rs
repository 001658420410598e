//! The right to carry out one user's login, between processes.

use std::time::Duration;

use rusqlite::types::FromSqlError;
use rusqlite::{OptionalExtension as _, Row, params};

use super::codec::{Col, read_wait};
use super::fail::Fail;
use super::tx::Tx;
use crate::model::{
    Elapsed, Lease, LeaseAnswer, LeaseEnd, LeaseEnded, Moment, Owner, Pseudonym, Timestamp, Wait,
};

const COLUMNS: &str = "owner, fence, begun, length_ms, ended, ended_at, ended_elapsed, code";

fn read(row: &Row<'_>) -> rusqlite::Result<Lease> {
    let (Col(owner), Col(fence)) = (row.get(0)?, row.get(1)?);
    let end = match row.get::<_, Option<String>>(4)?.as_deref() {
        None => None,
        Some("succeeded") => Some(LeaseEnd::Succeeded),
        Some("failed") => Some(LeaseEnd::Failed(row.get(7)?)),
        Some("abandoned") => Some(LeaseEnd::Abandoned),
        Some(_) => return Err(FromSqlError::InvalidType.into()),
    };
    let ended = match end {
        None => None,
        Some(end) => {
            let (Col(at), Col(elapsed)) = (row.get::<_, Col<Timestamp>>(5)?, row.get::<_, Col<Elapsed>>(6)?);
            Some(LeaseEnded { end, at, elapsed })
        }
    };
    Ok(Lease { owner: Owner(owner), fence, wait: read_wait(row, 2)?, ended })
}

pub(super) fn lease(t: &Tx<'_>, user: Pseudonym) -> Result<Option<Lease>, Fail> {
    let sql = format!("SELECT {COLUMNS} FROM leases WHERE user = ?");
    Ok(t.prepare(&sql)?.query_row(params![Col(user)], read).optional()?)
}

pub(super) fn acquire(
    t: &Tx<'_>,
    user: Pseudonym,
    owner: Owner,
    wait: Wait,
    settle_for: Duration,
) -> Result<LeaseAnswer, Fail> {
    if let Some(lease) = lease(t, user)?.filter(|lease| lease.blocks(wait.begun, settle_for)) {
        return Ok(LeaseAnswer::Held(lease));
    }
    // One sequence for all users, so that forgetting a lease cannot bring an old fence back.
    let Col(fence) = t
        .prepare("UPDATE singles SET last_fence = last_fence + 1 RETURNING last_fence")?
        .query_row([], |row| row.get::<_, Col<u64>>(0))?;
    t.prepare("REPLACE INTO leases (user, owner, fence, begun, length_ms) VALUES (?, ?, ?, ?, ?)")?
        .execute(params![Col(user), Col(owner.0), Col(fence), Col(wait.begun), Col(wait.length_ms)])?;
    Ok(LeaseAnswer::Granted { fence })
}

/// The lease of `user` while it is that of `fence` and runs.
fn running(t: &Tx<'_>, user: Pseudonym, fence: u64) -> Result<Option<Lease>, Fail> {
    Ok(lease(t, user)?.filter(|lease| lease.fence == fence && lease.ended.is_none()))
}

pub(super) fn renew(t: &Tx<'_>, user: Pseudonym, fence: u64, wait: Wait) -> Result<bool, Fail> {
    let Some(lease) = running(t, user, fence)? else { return Ok(false) };
    // Never shortened.
    if lease.wait.left(wait.begun) < wait.left(wait.begun) {
        t.prepare("UPDATE leases SET begun = ?, length_ms = ? WHERE user = ?")?.execute(params![
            Col(wait.begun),
            Col(wait.length_ms),
            Col(user)
        ])?;
    }
    Ok(true)
}

pub(super) fn end(t: &Tx<'_>, user: Pseudonym, fence: u64, end: LeaseEnd, now: Moment) -> Result<bool, Fail> {
    if running(t, user, fence)?.is_none() {
        return Ok(false);
    }
    let (ended, code) = match end {
        LeaseEnd::Succeeded => ("succeeded", None),
        LeaseEnd::Failed(code) => ("failed", Some(code)),
        LeaseEnd::Abandoned => ("abandoned", None),
    };
    t.prepare("UPDATE leases SET ended = ?, ended_at = ?, ended_elapsed = ?, code = ? WHERE user = ?")?
        .execute(params![ended, Col(now.at), Col(now.elapsed), code, Col(user)])?;
    Ok(true)
}

/// Every lease, with its user.
fn all(t: &Tx<'_>) -> Result<Vec<(Pseudonym, Lease)>, Fail> {
    let sql = format!("SELECT {COLUMNS}, user FROM leases");
    let mut statement = t.prepare(&sql)?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, Col<Pseudonym>>(8)?.0, read(row)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn sweep(t: &Tx<'_>, now: Elapsed, settle_for: Duration) -> Result<(), Fail> {
    for (user, lease) in all(t)? {
        if !lease.blocks(now, settle_for) {
            t.prepare("DELETE FROM leases WHERE user = ?")?.execute(params![Col(user)])?;
        }
    }
    Ok(())
}

/// Ends what a guard instance that is gone had running: it left no answer.
pub(super) fn end_of(t: &Tx<'_>, owner: Owner, now: Moment) -> Result<(), Fail> {
    for (user, lease) in all(t)? {
        if lease.owner == owner {
            end(t, user, lease.fence, LeaseEnd::Abandoned, now)?;
        }
    }
    Ok(())
}
