//! A store in memory: for tests, for hosts without a disk, and as the state behind a host's own blob.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

use super::port::{
    Corruption, CountedLogin, CounterOp, DeferredLogin, Enqueued, Image, Install, Lease, LeaseAnswer,
    LeaseEnd, LoginTotals, Marks, OutboxEntry, Owner, PermitId, ReserveAnswer, ReserveItem, Store,
    StoreError, StoredDocument, SyncState, WarningKey,
};
use super::state::State;
use crate::model::{BillingDay, BillingMonth, Counter, CounterKey, Pseudonym, Timestamp, json};

/// A store that lives as long as its last clone. Clones share their content and act towards each other as
/// processes on one store do.
#[derive(Debug, Default)]
pub struct MemoryStore {
    shared: Arc<Mutex<Shared>>,
    own_writes: AtomicU64,
}

#[derive(Debug, Default)]
struct Shared {
    state: State,
    writes: u64,
}

impl Clone for MemoryStore {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), own_writes: AtomicU64::new(0) }
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The whole content as JSON, for [`Self::from_json`].
    ///
    /// # Errors
    /// [`StoreError::Backend`] when the content cannot be written as JSON.
    pub fn to_json(&self) -> Result<String, StoreError> {
        serde_json::to_string(&self.shared.lock().state)
            .map_err(|error| StoreError::Backend { why: error.to_string() })
    }

    /// A store with the content that [`Self::to_json`] gave.
    ///
    /// # Errors
    /// [`StoreError::Backend`] when `text` is not such a content. The host decides what becomes of it.
    pub fn from_json(text: &str) -> Result<Self, StoreError> {
        let state = serde_json::from_slice(json::without_bom(text.as_bytes())).map_err(|error| {
            StoreError::Backend {
                // The parser's own message may quote the content.
                why: format!("not the content of a store: line {} column {}", error.line(), error.column()),
            }
        })?;
        Ok(Self { shared: Arc::new(Mutex::new(Shared { state, writes: 0 })), own_writes: AtomicU64::new(0) })
    }

    // The results are wrapped here, so that every operation below stays one line.
    #[allow(clippy::unnecessary_wraps)]
    fn read<T>(&self, f: impl FnOnce(&State) -> T) -> Result<T, StoreError> {
        Ok(f(&self.shared.lock().state))
    }

    #[allow(clippy::unnecessary_wraps)]
    fn write<T>(&self, f: impl FnOnce(&mut State) -> T) -> Result<T, StoreError> {
        let mut shared = self.shared.lock();
        shared.writes += 1;
        self.own_writes.fetch_add(1, Ordering::Relaxed);
        Ok(f(&mut shared.state))
    }
}

impl Store for MemoryStore {
    fn install(&self, candidate: &Install) -> Result<Install, StoreError> {
        self.write(|state| state.install(candidate))
    }

    fn load(&self, since: BillingMonth) -> Result<Image, StoreError> {
        self.read(|state| state.load(since))
    }

    fn foreign_version(&self) -> Result<u64, StoreError> {
        let shared = self.shared.lock();
        Ok(shared.writes - self.own_writes.load(Ordering::Relaxed))
    }

    fn take_corruption(&self) -> Option<Corruption> {
        None
    }

    fn save_document(&self, document: &StoredDocument) -> Result<bool, StoreError> {
        self.write(|state| state.save_document(document))
    }

    fn save_sync(&self, sync: &SyncState) -> Result<(), StoreError> {
        self.write(|state| state.save_sync(sync))
    }

    fn raise_marks(&self, marks: Marks, take_back: bool) -> Result<Marks, StoreError> {
        self.write(|state| state.raise_marks(marks, take_back))
    }

    fn apply(&self, ops: &[CounterOp]) -> Result<Vec<Counter>, StoreError> {
        self.write(|state| state.apply(ops))
    }

