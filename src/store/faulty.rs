//! A store that fails on demand, for the tests of those who depend on one.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::port::{
    Corruption, CountedLogin, CounterOp, DeferredLogin, Enqueued, Image, Install, Lease, LeaseAnswer,
    LeaseEnd, LoginTotals, Marks, OutboxEntry, Owner, PermitId, ReserveAnswer, ReserveItem, Store,
    StoreError, StoredDocument, SyncState, WarningKey,
};
use crate::model::{BillingDay, BillingMonth, Counter, CounterKey, Pseudonym, Timestamp};

/// How an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// [`StoreError::DiskFull`].
    DiskFull,
    /// [`StoreError::Busy`].
    Busy,
    /// [`StoreError::Unwritable`].
    Unwritable,
    /// [`StoreError::Backend`].
    Backend,
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        let why = || "a fault that was asked for".to_owned();
        match fault {
            Fault::DiskFull => Self::DiskFull,
            Fault::Busy => Self::Busy,
            Fault::Unwritable => Self::Unwritable { why: why() },
            Fault::Backend => Self::Backend { why: why() },
        }
    }
}

/// A store whose next operations fail as told and change nothing; the others reach the store inside. Clones fail
/// together.
///
/// ```
/// use planguard::store::{FaultyStore, Fault, MemoryStore, Store, StoreError, SyncState};
///
/// let store = FaultyStore::new(MemoryStore::new());
/// store.fail_next(1, Fault::DiskFull);
/// assert!(matches!(store.save_sync(&SyncState::default()), Err(StoreError::DiskFull)));
/// assert!(store.save_sync(&SyncState::default()).is_ok());
/// ```
#[derive(Clone, Debug, Default)]
pub struct FaultyStore<S> {
    inner: S,
    plan: Arc<Mutex<Option<Plan>>>,
}

/// Which operations fail.
#[derive(Clone, Copy, Debug)]
struct Plan {
    after: u64,
    times: u64,
    fault: Fault,
}

impl<S> FaultyStore<S> {
    /// Passes everything on to `inner` until told otherwise.
    pub fn new(inner: S) -> Self {
        Self { inner, plan: Arc::default() }
    }

    /// The next `times` operations fail. `u64::MAX` lasts until [`Self::recover`].
    pub fn fail_next(&self, times: u64, fault: Fault) {
        self.fail_later(0, times, fault);
    }

    /// As [`Self::fail_next`], once `after` more operations have passed: lets a test fail each operation of a
    /// sequence in turn.
    pub fn fail_later(&self, after: u64, times: u64, fault: Fault) {
        *self.plan.lock() = Some(Plan { after, times, fault });
    }

    /// No operation fails any more.
    pub fn recover(&self) {
        *self.plan.lock() = None;
    }

    /// The store inside.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    fn next_fault(&self) -> Result<(), StoreError> {
        match &mut *self.plan.lock() {
            Some(Plan { after, .. }) if *after > 0 => {
                *after -= 1;
                Ok(())
            }
            Some(Plan { times, fault, .. }) if *times > 0 => {
                *times -= 1;
                Err((*fault).into())
            }
            _ => Ok(()),
        }
    }
}

impl<S: Store> Store for FaultyStore<S> {
    fn install(&self, candidate: &Install) -> Result<Install, StoreError> {
        self.next_fault()?;
        self.inner.install(candidate)
    }

    fn load(&self, since: BillingMonth) -> Result<Image, StoreError> {
        self.next_fault()?;
        self.inner.load(since)
    }

    fn foreign_version(&self) -> Result<u64, StoreError> {
        self.next_fault()?;
        self.inner.foreign_version()
    }

    fn take_corruption(&self) -> Option<Corruption> {
        self.inner.take_corruption()
    }

    fn save_document(&self, document: &StoredDocument) -> Result<bool, StoreError> {
        self.next_fault()?;
        self.inner.save_document(document)
    }

    fn save_sync(&self, sync: &SyncState) -> Result<(), StoreError> {
        self.next_fault()?;
        self.inner.save_sync(sync)
    }

    fn raise_marks(&self, marks: Marks, take_back: bool) -> Result<Marks, StoreError> {
        self.next_fault()?;
        self.inner.raise_marks(marks, take_back)
    }

    fn apply(&self, ops: &[CounterOp]) -> Result<Vec<Counter>, StoreError> {
        self.next_fault()?;
        self.inner.apply(ops)
    }

