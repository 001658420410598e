//! The right to carry out one user's login, between processes.

use std::time::Duration;

use rusqlite::types::FromSqlError;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::codec::Col;
use super::fail::Fail;
use crate::model::{Pseudonym, Timestamp};
use crate::store::port::{Lease, LeaseAnswer, LeaseEnd, Owner};
use crate::store::rules::blocks;

fn read(row: &Row<'_>) -> rusqlite::Result<Lease> {
    let (Col(owner), Col(fence), Col(until)) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let at = || row.get::<_, Col<Timestamp>>(4).map(|col| col.0);
    let ended = match row.get::<_, Option<String>>(3)?.as_deref() {
        None => None,
        Some("succeeded") => Some(LeaseEnd::Succeeded(at()?)),
        Some("failed") => Some(LeaseEnd::Failed(at()?, row.get(5)?)),
        Some("abandoned") => Some(LeaseEnd::Abandoned(at()?)),
        Some(_) => return Err(FromSqlError::InvalidType.into()),
    };
    Ok(Lease { owner: Owner(owner), fence, until, ended })
}

pub(super) fn lease(t: &Transaction<'_>, user: Pseudonym) -> Result<Option<Lease>, Fail> {
    Ok(t.prepare_cached("SELECT owner, fence, until, ended, ended_at, code FROM leases WHERE user = ?")?
        .query_row(params![Col(user)], read)
        .optional()?)
}

pub(super) fn acquire(
    t: &Transaction<'_>,
    user: Pseudonym,
    owner: Owner,
    now: Timestamp,
    ttl: Duration,
    settle_for: Duration,
) -> Result<LeaseAnswer, Fail> {
    if let Some(lease) = lease(t, user)?.filter(|lease| blocks(lease, now, settle_for)) {
        return Ok(LeaseAnswer::Held(lease));
    }
    // One sequence for all users, so that forgetting a lease cannot bring an old fence back.
    let Col(fence) = t
        .prepare_cached("UPDATE singles SET last_fence = last_fence + 1 RETURNING last_fence")?
        .query_row([], |row| row.get::<_, Col<u64>>(0))?;
    t.prepare_cached("REPLACE INTO leases (user, owner, fence, until) VALUES (?, ?, ?, ?)")?
        .execute(params![Col(user), Col(owner.0), Col(fence), Col(now.plus(ttl))])?;
    Ok(LeaseAnswer::Granted { fence })
}

pub(super) fn renew(
    t: &Transaction<'_>,
    user: Pseudonym,
    fence: u64,
    until: Timestamp,
) -> Result<bool, Fail> {
    let ours = t
        .prepare_cached(
            "UPDATE leases SET until = max(until, ?) WHERE user = ? AND fence = ? AND ended IS NULL",
        )?
        .execute(params![Col(until), Col(user), Col(fence)])?;
    Ok(ours > 0)
}

pub(super) fn end(t: &Transaction<'_>, user: Pseudonym, fence: u64, end: LeaseEnd) -> Result<bool, Fail> {
    let (ended, at, code) = match end {
        LeaseEnd::Succeeded(at) => ("succeeded", at, None),
        LeaseEnd::Failed(at, code) => ("failed", at, Some(code)),
        LeaseEnd::Abandoned(at) => ("abandoned", at, None),
    };
    let ours = t
        .prepare_cached(
            "UPDATE leases SET ended = ?, ended_at = ?, code = ?
             WHERE user = ? AND fence = ? AND ended IS NULL",
        )?
        .execute(params![ended, Col(at), code, Col(user), Col(fence)])?;
    Ok(ours > 0)
}