    fn reserve(
        &self,
        permit: PermitId,
        items: &[ReserveItem],
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<ReserveAnswer, StoreError> {
        self.write(|state| state.reserve(permit, items, now, expires))
    }

    fn commit(&self, permit: PermitId, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|state| state.commit(permit, now))
    }

    fn release(&self, permit: PermitId) -> Result<(), StoreError> {
        self.write(|state| state.release(permit))
    }

    fn counter(&self, key: &CounterKey, now: Timestamp) -> Result<Counter, StoreError> {
        self.read(|state| state.counter(key, now))
    }

    fn begin_login(&self, user: Pseudonym, at: Timestamp) -> Result<(), StoreError> {
        self.write(|state| state.begin_login(user, at))
    }

    fn count_login(
        &self,
        user: Pseudonym,
        day: BillingDay,
        month: BillingMonth,
        at: Timestamp,
    ) -> Result<CountedLogin, StoreError> {
        self.write(|state| state.count_login(user, day, month, at))
    }

    fn fail_login(&self, user: Pseudonym) -> Result<(), StoreError> {
        self.write(|state| state.fail_login(user))
    }

    fn acquire_lease(
        &self,
        user: Pseudonym,
        owner: Owner,
        now: Timestamp,
        ttl: Duration,
        settle_for: Duration,
    ) -> Result<LeaseAnswer, StoreError> {
        self.write(|state| state.acquire_lease(user, owner, now, ttl, settle_for))
    }

    fn renew_lease(&self, user: Pseudonym, fence: u64, until: Timestamp) -> Result<bool, StoreError> {
        self.write(|state| state.renew_lease(user, fence, until))
    }

    fn end_lease(&self, user: Pseudonym, fence: u64, end: LeaseEnd) -> Result<bool, StoreError> {
        self.write(|state| state.end_lease(user, fence, end))
    }

    fn lease(&self, user: Pseudonym) -> Result<Option<Lease>, StoreError> {
        self.read(|state| state.lease(user))
    }

    fn mark_warned(&self, key: WarningKey) -> Result<bool, StoreError> {
        self.write(|state| state.mark_warned(key))
    }

    fn rearm(&self, key: WarningKey) -> Result<bool, StoreError> {
        self.write(|state| state.rearm(key))
    }

    fn defer_login(&self, deferred: DeferredLogin) -> Result<bool, StoreError> {
        self.write(|state| state.defer_login(deferred))
    }

    fn deferred(&self, month: BillingMonth) -> Result<(u64, u64), StoreError> {
        self.read(|state| state.deferred(month))
    }

    fn active_users(&self, month: BillingMonth) -> Result<(u64, u64), StoreError> {
        self.read(|state| state.active_users(month))
    }

    fn add_totals(&self, month: BillingMonth, totals: &[(&str, u64)]) -> Result<(), StoreError> {
        self.write(|state| state.add_totals(month, totals))
    }

    fn totals(&self, month: BillingMonth) -> Result<LoginTotals, StoreError> {
        self.read(|state| state.totals(month))
    }

    fn note_identity(&self, month: BillingMonth, user: Pseudonym) -> Result<u64, StoreError> {
        self.write(|state| state.note_identity(month, user))
    }

    fn enqueue(&self, events: &[(String, String)], capacity: u64) -> Result<Enqueued, StoreError> {
        self.write(|state| state.enqueue(events, capacity))
    }

    fn outbox(&self, max: usize) -> Result<Vec<OutboxEntry>, StoreError> {
        self.read(|state| state.oldest(max))
    }

    fn outbox_len(&self) -> Result<(u64, u64), StoreError> {
        self.read(State::outbox_len)
    }

    fn delivered(&self, seqs: &[u64]) -> Result<(), StoreError> {
        self.write(|state| state.delivered(seqs))
    }

    fn prune(&self, before: BillingMonth) -> Result<(), StoreError> {
        self.write(|state| state.prune(before))
    }
}
