//! The port's operations, each one transaction.

use std::time::Duration;

use super::fail::Fail;
use super::{SqliteStore, counters, leases, ledger, months, outbox, permits, records};
use crate::model::{BillingDay, BillingMonth, Counter, CounterKey, Pseudonym, Timestamp};
use crate::store::port::{
    Corruption, CountedLogin, CounterOp, DeferredLogin, Enqueued, Image, Install, Lease, LeaseAnswer,
    LeaseEnd, LoginTotals, Marks, OutboxEntry, Owner, PermitId, ReserveAnswer, ReserveItem, Store,
    StoreError, StoredDocument, SyncState, WarningKey,
};

impl Store for SqliteStore {
    fn install(&self, candidate: &Install) -> Result<Install, StoreError> {
        let kept = self.write(|t| records::install(t, candidate))?;
        self.inner.lock().install = Some(kept.clone());
        Ok(kept)
    }

    fn load(&self, since: BillingMonth) -> Result<Image, StoreError> {
        self.read(|t| records::load(t, since))
    }

    fn foreign_version(&self) -> Result<u64, StoreError> {
        // Not in a transaction: SQLite compares with the file as this connection saw it last.
        let version = self
            .inner
            .lock()
            .connection
            .prepare_cached("PRAGMA data_version")
            .and_then(|mut statement| statement.query_row([], |row| row.get::<_, i64>(0)));
        version.map(i64::cast_unsigned).map_err(|error| Fail::from(error).into())
    }

    fn take_corruption(&self) -> Option<Corruption> {
        self.inner.lock().corruption.take()
    }

    fn save_document(&self, document: &StoredDocument) -> Result<bool, StoreError> {
        self.write(|t| records::save_document(t, document))
    }

    fn save_sync(&self, sync: &SyncState) -> Result<(), StoreError> {
        self.write(|t| records::save_sync(t, sync))
    }

    fn raise_marks(&self, marks: Marks, take_back: bool) -> Result<Marks, StoreError> {
        self.write(|t| records::raise_marks(t, marks, take_back))
    }

    fn apply(&self, ops: &[CounterOp]) -> Result<Vec<Counter>, StoreError> {
        self.write(|t| counters::apply(t, ops))
    }

    fn reserve(
        &self,
        permit: PermitId,
        items: &[ReserveItem],
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<ReserveAnswer, StoreError> {
        self.write(|t| permits::reserve(t, permit, items, now, expires))
    }

    fn commit(&self, permit: PermitId, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|t| permits::commit(t, permit, now))
    }

    fn release(&self, permit: PermitId) -> Result<(), StoreError> {
        self.write(|t| permits::release(t, permit))
    }

    fn counter(&self, key: &CounterKey, now: Timestamp) -> Result<Counter, StoreError> {
        self.read(|t| counters::counter(t, key, Some(now)))
    }

    fn begin_login(&self, user: Pseudonym, at: Timestamp) -> Result<(), StoreError> {
        self.write(|t| ledger::begin(t, user, at))
    }

    fn count_login(
        &self,
        user: Pseudonym,
        day: BillingDay,
        month: BillingMonth,
        at: Timestamp,
    ) -> Result<CountedLogin, StoreError> {
        self.write(|t| ledger::count_login(t, user, day, month, at))
    }

    fn fail_login(&self, user: Pseudonym) -> Result<(), StoreError> {
        self.write(|t| ledger::fail(t, user))
    }

    fn acquire_lease(
        &self,
        user: Pseudonym,
        owner: Owner,
        now: Timestamp,
        ttl: Duration,
        settle_for: Duration,
    ) -> Result<LeaseAnswer, StoreError> {
        self.write(|t| leases::acquire(t, user, owner, now, ttl, settle_for))
    }

    fn renew_lease(&self, user: Pseudonym, fence: u64, until: Timestamp) -> Result<bool, StoreError> {
        self.write(|t| leases::renew(t, user, fence, until))
    }

    fn end_lease(&self, user: Pseudonym, fence: u64, end: LeaseEnd) -> Result<bool, StoreError> {
        self.write(|t| leases::end(t, user, fence, end))
    }

    fn lease(&self, user: Pseudonym) -> Result<Option<Lease>, StoreError> {
        self.read(|t| leases::lease(t, user))
    }

    fn mark_warned(&self, key: WarningKey) -> Result<bool, StoreError> {
        self.write(|t| months::mark_warned(t, key))
    }

    fn rearm(&self, key: WarningKey) -> Result<bool, StoreError> {
        self.write(|t| months::rearm(t, key))
    }

    fn defer_login(&self, deferred: DeferredLogin) -> Result<bool, StoreError> {
        self.write(|t| months::defer(t, deferred))
    }

    fn deferred(&self, month: BillingMonth) -> Result<(u64, u64), StoreError> {
        self.read(|t| months::deferred(t, month))
    }

    fn active_users(&self, month: BillingMonth) -> Result<(u64, u64), StoreError> {
        self.read(|t| ledger::active_users(t, month))
    }

    fn add_totals(&self, month: BillingMonth, totals: &[(&str, u64)]) -> Result<(), StoreError> {
        self.write(|t| months::add_totals(t, month, totals))
    }

    fn totals(&self, month: BillingMonth) -> Result<LoginTotals, StoreError> {
        self.read(|t| months::totals(t, month))
    }

    fn note_identity(&self, month: BillingMonth, user: Pseudonym) -> Result<u64, StoreError> {
        self.write(|t| months::note_identity(t, month, user))
    }

    fn enqueue(&self, events: &[(String, String)], capacity: u64) -> Result<Enqueued, StoreError> {
        self.write(|t| outbox::enqueue(t, events, capacity))
    }

    fn outbox(&self, max: usize) -> Result<Vec<OutboxEntry>, StoreError> {
        self.read(|t| outbox::oldest(t, max))
    }

    fn outbox_len(&self) -> Result<(u64, u64), StoreError> {
        self.read(outbox::len)
    }

    fn delivered(&self, seqs: &[u64]) -> Result<(), StoreError> {
        self.write(|t| outbox::delivered(t, seqs))
    }

    fn prune(&self, before: BillingMonth) -> Result<(), StoreError> {
        self.write(|t| months::prune(t, before))
    }
}
