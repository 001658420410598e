//! The state in memory: what reads load, and that follows the store.

use std::sync::{Arc, Weak};

use arc_swap::ArcSwap;

use super::gate::Gate;
use super::table::{Reader, Table, View};
use crate::lock::Mutex;
use crate::model::{
    CounterKey, CounterSource, Horizon, Ledger, Pseudonym, Session, SessionMode, Snapshot, TimeRecord, Usage,
    UserSource,
};
use crate::store::{Changes, StoredCatalog, StoredDocument};

/// Memory as it was after one write on the store's own line.
#[derive(Clone, Debug)]
struct Past {
    rows: Arc<View>,
    /// What was known then, over those rows.
    snapshot: Arc<Snapshot>,
    seq: u64,
}

/// What the standby was given to start from. It holds it for as long as it goes on over it.
#[derive(Debug)]
struct Seed {
    rows: Weak<View>,
    snapshot: Weak<Snapshot>,
    seq: u64,
}

/// Where memory stands in the store's sequence of writes.
///
/// While the store fails, the standby counts writes on a line of its own. The anchor is the state of the last write
/// that memory followed on the store's own line: from there it goes on once the store is back.
#[derive(Debug)]
struct Cursor {
    table: Table,
    line: u64,
    seq: u64,
    anchor: Option<Past>,
    seed: Option<Seed>,
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
    gate: Gate,
    reader: Reader,
    cursor: Mutex<Cursor>,
}

impl Memory {
    /// Memory as of the store's write number `seq`, which `table` holds; `snapshot` says the rest.
    pub(super) fn new(snapshot: Snapshot, table: Table, seq: u64) -> Self {
        let (usage, ledger) = table.sources();
        let reader = table.reader();
        let cursor = Cursor {
            table,
            line: 0,
            seq,
            anchor: None,
            seed: None,
            handed: None,
            document: None,
            catalogs: Vec::new(),
            time: None,
        };
        Self {
            state: ArcSwap::from_pointee(Snapshot { usage, ledger, ..snapshot }),
            gate: Gate::default(),
            reader,
            cursor: Mutex::new(cursor),
        }
    }

    /// The state as it is now. No lock, no allocation.
    pub(super) fn load(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.state.load()
    }

    /// The plan as it was worked out last. No lock, no allocation.
    pub(super) const fn gate(&self) -> &Gate {
        &self.gate
    }

    /// The counters. No lock, no allocation.
    pub(super) const fn reader(&self) -> &Reader {
        &self.reader
    }

    /// What a standby starts from: the state on the store's own line, and its number there.
    pub(super) fn seed(&self) -> (Arc<Snapshot>, u64) {
        let mut cursor = self.cursor.lock();
        let Past { rows, snapshot, seq } = match &cursor.anchor {
            Some(anchor) => anchor.clone(),
            None => self.past(&mut cursor),
        };
        cursor.seed = Some(Seed { rows: Arc::downgrade(&rows), snapshot: Arc::downgrade(&snapshot), seq });
        (snapshot, seq)
    }

    /// The state as it is, whatever comes later.
    fn past(&self, cursor: &mut Cursor) -> Past {
        let rows = cursor.table.freeze();
        let snapshot = Snapshot {
            usage: Usage::of(Arc::clone(&rows) as Arc<dyn CounterSource>),
            ledger: Ledger::of(Arc::clone(&rows) as Arc<dyn UserSource>),
            ..Snapshot::clone(&self.state.load())
        };
        Past { rows, snapshot: Arc::new(snapshot), seq: cursor.seq }
    }