    fn reserve(
        &self,
        permit: PermitId,
        items: &[ReserveItem],
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<ReserveAnswer, StoreError> {
        self.next_fault()?;
        self.inner.reserve(permit, items, now, expires)
    }

    fn commit(&self, permit: PermitId, now: Timestamp) -> Result<bool, StoreError> {
        self.next_fault()?;
        self.inner.commit(permit, now)
    }

    fn release(&self, permit: PermitId) -> Result<(), StoreError> {
        self.next_fault()?;
        self.inner.release(permit)
    }

    fn counter(&self, key: &CounterKey, now: Timestamp) -> Result<Counter, StoreError> {
        self.next_fault()?;
        self.inner.counter(key, now)
    }

    fn begin_login(&self, user: Pseudonym, at: Timestamp) -> Result<(), StoreError> {
        self.next_fault()?;
        self.inner.begin_login(user, at)
    }

    fn count_login(
        &self,
        user: Pseudonym,
        day: BillingDay,
        month: BillingMonth,
        at: Timestamp,
    ) -> Result<CountedLogin, StoreError> {
        self.next_fault()?;
        self.inner.count_login(user, day, month, at)
    }

    fn fail_login(&self, user: Pseudonym) -> Result<(), StoreError> {
        self.next_fault()?;
        self.inner.fail_login(user)
    }

    fn acquire_lease(
        &self,
        user: Pseudonym,
        owner: Owner,
        now: Timestamp,
        ttl: Duration,
        settle_for: Duration,
    ) -> Result<LeaseAnswer, StoreError> {
        self.next_fault()?;
        self.inner.acquire_lease(user, owner, now, ttl, settle_for)
    }

    fn renew_lease(&self, user: Pseudonym, fence: u64, until: Timestamp) -> Result<bool, StoreError> {
        self.next_fault()?;
        self.inner.renew_lease(user, fence, until)
    }

    fn end_lease(&self, user: Pseudonym, fence: u64, end: LeaseEnd) -> Result<bool, StoreError> {
        self.next_fault()?;
        self.inner.end_lease(user, fence, end)
    }

    fn lease(&self, user: Pseudonym) -> Result<Option<Lease>, StoreError> {
        self.next_fault()?;
        self.inner.lease(user)
    }

    fn mark_warned(&self, key: WarningKey) -> Result<bool, StoreError> {
        self.next_fault()?;
        self.inner.mark_warned(key)
    }

    fn rearm(&self, key: WarningKey) -> Result<bool, StoreError> {
        self.next_fault()?;
        self.inner.rearm(key)
    }

    fn defer_login(&self, deferred: DeferredLogin) -> Result<bool, StoreError> {
        self.next_fault()?;
        self.inner.defer_login(deferred)
    }

    fn deferred(&self, month: BillingMonth) -> Result<(u64, u64), StoreError> {
        self.next_fault()?;
        self.inner.deferred(month)
    }

    fn active_users(&self, month: BillingMonth) -> Result<(u64, u64), StoreError> {
        self.next_fault()?;
        self.inner.active_users(month)
    }

    fn add_totals(&self, month: BillingMonth, totals: &[(&str, u64)]) -> Result<(), StoreError> {
        self.next_fault()?;
        self.inner.add_totals(month, totals)
    }

    fn totals(&self, month: BillingMonth) -> Result<LoginTotals, StoreError> {
        self.next_fault()?;
        self.inner.totals(month)
    }

    fn note_identity(&self, month: BillingMonth, user: Pseudonym) -> Result<u64, StoreError> {
        self.next_fault()?;
        self.inner.note_identity(month, user)
    }

    fn enqueue(&self, events: &[(String, String)], capacity: u64) -> Result<Enqueued, StoreError> {
        self.next_fault()?;
        self.inner.enqueue(events, capacity)
    }

    fn outbox(&self, max: usize) -> Result<Vec<OutboxEntry>, StoreError> {
        self.next_fault()?;
        self.inner.outbox(max)
    }

    fn outbox_len(&self) -> Result<(u64, u64), StoreError> {
        self.next_fault()?;
        self.inner.outbox_len()
    }

    fn delivered(&self, seqs: &[u64]) -> Result<(), StoreError> {
        self.next_fault()?;
        self.inner.delivered(seqs)
    }

    fn prune(&self, before: BillingMonth) -> Result<(), StoreError> {
        self.next_fault()?;
        self.inner.prune(before)
    }
}
