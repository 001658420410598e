//! Time was corrected: what is dated later than now has not happened, and what memory has forgotten may be needed again.

use rusqlite::params;
use sha2::{Digest as _, Sha256};

use super::change_log::RowKey;
use super::codec::Col;
use super::fail::Fail;
use super::tx::Tx;
use super::user_row::{Note, UserRow};
use super::{accounts, catalogs, counters, logins, permits, prune, reports, singles, users};
use crate::model::{
    Account, BillingDay, BillingMonth, Horizon, LoginId, Pseudonym, ReportedSuspension, Timestamp,
};
use crate::store::StoredDocument;

pub(super) fn correct(
    t: &mut Tx<'_>,
    now: Timestamp,
    day: BillingDay,
    month: BillingMonth,
) -> Result<(), Fail> {
    prune::correct(t, month);
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
    permits::correct(t, day, month)?;
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
pub(super) fn recall(t: &mut Tx<'_>, since: &Horizon, until: &Horizon) -> Result<(), Fail> {
    accounts::rewrite(t, |key, account| {
        (!key.is_past(since) && key.is_past(until)).then(|| account.clone())
    })?;
    for (user, row) in users::all(t, "TRUE")? {
        let active = row.active();
        if active.is_needed(since) && !active.is_needed(until) {
            let changed = t.seq;
            t.file(RowKey::User(user));
            t.group.cache.put_user(user, UserRow { changed, ..row });
        }
    }
    Ok(())
}

/// Users counted ahead lose that count: the provider counted them somewhere, and nobody can say where. They stay counted
/// in the months that have begun.
fn users(t: &mut Tx<'_>, now: Timestamp, day: BillingDay, month: BillingMonth) -> Result<(), Fail> {
    let begun: Vec<_> = logins::months_listed(t)?.into_iter().filter(|begun| *begun <= month).collect();
    for (user, before) in users::all(t, "TRUE")? {
        let mut row = before.clone();
        for note in &mut row.notes {
            (note.at, note.month) = (note.at.min(now), note.month.min(month));
        }
        let mut active = row.active();
        let mut listed = None;
        if active.is_ahead(day, month) {
            for of in begun.iter().copied().chain(active.month.filter(|of| *of <= month)) {
                if listed < Some(of) && logins::is_listed(t, user, &row, of)? {
                    listed = Some(of);
                }
            }
        }
        if active.correct(now, day, month, listed) {
            row.notes.push(Note { login: drawn(user, t.seq), at: now, month });
            if active.month != row.month {
                // Its last month is in its row.
                row.unlisted = active.month != listed;
                t.prepare("DELETE FROM active WHERE month = ? AND user = ?")?
                    .execute(params![active.month.map(BillingMonth::number), Col(user)])?;
            }
            (row.month, row.day) = (active.month, active.day);
        }
        users::save(t, user, &before, row);
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
fn months(t: &mut Tx<'_>, now: Timestamp, month: BillingMonth) -> Result<(), Fail> {
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
    let ahead = t.hot().totals.split_off(&number.saturating_add(1));
    t.hot().totals_text = None;
    for totals in ahead.into_values() {
        reports::add_totals(t, month, totals.iter().map(|(name, n)| (name.as_str(), *n)));
    }
    Ok(())
}
