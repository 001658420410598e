//! Forgetting months that are over.

use rusqlite::params;

use super::codec::{Col, key as columns, read_key};
use super::fail::Fail;
use super::logins;
use super::tx::Tx;
use crate::model::{BillingMonth, CounterKey, Horizon, Pseudonym, UserFacts};

pub(super) fn prune(t: &Tx<'_>, before: BillingMonth) -> Result<(), Fail> {
    let horizon = Horizon::new(before);
    for table in ["counters", "warnings"] {
        for key in past_keys(t, table, &horizon)? {
            let (limit, subject, bucket) = columns(&key);
            t.prepare(&format!("DELETE FROM {table} WHERE limit_id = ? AND subject = ? AND bucket = ?"))?
                .execute(params![limit, subject, bucket])?;
        }
    }
    // Not counters that have become empty: other processes may not have followed that change yet.
    notes(t, before)?;
    for (user, entry) in logins::all(t)? {
        let kept = entry.active.is_needed(&horizon) || entry.active.uncertain.is_some();
        if !kept && !entry.facts.as_deref().is_some_and(UserFacts::are_lasting) {
            t.prepare("DELETE FROM users WHERE user = ?")?.execute(params![Col(user)])?;
        }
    }
    for table in ["active", "deferred", "identities", "totals"] {
        t.prepare(&format!("DELETE FROM {table} WHERE month < ?"))?.execute(params![before.number()])?;
    }
    t.prepare("DELETE FROM permit_terms WHERE at < ?")?.execute(params![Col(horizon.instant)])?;
    t.prepare("DELETE FROM happenings WHERE at < ?")?.execute(params![Col(horizon.instant)])?;
    Ok(())
}

fn notes(t: &Tx<'_>, before: BillingMonth) -> Result<(), Fail> {
    let mut statement = t.prepare("SELECT DISTINCT user FROM notes WHERE month < ?")?;
    let users = statement
        .query_map(params![before.number()], |row| Ok(row.get::<_, Col<Pseudonym>>(0)?.0))?
        .collect::<Result<Vec<_>, _>>()?;
    t.prepare("DELETE FROM notes WHERE month < ?")?.execute(params![before.number()])?;
    users.into_iter().try_for_each(|user| logins::renote(t, user))
}

/// Levels, the bulk of all counters, are in bucket 0 and never past.
fn past_keys(t: &Tx<'_>, table: &str, horizon: &Horizon) -> Result<Vec<CounterKey>, Fail> {
    let mut statement =
        t.prepare(&format!("SELECT DISTINCT limit_id, subject, bucket FROM {table} WHERE bucket <> 0"))?;
    let keys = statement.query_map([], |row| read_key(row, 0))?.collect::<Result<Vec<_>, _>>()?;
    Ok(keys.into_iter().flatten().filter(|key| key.is_past(horizon)).collect())
}
