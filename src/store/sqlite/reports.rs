//! The room of reports: warnings given, deferred logins, totals, identities and spellings seen.

use rusqlite::params;

use super::codec::{Col, key as columns, read_key};
use super::fail::Fail;
use super::tx::Tx;
use crate::model::{BillingMonth, Pseudonym};
use crate::store::{DeferredLogin, LoginTotals, MonthUsers, Reports, StoreError, WarningKey};

/// The four figures of one month. A user is in the first group that applies.
const MONTH_USERS: &str = "
    SELECT (SELECT count(*) FROM active WHERE month = ?1),
           (SELECT count(DISTINCT user) FROM notes WHERE month = ?1
                AND NOT EXISTS (SELECT 1 FROM active WHERE active.month = ?1 AND active.user = notes.user)),
           count(*),
           count(*) FILTER (
               WHERE NOT EXISTS (SELECT 1 FROM active WHERE active.month = ?1 AND active.user = deferred.user)
                 AND NOT EXISTS (SELECT 1 FROM notes WHERE notes.month = ?1 AND notes.user = deferred.user))
    FROM deferred WHERE month = ?1";

fn defer(t: &Tx<'_>, deferred: DeferredLogin) -> Result<bool, Fail> {
    let new = t
        .prepare("INSERT OR IGNORE INTO deferred (month, user, at) VALUES (?, ?, ?)")?
        .execute(params![deferred.month.number(), Col(deferred.user), Col(deferred.at)])?;
    Ok(new > 0)
}

fn month_users(t: &Tx<'_>, month: BillingMonth) -> Result<MonthUsers, Fail> {
    Ok(t.prepare(MONTH_USERS)?.query_row(params![month.number()], |row| {
        let figure = |at| row.get::<_, Col<u64>>(at).map(|col| col.0);
        Ok(MonthUsers {
            active: figure(0)?,
            uncertain: figure(1)?,
            deferred: figure(2)?,
            deferred_never_active: figure(3)?,
        })
    })?)
}

fn note_identity(t: &Tx<'_>, month: BillingMonth, user: Pseudonym) -> Result<u64, Fail> {
    t.prepare("INSERT OR IGNORE INTO identities (month, user) VALUES (?, ?)")?
        .execute(params![month.number(), Col(user)])?;
    let Col(seen) = t
        .prepare("SELECT count(*) FROM identities WHERE month = ?")?
        .query_row(params![month.number()], |row| row.get::<_, Col<u64>>(0))?;
    Ok(seen)
}

fn note_spelling(t: &Tx<'_>, normal: Pseudonym, user: Pseudonym) -> Result<Pseudonym, Fail> {
    t.prepare("INSERT OR IGNORE INTO spellings (normal, user) VALUES (?, ?)")?
        .execute(params![Col(normal), Col(user)])?;
    let Col(first) = t
        .prepare("SELECT user FROM spellings WHERE normal = ?")?
        .query_row(params![Col(normal)], |row| row.get::<_, Col<Pseudonym>>(0))?;
    Ok(first)
}

fn totals(t: &Tx<'_>, month: BillingMonth) -> Result<LoginTotals, Fail> {
    let mut statement = t.prepare("SELECT name, value FROM totals WHERE month = ?")?;
    let rows = statement.query_map(params![month.number()], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Col<u64>>(1)?.0))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether the user is in the list of active users of `month`.
pub(super) fn is_active(t: &Tx<'_>, user: Pseudonym, month: BillingMonth) -> Result<bool, Fail> {
    let sql = "SELECT EXISTS (SELECT 1 FROM active WHERE month = ? AND user = ?)";
    Ok(t.prepare(sql)?.query_row(params![month.number(), Col(user)], |row| row.get(0))?)
}

/// Adds to the totals. Added up here, because SQLite's numbers do not saturate.
pub(super) fn add_totals<'a>(
    t: &Tx<'_>,
    month: BillingMonth,
    added: impl IntoIterator<Item = (&'a str, u64)>,
) -> Result<(), Fail> {
    let mut kept = totals(t, month)?;
    for (name, n) in added {
        let total = kept.entry(name.to_owned()).or_default();
        *total = total.saturating_add(n);
        t.prepare("REPLACE INTO totals (month, name, value) VALUES (?, ?, ?)")?.execute(params![
            month.number(),
            name,
            Col(*total)
        ])?;
    }
    Ok(())
}

fn mark_warned(t: &Tx<'_>, key: WarningKey) -> Result<bool, Fail> {
    let (limit, subject, bucket) = columns(&key.counter);
    let sql = "INSERT OR IGNORE INTO warnings (limit_id, subject, bucket, threshold) VALUES (?, ?, ?, ?)";
    Ok(t.prepare(sql)?.execute(params![limit, subject, bucket, key.threshold])? > 0)
}

/// Arms a warning again; `true` when it had been given.
pub(super) fn rearm(t: &Tx<'_>, key: WarningKey) -> Result<bool, Fail> {
    let (limit, subject, bucket) = columns(&key.counter);
    let sql = "DELETE FROM warnings WHERE limit_id = ? AND subject = ? AND bucket = ? AND threshold = ?";
    Ok(t.prepare(sql)?.execute(params![limit, subject, bucket, key.threshold])? > 0)
}

/// Every warning given.
pub(super) fn warned(t: &Tx<'_>) -> Result<Vec<WarningKey>, Fail> {
    let mut statement = t.prepare("SELECT limit_id, subject, bucket, threshold FROM warnings")?;
    let rows = statement.query_map([], |row| {
        let threshold = row.get(3)?;
        Ok(read_key(row, 0)?.map(|counter| WarningKey { counter, threshold }))
    })?;
    Ok(rows.filter_map(Result::transpose).collect::<Result<_, _>>()?)
}

impl Reports for Tx<'_> {
    fn mark_warned(&mut self, key: WarningKey) -> Result<bool, StoreError> {
        let result = mark_warned(self, key);
        self.answer(result)
    }

    fn rearm(&mut self, key: WarningKey) -> Result<bool, StoreError> {
        let result = rearm(self, key);
        self.answer(result)
    }

    fn defer_login(&mut self, deferred: DeferredLogin) -> Result<bool, StoreError> {
        let result = defer(self, deferred);
        self.answer(result)
    }

    fn month_users(&mut self, month: BillingMonth) -> Result<MonthUsers, StoreError> {
        let result = month_users(self, month);
        self.answer(result)
    }

    fn add_totals(&mut self, month: BillingMonth, added: &[(&'static str, u64)]) -> Result<(), StoreError> {
        let result = add_totals(self, month, added.iter().copied());
        self.answer(result)
    }

    fn totals(&mut self, month: BillingMonth) -> Result<LoginTotals, StoreError> {
        let result = totals(self, month);
        self.answer(result)
    }

    fn note_identity(&mut self, month: BillingMonth, user: Pseudonym) -> Result<u64, StoreError> {
        let result = note_identity(self, month, user);
        self.answer(result)
    }

    fn note_spelling(&mut self, normal: Pseudonym, user: Pseudonym) -> Result<Pseudonym, StoreError> {
        let result = note_spelling(self, normal, user);
        self.answer(result)
    }
}
