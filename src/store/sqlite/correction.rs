//! Time was corrected: what is dated later than now has not happened, and what memory has forgotten may be needed again.

use rusqlite::params;
use sha2::{Digest as _, Sha256};

use super::codec::Col;
use super::fail::Fail;
use super::tx::Tx;
use super::{accounts, catalogs, counters, logins, permits, reports, singles};
use crate::model::{
    Account, BillingDay, BillingMonth, Horizon, LoginId, Pseudonym, ReportedSuspension, Timestamp,
};
use crate::store::{Sent, StoredDocument};

pub(super) fn correct(t: &Tx<'_>, now: Timestamp, day: BillingDay, month: BillingMonth) -> Result<(), Fail> {
    permits::correct(t, day, month)?;
    accounts::rewrite(t, |key, account| {
        let mut corrected = account.clone();
        if key.is_ahead(day, month) {
            // The row stays and says nothing, so that its end is reported like any change.
            corrected = Account::default();
        } else {
            corrected.clamp(now);
        }
        (corrected != *account).then_some(corrected)
    })?;
    for warning in reports::warned(t)? {
        if warning.counter.is_ahead(day, month) {
            reports::rearm(t, warning)?;
        }
    }
    users(t, now, day, month)?;
    months(t, now, month)?;
    if let Some(document) = singles::document(t)?.filter(|document| document.fetched_at > now) {
        singles::keep_document(t, &StoredDocument { fetched_at: now, ..document })?;
    }
    catalogs::correct(t, now)?;
    counters::correct_terms(t, now)?;
    if let Some(reported) = singles::suspension(t)?.filter(|reported| reported.at > now) {
        singles::save_suspension(t, Some(&ReportedSuspension { at: now, ..reported }))?;
    }
    Ok(())
}

/// Marks what is needed at `since`, but not at `until`, as changed.
pub(super) fn recall(t: &Tx<'_>, since: &Horizon, until: &Horizon) -> Result<(), Fail> {
    accounts::rewrite(t, |key, account| {
        (!key.is_past(since) && key.is_past(until)).then(|| account.clone())
    })?;
    for (user, entry) in logins::all(t)? {
        if entry.active.is_needed(since) && !entry.active.is_needed(until) {
            logins::keep(t, user, &entry.active)?;
        }
    }
    Ok(())
}

/// Users counted ahead lose that count: the provider counted them somewhere, and nobody can say where. They stay counted
/// in the months that have begun.
fn users(t: &Tx<'_>, now: Timestamp, day: BillingDay, month: BillingMonth) -> Result<(), Fail> {
    t.prepare("UPDATE notes SET at = min(at, ?1), month = min(month, ?2) WHERE at > ?1 OR month > ?2")?
        .execute(params![Col(now), month.number()])?;
    let begun: Vec<_> = logins::months_counted(t)?.into_iter().filter(|begun| *begun <= month).collect();
    for (user, entry) in logins::all(t)? {
        let mut active = entry.active;
        let mut listed = None;
        if active.is_ahead(day, month) {
            for of in &begun {
                if listed.is_none() && reports::is_active(t, user, *of)? {
                    listed = Some(*of);
                }
            }
        }
        if active.correct(now, day, month, listed) {
            logins::note(t, &Sent { login: drawn(user, t.seq), user, at: now, month })?;
        }
        if active != entry.active {
            logins::keep(t, user, &active)?;
        }
    }
    t.prepare("DELETE FROM active WHERE month > ?")?.execute(params![month.number()])?;
    Ok(())
}

/// A name for the note of a login that has none of its own any more.
fn drawn(user: Pseudonym, seq: u64) -> LoginId {
    let hash = Sha256::new_with_prefix(b"corrected").chain_update(user.0).chain_update(seq.to_be_bytes());
    let mut name = [0; 16];
    name.copy_from_slice(&hash.finalize()[..16]);
    LoginId(u128::from_be_bytes(name))
}

/// Moves what is kept for months ahead to this one.
fn months(t: &Tx<'_>, now: Timestamp, month: BillingMonth) -> Result<(), Fail> {
    let number = month.number();
    t.prepare("UPDATE deferred SET at = ?1 WHERE at > ?1")?.execute(params![Col(now)])?;
    t.prepare("UPDATE happenings SET at = ?1 WHERE at > ?1")?.execute(params![Col(now)])?;
    let moves = [
        "INSERT OR IGNORE INTO deferred (month, user, at) SELECT ?1, user, at FROM deferred WHERE month > ?1",
        "DELETE FROM deferred WHERE month > ?1",
        "INSERT OR IGNORE INTO identities (month, user) SELECT ?1, user FROM identities WHERE month > ?1",
        "DELETE FROM identities WHERE month > ?1",
    ];
    for sql in moves {
        t.prepare(sql)?.execute(params![number])?;
    }
    let mut statement = t.prepare("SELECT name, value FROM totals WHERE month > ?")?;
    let ahead = statement
        .query_map(params![number], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Col<u64>>(1)?.0)))?
        .collect::<Result<Vec<_>, _>>()?;
    reports::add_totals(t, month, ahead.iter().map(|(name, n)| (name.as_str(), *n)))?;
    t.prepare("DELETE FROM totals WHERE month > ?")?.execute(params![number])?;
    Ok(())
}
