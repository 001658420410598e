//! Usage events that wait for delivery.

use std::sync::Arc;

use rpds::{HashTrieSetSync, RedBlackTreeMapSync};

use super::State;
use super::noted::Notes;
use crate::store::{Enqueued, NewEvent, Outbox, OutboxEntry, StoreError};

#[derive(Clone, Debug, Default)]
pub(super) struct Waiting {
    entries: RedBlackTreeMapSync<u64, Arc<OutboxEntry>>,
    ids: HashTrieSetSync<String>,
    pub(super) last_seq: u64,
    pub(super) dropped: u64,
    pub(super) notes: Notes<u64>,
}

impl Waiting {
    /// Nothing waits; the next entry is numbered after `seq`.
    pub(super) fn after(seq: u64) -> Self {
        Self { last_seq: seq, ..Self::default() }
    }

    pub(super) fn insert(&mut self, entry: OutboxEntry) {
        self.notes.note(entry.seq);
        self.ids.insert_mut(entry.id.clone());
        self.entries.insert_mut(entry.seq, Arc::new(entry));
    }

    #[cfg(all(feature = "redis", not(target_arch = "wasm32")))]
    pub(super) fn entry(&self, seq: u64) -> Option<&OutboxEntry> {
        self.entries.get(&seq).map(|entry| &**entry)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &OutboxEntry> {
        self.entries.values().map(|entry| &**entry)
    }

    pub(super) fn remove(&mut self, seq: u64) {
        if let Some(entry) = self.entries.get(&seq).cloned() {
            self.notes.note(seq);
            self.ids.remove_mut(&entry.id);
            self.entries.remove_mut(&seq);
        }
    }

    fn len(&self) -> u64 {
        self.entries.size() as u64
    }
}

impl Outbox for State {
    fn enqueue(&mut self, events: &[NewEvent], capacity: u64) -> Result<Enqueued, StoreError> {
        let outbox = &mut self.outbox;
        for event in events {
            if !outbox.ids.contains(&event.id) {
                outbox.last_seq += 1;
                let seq = outbox.last_seq;
                outbox.insert(OutboxEntry { seq, id: event.id.clone(), body: event.body.clone() });
            }
        }
        let mut dropped = 0;
        while outbox.len() > capacity
            && let Some(oldest) = outbox.entries.first().map(|(seq, _)| *seq)
        {
            outbox.remove(oldest);
            dropped += 1;
        }
        outbox.dropped += dropped;
        Ok(Enqueued { dropped })
    }

    fn oldest(&mut self, max: usize) -> Result<Vec<OutboxEntry>, StoreError> {
        Ok(self.outbox.iter().take(max).cloned().collect())
    }

    fn outbox_len(&mut self) -> Result<(u64, u64), StoreError> {
        Ok((self.outbox.len(), self.outbox.dropped))
    }

    fn delivered(&mut self, seqs: &[u64]) -> Result<(), StoreError> {
        for seq in seqs {
            self.outbox.remove(*seq);
        }
        Ok(())
    }
}
