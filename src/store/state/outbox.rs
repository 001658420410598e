//! Usage events that wait for delivery.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::State;
use crate::store::port::{Enqueued, OutboxEntry};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Waiting", into = "Waiting")]
pub(super) struct Outbox {
    waiting: BTreeMap<u64, OutboxEntry>,
    ids: HashSet<String>,
    last_seq: u64,
    pub(super) dropped: u64,
}

/// The outbox without its index of ids.
#[derive(Serialize, Deserialize)]
struct Waiting {
    entries: Vec<OutboxEntry>,
    last_seq: u64,
    dropped: u64,
}

impl From<Waiting> for Outbox {
    fn from(waiting: Waiting) -> Self {
        Self {
            ids: waiting.entries.iter().map(|entry| entry.id.clone()).collect(),
            waiting: waiting.entries.into_iter().map(|entry| (entry.seq, entry)).collect(),
            last_seq: waiting.last_seq,
            dropped: waiting.dropped,
        }
    }
}

impl From<Outbox> for Waiting {
    fn from(outbox: Outbox) -> Self {
        Self {
            entries: outbox.waiting.into_values().collect(),
            last_seq: outbox.last_seq,
            dropped: outbox.dropped,
        }
    }
}

impl State {
    pub(in crate::store) fn enqueue(&mut self, events: &[(String, String)], capacity: u64) -> Enqueued {
        let outbox = &mut self.outbox;
        for (id, body) in events {
            if outbox.ids.insert(id.clone()) {
                outbox.last_seq += 1;
                let seq = outbox.last_seq;
                outbox.waiting.insert(seq, OutboxEntry { seq, id: id.clone(), body: body.clone() });
            }
        }
        let mut dropped = 0;
        while outbox.waiting.len() as u64 > capacity {
            if let Some((_, entry)) = outbox.waiting.pop_first() {
                outbox.ids.remove(&entry.id);
                dropped += 1;
            }
        }
        outbox.dropped += dropped;
        Enqueued { dropped }
    }

    pub(in crate::store) fn oldest(&self, max: usize) -> Vec<OutboxEntry> {
        self.outbox.waiting.values().take(max).cloned().collect()
    }

    pub(in crate::store) fn outbox_len(&self) -> (u64, u64) {
        (self.outbox.waiting.len() as u64, self.outbox.dropped)
    }

    pub(in crate::store) fn delivered(&mut self, seqs: &[u64]) {
        for seq in seqs {
            if let Some(entry) = self.outbox.waiting.remove(seq) {
                self.outbox.ids.remove(&entry.id);
            }
        }
    }
}
