//! Usage events that wait for delivery.

use std::collections::BTreeSet;

use super::backing::{Fail, Scan};
use super::row::{RowId, Table};
use super::tx::Tx;
use crate::store::state::State;
use crate::store::{Enqueued, NewEvent, Outbox, OutboxEntry, StoreError};

impl Tx<'_, '_> {
    /// An id that waits already is told by the server, which keeps one of each; so how many wait is counted again before
    /// any are dropped.
    fn add(&mut self, events: &[NewEvent], capacity: u64) -> Result<u64, Fail> {
        let mut ids = BTreeSet::new();
        for event in events.iter().filter(|event| ids.insert(&event.id)) {
            self.group.head.events += 1;
            self.group.head.waiting += 1;
            let seq = self.group.head.events;
            let entry = OutboxEntry { seq, id: event.id.clone(), body: event.body.clone() };
            self.group.state.put_event(entry);
            self.mark([RowId::Event(seq)]);
        }
        if self.group.head.waiting <= capacity {
            return Ok(0);
        }
        self.group.write_back()?;
        let waiting = self.group.backing.count(Table::Outbox, None)?;
        self.group.head.waiting = waiting;
        let dropped = waiting.saturating_sub(capacity);
        if dropped > 0 {
            let most = usize::try_from(dropped).unwrap_or(usize::MAX);
            let rows = self.group.need_all(Table::Outbox, &Scan::First(most))?;
            self.remove(&rows);
            self.group.head.dropped += dropped;
        }
        Ok(dropped)
    }

    fn remove(&mut self, rows: &[RowId]) {
        let held = rows.iter().filter(|row| self.group.state.page(row).is_some()).count() as u64;
        for row in rows {
            self.group.state.drop_page(row);
        }
        self.group.head.waiting = self.group.head.waiting.saturating_sub(held);
        self.mark(rows.iter().copied());
    }

    fn first(&mut self, max: usize) -> Result<Vec<OutboxEntry>, Fail> {
        self.group.write_back()?;
        let mut entries = Vec::new();
        self.group.backing.scan(Table::Outbox, &Scan::First(max), &mut |_, kept| {
            entries.push(State::read_event(&kept.body)?);
            Ok(())
        })?;
        Ok(entries)
    }

    fn waiting(&mut self) -> Result<u64, Fail> {
        self.group.write_back()?;
        self.group.backing.count(Table::Outbox, None)
    }
}

impl Outbox for Tx<'_, '_> {
    fn enqueue(&mut self, events: &[NewEvent], capacity: u64) -> Result<Enqueued, StoreError> {
        let dropped = self.add(events, capacity);
        Ok(Enqueued { dropped: self.answer(dropped)? })
    }

    fn oldest(&mut self, max: usize) -> Result<Vec<OutboxEntry>, StoreError> {
        let entries = self.first(max);
        self.answer(entries)
    }

    fn outbox_len(&mut self) -> Result<(u64, u64), StoreError> {
        let waiting = self.waiting();
        Ok((self.answer(waiting)?, self.group.head.dropped))
    }

    fn delivered(&mut self, seqs: &[u64]) -> Result<(), StoreError> {
        let rows: Vec<_> = seqs.iter().map(|seq| RowId::Event(*seq)).collect();
        let ready = self.group.need(&rows);
        self.answer(ready)?;
        self.remove(&rows);
        Ok(())
    }
}
