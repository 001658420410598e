//! Forgetting months that are over, once for each.

use rusqlite::params;

use super::codec::{Col, key as columns, read_key};
use super::fail::Fail;
use super::leases;
use super::tx::Tx;
use super::user_row::{self, UserRow};
use super::users::{all, save};
use crate::model::{BillingMonth, CounterKey, Horizon, Pseudonym, UserFacts};

pub(super) fn prune(t: &mut Tx<'_>, before: BillingMonth) -> Result<(), Fail> {
    if t.group.hot.pruned >= Some(before) {
        return Ok(());
    }
    t.hot().pruned = Some(before);
    let horizon = Horizon::new(before);
    t.write_back()?;
    for (past, delete) in [(PAST_COUNTERS, DELETE_COUNTER), (PAST_WARNINGS, DELETE_WARNINGS)] {
        for key in past_keys(t, past, &horizon)? {
            let (limit, subject, bucket) = columns(&key);
            t.prepare(delete)?.execute(params![limit, subject, bucket])?;
        }
    }
    // Not counters that have become empty: other processes may not have followed that change yet.
    leases::prune(t, &horizon)?;
    let candidates = format!("month IS NULL OR month < {}", before.number());
    for (user, row) in all(t, &candidates)? {
        prune_user(t, user, &row, &horizon)?;
    }
    t.write_back()?;
    for sql in [
        "DELETE FROM active WHERE month < ?",
        "DELETE FROM deferred WHERE month < ?",
        "DELETE FROM identities WHERE month < ?",
    ] {
        t.prepare(sql)?.execute(params![before.number()])?;
    }
    let hot = t.hot();
    hot.totals = hot.totals.split_off(&before.number());
    hot.totals_text = None;
    t.prepare("DELETE FROM permit_terms WHERE at < ?")?.execute(params![Col(horizon.instant)])?;
    t.prepare("DELETE FROM happenings WHERE at < ?")?.execute(params![Col(horizon.instant)])?;
    Ok(())
}

/// Time was corrected: what is forgotten of months that have not begun may be there again.
pub(super) fn correct(t: &mut Tx<'_>, month: BillingMonth) {
    if t.group.hot.pruned > Some(month) {
        t.hot().pruned = Some(month);
    }
}

fn prune_user(t: &mut Tx<'_>, user: Pseudonym, before: &UserRow, horizon: &Horizon) -> Result<(), Fail> {
    let mut row = before.clone();
    row.notes.retain(|note| note.month >= horizon.month);
    let lasting = row.facts.as_deref().is_some_and(UserFacts::are_lasting);
    if row.notes.is_empty() && !row.active().is_needed(horizon) && !lasting {
        if row.lease.is_none() {
            return user_row::forget(t.connection(), user);
        }
        (row.month, row.day, row.unlisted, row.facts) = (None, None, false, None);
        t.group.cache.put_user(user, row);
        t.changed();
        return Ok(());
    }
    if row.month < Some(horizon.month) && row.month.is_some() {
        row.unlisted = true;
    }
    save(t, user, before, row);
    Ok(())
}

/// Levels, the bulk of all counters, are in bucket 0 and never past.
const PAST_COUNTERS: &str = "SELECT DISTINCT limit_id, subject, bucket FROM counters WHERE bucket <> 0";
const PAST_WARNINGS: &str = "SELECT DISTINCT limit_id, subject, bucket FROM warnings WHERE bucket <> 0";
const DELETE_COUNTER: &str = "DELETE FROM counters WHERE limit_id = ? AND subject = ? AND bucket = ?";
const DELETE_WARNINGS: &str = "DELETE FROM warnings WHERE limit_id = ? AND subject = ? AND bucket = ?";

fn past_keys(t: &Tx<'_>, sql: &str, horizon: &Horizon) -> Result<Vec<CounterKey>, Fail> {
    let mut statement = t.prepare(sql)?;
    let keys = statement.query_map([], |row| read_key(row, 0))?.collect::<Result<Vec<_>, _>>()?;
    Ok(keys.into_iter().flatten().filter(|key| key.is_past(horizon)).collect())
}
