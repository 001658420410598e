//! Counters and the room that permits hold in them.

use super::backing::Fail;
use super::row::RowId;
use super::tx::Tx;
use crate::model::{Counter, CounterKey, CounterOp, Elapsed, PermitTerms, Timestamp};
use crate::store::{Commit, Counters, PermitId, Reserve, ReserveAnswer, StoreError};

impl Tx<'_, '_> {
    fn need_counters(&mut self, keys: impl Iterator<Item = CounterKey>) -> Result<(), Fail> {
        let rows: Vec<_> = keys.map(RowId::Counter).collect();
        self.group.need(&rows)
    }

    /// Permits, and the counters that those named hold room in.
    fn need_held(
        &mut self,
        named: impl Fn(PermitId, &crate::model::Hold) -> bool,
    ) -> Result<Vec<RowId>, Fail> {
        self.group.need_permits()?;
        let rows = self.group.state.permits_where(|id, hold, _| named(id, hold));
        self.group.need(&rows)?;
        Ok(rows)
    }
}

impl Counters for Tx<'_, '_> {
    fn apply(&mut self, ops: &[CounterOp]) -> Result<(), StoreError> {
        let ready = self.need_counters(ops.iter().map(CounterOp::key));
        self.answer(ready)?;
        self.group.state.apply(ops)
    }

    fn counter(&mut self, key: &CounterKey, now: Elapsed) -> Result<Counter, StoreError> {
        let ready = self.need_counters([*key].into_iter()).and_then(|()| self.group.need_permits());
        self.answer(ready)?;
        self.group.state.counter(key, now)
    }

    fn reserve(&mut self, reserve: &Reserve) -> Result<ReserveAnswer, StoreError> {
        let now = reserve.now.elapsed;
        let ready = self.need_held(|id, hold| id == reserve.permit || hold.wait.is_over(now));
        let rows = self.answer(ready)?;
        let ready = self.need_counters(reserve.items.iter().map(|item| item.key));
        self.answer(ready)?;
        let lapsed = rows.iter().any(|row| matches!(row, RowId::Permit(id) if *id != reserve.permit));
        let answer = self.group.state.reserve(reserve)?;
        if lapsed || matches!(answer, ReserveAnswer::Held { .. }) {
            self.mark(rows.into_iter().chain([RowId::Permit(reserve.permit)]));
        }
        Ok(answer)
    }

    fn commit(&mut self, commit: &Commit) -> Result<bool, StoreError> {
        let ready = self.need_held(|id, _| id == commit.permit);
        let rows = self.answer(ready)?;
        let ready = self.need_counters(commit.items.iter().map(|(key, _)| *key));
        self.answer(ready)?;
        self.mark(rows);
        self.group.state.commit(commit)
    }

    fn release(&mut self, permit: PermitId) -> Result<(), StoreError> {
        let ready = self.need_held(|id, _| id == permit);
        let rows = self.answer(ready)?;
        if rows.is_empty() {
            return Ok(());
        }
        self.mark(rows);
        self.group.state.release(permit)
    }

    fn keep_terms(&mut self, permit: PermitId, terms: &PermitTerms, at: Timestamp) -> Result<(), StoreError> {
        let row = RowId::Terms(permit);
        let ready = self.group.need(&[row]);
        self.answer(ready)?;
        self.mark([row]);
        self.group.state.keep_terms(permit, terms, at)
    }

    fn take_terms(&mut self, permit: PermitId) -> Result<Option<PermitTerms>, StoreError> {
        let row = RowId::Terms(permit);
        let ready = self.group.need(&[row]);
        self.answer(ready)?;
        let taken = self.group.state.take_terms(permit)?;
        if taken.is_some() {
            self.mark([row]);
        }
        Ok(taken)
    }

    fn note_happening(&mut self, key: [u8; 16], at: Timestamp) -> Result<bool, StoreError> {
        let row = RowId::Happening(key);
        let ready = self.group.need(&[row]);
        self.answer(ready)?;
        let new = self.group.state.note_happening(key, at)?;
        if new {
            self.mark([row]);
        }
        Ok(new)
    }
}
