//! The state in memory: one snapshot that reads load, and that follows the store.

use std::sync::Arc;

use crate::lock::Mutex;
use arc_swap::ArcSwap;

use crate::model::{Snapshot, TimeRecord};
use crate::store::{Changes, StoredCatalog, StoredDocument};

/// Where memory stands in the store's sequence of writes.
///
/// While the store fails, the standby counts writes on a line of its own. The anchor is the state of the last write
/// that memory followed on the store's own line: from there it goes on once the store is back.
#[derive(Debug)]
struct Cursor {
    line: u64,
    seq: u64,
    anchor: Option<(Arc<Snapshot>, u64)>,
    /// What the standby was given to start from last.
    seed: Option<(Arc<Snapshot>, u64)>,
    /// Up to which write the last work of a group was given changes.
    handed: Option<((u64, u64), u64)>,
    /// A document that was kept, by this process or another, for the shell to take over.
    document: Option<StoredDocument>,
    /// Price lists that were kept, likewise.
    catalogs: Vec<StoredCatalog>,
    /// A record of time that was kept, likewise.
    time: Option<TimeRecord>,
}

/// The snapshot and its place in the store's sequence.
#[derive(Debug)]
pub(crate) struct Memory {
    state: ArcSwap<Snapshot>,
    cursor: Mutex<Cursor>,
}

impl Memory {
    /// Memory as of the store's write number `seq`.
    pub(super) fn new(snapshot: Snapshot, seq: u64) -> Self {
        let cursor = Cursor {
            line: 0,
            seq,
            anchor: None,
            seed: None,
            handed: None,
            document: None,
            catalogs: Vec::new(),
            time: None,
        };
        Self { state: ArcSwap::from_pointee(snapshot), cursor: Mutex::new(cursor) }
    }

    /// The state as it is now. No lock, no allocation.
    pub(super) fn load(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.state.load()
    }

    /// What a standby starts from: the state on the store's own line, and its number there.
    pub(super) fn seed(&self) -> (Arc<Snapshot>, u64) {
        let mut cursor = self.cursor.lock();
        let seed = cursor.anchor.clone().unwrap_or_else(|| (self.state.load_full(), cursor.seq));
        cursor.seed = Some(seed.clone());
        seed
    }

    /// The number after which memory has not followed yet, on `line`, nor will with an earlier work of `group`.
    pub(super) fn since(&self, line: u64, group: u64) -> u64 {
        let cursor = self.cursor.lock();
        if let Some((_, seq)) = cursor.handed.filter(|(of, _)| group != 0 && *of == (line, group)) {
            return seq;
        }
        let start = if line == 0 { &cursor.anchor } else { &cursor.seed };
        match start {
            Some((_, seq)) if line != cursor.line => *seq,
            _ => cursor.seq,
        }
    }

    /// A work of `group` was given the changes up to `seq`: memory follows them when the group is committed, all or
    /// none of them.
    pub(super) fn handed(&self, line: u64, group: u64, seq: u64) {
        self.cursor.lock().handed = Some(((line, group), seq));
    }

    /// Replaces what belongs to this process alone; one writer at a time. `step` must not call back into the guard.
    pub(super) fn update(&self, step: impl FnOnce(&Snapshot) -> Snapshot) -> Arc<Snapshot> {
        let _cursor = self.cursor.lock();
        self.replace(step)
    }

    /// Follows a write on `line`.
    pub(super) fn follow(&self, line: u64, changes: &Changes) {
        let mut cursor = self.cursor.lock();
        if changes.document.is_some() {
            cursor.document.clone_from(&changes.document);
        }
        for catalog in &changes.catalogs {
            cursor.catalogs.retain(|news| news.id != catalog.id);
            cursor.catalogs.push(catalog.clone());
        }
        if changes.time.is_some() {
            cursor.time = changes.time;
        }
        if line == cursor.line {
            // What was followed with a later write already.
            if changes.seq <= cursor.seq {
                return;
            }
            cursor.seq = changes.seq;
            self.replace(|snapshot| followed(snapshot, changes));
            return;
        }
        let start = if line == 0 { cursor.anchor.take() } else { cursor.seed.take() };
        let (start, seq) = start.unwrap_or_else(|| (self.state.load_full(), cursor.seq));
        // What only this process knows (sessions, entitlements as resolved) stays as it is now.
        self.replace(|now| {
            let rows = Snapshot {
                usage: start.usage.clone(),
                ledger: start.ledger.clone(),
                device_user: start.device_user,
                suspension: start.suspension,
                ..now.clone()
            };
            followed(&rows, changes)
        });
        if line != 0 {
            cursor.anchor = Some((start, seq));
        }
        cursor.line = line;
        cursor.seq = changes.seq;
    }

    /// Takes the document that was kept since the last call.
    pub(super) fn news_of_document(&self) -> Option<StoredDocument> {
        self.cursor.lock().document.take()
    }

    /// Takes the price lists that were kept since the last call.
    pub(super) fn news_of_catalogs(&self) -> Vec<StoredCatalog> {
        std::mem::take(&mut self.cursor.lock().catalogs)
    }

    /// Takes the record of time that was kept since the last call.
    pub(super) fn news_of_time(&self) -> Option<TimeRecord> {
        self.cursor.lock().time.take()
    }

    fn replace(&self, step: impl FnOnce(&Snapshot) -> Snapshot) -> Arc<Snapshot> {
        let before = self.state.load();
        let mut after = step(&before);
        after.generation = before.generation.saturating_add(1);
        let after = Arc::new(after);
        self.state.store(Arc::clone(&after));
        after
    }
}

/// `snapshot` with every changed row as it now stands.
fn followed(snapshot: &Snapshot, changes: &Changes) -> Snapshot {
    let mut after = snapshot.clone();
    for (key, counter) in &changes.counters {
        after.usage = after.usage.with(*key, *counter);
    }
    for (id, user) in &changes.users {
        after.ledger = after.ledger.with(*id, user.clone());
    }
    if let Some(user) = changes.device_user {
        after.device_user = user;
    }
    if let Some(suspension) = changes.suspension {
        after.suspension = suspension;
    }
    after
}
