//! The room of reports: warnings given, deferred logins, totals, identities and spellings seen.

use std::collections::HashSet;

use rusqlite::{OptionalExtension as _, params};

use super::codec::{Col, key as columns, read_key};
use super::fail::Fail;
use super::logins::is_listed;
use super::tx::Tx;
use super::users::{load, under_way};
use crate::model::{BillingMonth, Pseudonym};
use crate::store::{DeferredLogin, LoginTotals, MonthUsers, Reports, StoreError, WarningKey};

fn defer(t: &Tx<'_>, deferred: DeferredLogin) -> Result<bool, Fail> {
    let new = t
        .prepare("INSERT OR IGNORE INTO deferred (month, user, at) VALUES (?, ?, ?)")?
        .execute(params![deferred.month.number(), Col(deferred.user), Col(deferred.at)])?;
    Ok(new > 0)
}

/// The users of one month. A user is in the first group that applies. A report may look through all users.
fn month_users(t: &mut Tx<'_>, month: BillingMonth) -> Result<MonthUsers, Fail> {
    t.write_back()?;
    let Col(active) = t
        .prepare(
            "SELECT (SELECT count(*) FROM users WHERE month = ?1 AND unlisted IS NULL)
                  + (SELECT count(*) FROM active WHERE month = ?1)",
        )?
        .query_row(params![month.number()], |row| row.get::<_, Col<u64>>(0))?;
    let mut uncertain = HashSet::new();
    for (user, row) in under_way(t)? {
        if row.notes.iter().any(|note| note.month == month) && !is_listed(t, user, &row, month)? {
            uncertain.insert(user);
        }
    }
    let deferred = t
        .prepare("SELECT user FROM deferred WHERE month = ?")?
        .query_map(params![month.number()], |row| Ok(row.get::<_, Col<Pseudonym>>(0)?.0))?
        .collect::<Result<Vec<_>, _>>()?;
    let mut users = MonthUsers {
        active,
        uncertain: uncertain.len() as u64,
        deferred: deferred.len() as u64,
        deferred_never_active: 0,
    };
    for user in deferred {
        let row = load(t, user)?;
        let never = !uncertain.contains(&user) && !is_listed(t, user, &row, month)?;
        users.deferred_never_active += u64::from(never);
    }
    Ok(users)
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
    let known = t
        .prepare("SELECT user FROM spellings WHERE normal = ?")?
        .query_row(params![Col(normal)], |row| row.get::<_, Option<Col<Pseudonym>>>(0))
        .optional()?;
    if let Some(first) = known {
        return Ok(first.map_or(normal, |col| col.0));
    }
    let other = (user != normal).then_some(Col(user));
    t.prepare("INSERT INTO spellings (normal, user) VALUES (?, ?)")?.execute(params![Col(normal), other])?;
    Ok(user)
}

fn totals(t: &Tx<'_>, month: BillingMonth) -> LoginTotals {
    t.group.hot.totals.get(&month.number()).cloned().unwrap_or_default()
}

/// Adds to the totals.
pub(super) fn add_totals<'a>(
    t: &mut Tx<'_>,
    month: BillingMonth,
    added: impl IntoIterator<Item = (&'a str, u64)>,
) {
    let totals = t.hot().totals_of(month);
    for (name, n) in added {
        match totals.get_mut(name) {
            Some(total) => *total = total.saturating_add(n),
            None => drop(totals.insert(name.to_owned(), n)),
        }
    }
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
        add_totals(self, month, added.iter().copied());
        Ok(())
    }

    fn totals(&mut self, month: BillingMonth) -> Result<LoginTotals, StoreError> {
        Ok(totals(self, month))
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