    /// The number after which memory has not followed yet, on `line`, nor will with an earlier work of `group`.
    pub(super) fn since(&self, line: u64, group: u64) -> u64 {
        let cursor = self.cursor.lock();
        if let Some((_, seq)) = cursor.handed.filter(|(of, _)| group != 0 && *of == (line, group)) {
            return seq;
        }
        let anchor = cursor.anchor.as_ref().map(|anchor| anchor.seq);
        let start = if line == 0 { anchor } else { cursor.seed.as_ref().map(|seed| seed.seq) };
        start.filter(|_| line != cursor.line).unwrap_or(cursor.seq)
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

    /// Replaces the session of `user` in this process by what `step` makes of it, where it makes something else of it.
    /// On a device only one is held: that of the user who is the current one. Says whether it was replaced.
    pub(super) fn change_session(
        &self,
        user: Pseudonym,
        mode: SessionMode,
        step: impl FnOnce(Option<Session>) -> Option<Option<Session>>,
    ) -> bool {
        let mut cursor = self.cursor.lock();
        let Some(session) = step(cursor.table.session(&user)) else { return false };
        cursor.table.put_session(user, session);
        let current = self.state.load().current_user;
        let next = match (mode, session) {
            (SessionMode::MultiUser, _) => current,
            (SessionMode::Device, Some(_)) => Some(user),
            (SessionMode::Device, None) => current.filter(|current| *current != user),
        };
        if let Some(other) = current.filter(|_| next != current && session.is_some()) {
            cursor.table.put_session(other, None);
        }
        if next != current {
            self.replace(|snapshot| Snapshot { current_user: next, ..snapshot.clone() });
        }
        true
    }

    /// Gives room back that permits held, before the store knows.
    pub(super) fn release(&self, items: &[(CounterKey, i64)]) {
        let mut cursor = self.cursor.lock();
        for (key, amount) in items {
            let counter = cursor.table.counter_at(key).released(*amount);
            cursor.table.put_counter(*key, &counter);
        }
    }

    /// Forgets the days and months that lie before `horizon`, and users that nothing there or later needs. `horizon` is
    /// asked for while nobody else writes.
    pub(super) fn forget(&self, horizon: impl FnOnce() -> Horizon) {
        let mut cursor = self.cursor.lock();
        cursor.table.forget(&horizon());
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
            if changes.seq > cursor.seq {
                cursor.seq = changes.seq;
                self.take_over(&mut cursor, changes, None);
            }
            return;
        }
        let start = if line == 0 { cursor.anchor.take() } else { Some(self.start(&mut cursor)) };
        if let Some(start) = &start {
            cursor.table.restore(&start.rows);
        }
        // What only this process knows (sessions, entitlements as resolved) stays as it is now.
        self.take_over(&mut cursor, changes, start.as_ref().map(|start| &*start.snapshot));
        if line != 0 {
            cursor.anchor = start;
        }
        cursor.line = line;
        cursor.seq = changes.seq;
    }

    /// Where a line of the standby's begins: at what it was given, or at what is there now where it needs that no more.
    fn start(&self, cursor: &mut Cursor) -> Past {
        let seed = cursor.seed.take();
        let given = seed.and_then(|Seed { rows, snapshot, seq }| {
            Some(Past { rows: rows.upgrade()?, snapshot: snapshot.upgrade()?, seq })
        });
        given.unwrap_or_else(|| self.past(cursor))
    }

    /// Whether a document, a price list or a record of time was kept since it was taken last.
    pub(super) fn has_news(&self) -> bool {
        let cursor = self.cursor.lock();
        cursor.document.is_some() || cursor.time.is_some() || !cursor.catalogs.is_empty()
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

    /// Every changed row as it now stands, over what `start` says of the rest.
    fn take_over(&self, cursor: &mut Cursor, changes: &Changes, start: Option<&Snapshot>) {
        for (key, counter) in &changes.counters {
            cursor.table.put_counter(*key, counter);
        }
        for (id, user) in &changes.users {
            cursor.table.put_user(*id, user.clone());
        }
        let now = self.state.load();
        let before = start.unwrap_or(&now);
        let device_user = changes.device_user.unwrap_or(before.device_user);
        let suspension = changes.suspension.unwrap_or(before.suspension);
        if (device_user, suspension) != (now.device_user, now.suspension) {
            self.replace(|snapshot| Snapshot { device_user, suspension, ..snapshot.clone() });
        }
    }

    fn replace(&self, step: impl FnOnce(&Snapshot) -> Snapshot) -> Arc<Snapshot> {
        let before = self.state.load();
        let mut after = step(&before);
        let same_plan = Arc::ptr_eq(&before.entitlements, &after.entitlements);
        after.generation = before.generation.saturating_add(u64::from(!same_plan));
        let same_standing = same_plan && before.suspension == after.suspension;
        let after = Arc::new(after);
        self.state.store(Arc::clone(&after));
        if !same_standing {
            self.gate.close();
        }
        after
    }
}
