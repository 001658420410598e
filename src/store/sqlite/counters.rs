//! The room of counters: accounts, permits, and happenings that were counted.

use rusqlite::params;

use super::accounts::{account, apply, counter, keep};
use super::codec::Col;
use super::fail::Fail;
use super::tx::Tx;
use super::{holds, permits};
use crate::model::{Counter, CounterKey, CounterOp, Elapsed, Timestamp};
use crate::store::{Commit, Counters, PermitId, Reserve, ReserveAnswer, StoreError};

fn commit(t: &Tx<'_>, commit: &Commit) -> Result<bool, Fail> {
    let live = holds::wait(t, commit.permit)?.is_some_and(|wait| !wait.is_over(commit.now));
    permits::release(t, commit.permit)?;
    for (key, amount) in &commit.items {
        let mut account = account(t, key)?;
        account.commit(key.limit, *amount, commit.held);
        keep(t, key, &account)?;
    }
    Ok(live)
}

/// Notes what happened under its key; `false` when it was noted before.
fn note_happening(t: &Tx<'_>, key: [u8; 16], at: Timestamp) -> Result<bool, Fail> {
    let sql = "INSERT OR IGNORE INTO happenings (key, at) VALUES (?, ?)";
    Ok(t.prepare(sql)?.execute(params![key, Col(at)])? > 0)
}

impl Counters for Tx<'_> {
    fn apply(&mut self, ops: &[CounterOp]) -> Result<(), StoreError> {
        let result = apply(self, ops);
        self.answer(result)
    }

    fn counter(&mut self, key: &CounterKey, now: Elapsed) -> Result<Counter, StoreError> {
        let result = counter(self, key, now, None);
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
        let result = permits::release(self, permit);
        self.answer(result)
    }

    fn note_happening(&mut self, key: [u8; 16], at: Timestamp) -> Result<bool, StoreError> {
        let result = note_happening(self, key, at);
        self.answer(result)
    }
}
