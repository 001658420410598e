//! The room of counters: what is asked of accounts and permits together, and happenings that were counted.

use rusqlite::{OptionalExtension as _, params};

use super::account_row::{COUNTERS, read_counter};
use super::accounts::{apply, change};
use super::codec::{Col, read_key};
use super::fail::Fail;
use super::permits;
use super::tx::Tx;
use crate::model::{Counter, CounterKey, CounterOp, Elapsed, PermitTerms, Timestamp};
use crate::store::{Commit, Counters, PermitId, Reserve, ReserveAnswer, StoreError, permit_terms};

fn commit(t: &mut Tx<'_>, commit: &Commit) -> Result<bool, Fail> {
    let hold = permits::release(t, commit.permit)?;
    for (key, amount) in &commit.items {
        change(t, key, |account| account.commit(key.limit, *amount, commit.held))?;
    }
    Ok(hold.is_some_and(|hold| !hold.wait.is_over(commit.now)))
}

/// The counters that a statement finds, as they stand at `now`, one by one.
pub(super) fn each(
    t: &mut Tx<'_>,
    sql: &str,
    values: impl rusqlite::Params,
    now: Elapsed,
    mut give: impl FnMut(CounterKey, Counter),
) -> Result<(), Fail> {
    t.write_back()?;
    let mut statement = t.prepare(sql)?;
    let permits = permits::all(t)?;
    let mut rows = statement.query(values)?;
    while let Some(row) = rows.next()? {
        if let Some(key) = read_key(row, 0)? {
            give(key, permits.held(read_counter(row)?, &key, now, None));
        }
    }
    Ok(())
}

/// All counters of which a build knows the limit.
pub(super) fn all(t: &mut Tx<'_>, now: Elapsed, give: impl FnMut(CounterKey, Counter)) -> Result<(), Fail> {
    each(t, COUNTERS, [], now, give)
}

/// Notes what happened under its key; `false` when it was noted before.
fn note_happening(t: &Tx<'_>, key: [u8; 16], at: Timestamp) -> Result<bool, Fail> {
    let sql = "INSERT OR IGNORE INTO happenings (key, at) VALUES (?, ?)";
    Ok(t.prepare(sql)?.execute(params![key, Col(at)])? > 0)
}

fn keep_terms(t: &Tx<'_>, permit: PermitId, terms: &PermitTerms, at: Timestamp) -> Result<(), Fail> {
    let sql = "REPLACE INTO permit_terms (permit, terms, at) VALUES (?, ?, ?)";
    t.prepare(sql)?.execute(params![Col(permit.0), permit_terms::to_json(terms), Col(at)])?;
    Ok(())
}

fn take_terms(t: &Tx<'_>, permit: PermitId) -> Result<Option<PermitTerms>, Fail> {
    let sql = "DELETE FROM permit_terms WHERE permit = ? RETURNING terms";
    let text = t.prepare(sql)?.query_row(params![Col(permit.0)], |row| row.get::<_, String>(0)).optional()?;
    Ok(text.and_then(|text| permit_terms::from_json(&text)))
}

/// Nothing was asked for or held later than `now`.
pub(super) fn correct_terms(t: &Tx<'_>, now: Timestamp) -> Result<(), Fail> {
    let mut statement = t.prepare("SELECT permit, terms FROM permit_terms WHERE at > ?")?;
    let late = statement
        .query_map(params![Col(now)], |row| Ok((row.get::<_, Col<u128>>(0)?, row.get::<_, String>(1)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    for (permit, text) in late {
        let text = match permit_terms::from_json(&text) {
            Some(mut terms) => {
                terms.clamp(now);
                permit_terms::to_json(&terms)
            }
            None => text,
        };
        t.prepare("UPDATE permit_terms SET at = ?, terms = ? WHERE permit = ?")?.execute(params![
            Col(now),
            text,
            permit
        ])?;
    }
    Ok(())
}

impl Counters for Tx<'_> {
    fn apply(&mut self, ops: &[CounterOp]) -> Result<(), StoreError> {
        let result = apply(self, ops);
        self.answer(result)
    }

    fn counter(&mut self, key: &CounterKey, now: Elapsed) -> Result<Counter, StoreError> {
        let result = permits::counter(self, key, now, None);
        self.answer(result)
    }

    fn reserve(&mut self, reserve: &Reserve) -> Result<ReserveAnswer, StoreError> {
        let result = permits::reserve(self, reserve);
        self.answer(result)
    }

    fn commit(&mut self, used: &Commit) -> Result<bool, StoreError> {
        let result = commit(self, used);
        self.answer(result)
    }

    fn release(&mut self, permit: PermitId) -> Result<(), StoreError> {
        let result = permits::release(self, permit).map(drop);
        self.answer(result)
    }

    fn keep_terms(&mut self, permit: PermitId, terms: &PermitTerms, at: Timestamp) -> Result<(), StoreError> {
        let result = keep_terms(self, permit, terms, at);
        self.answer(result)
    }

    fn take_terms(&mut self, permit: PermitId) -> Result<Option<PermitTerms>, StoreError> {
        let result = take_terms(self, permit);
        self.answer(result)
    }

    fn note_happening(&mut self, key: [u8; 16], at: Timestamp) -> Result<bool, StoreError> {
        let result = note_happening(self, key, at);
        self.answer(result)
    }
}
