//! The storage port.

use std::time::Duration;

use crate::model::{BillingDay, BillingMonth, Counter, CounterKey, Pseudonym, Timestamp};
use crate::port::MaybeSendSync;

pub use super::values::{
    Corruption, CountedLogin, CounterOp, DeferredLogin, Enqueued, Image, Install, Lease, LeaseAnswer,
    LeaseEnd, LoginTotals, Marks, OutboxEntry, Owner, Pause, PermitId, ReserveAnswer, ReserveItem,
    StoredDocument, SyncState, WarningKey,
};

/// Why a store operation did not happen. Nothing is half done: the state is as before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The path cannot be opened or created.
    #[error("store_path: cannot open the store: {why}; pass a path inside the app's own writable directory")]
    Unwritable {
        /// What the backend said.
        why: String,
    },
    /// The disk is full.
    #[error("the store's disk is full; free space and call again, nothing was lost")]
    DiskFull,
    /// Another process held the store for too long.
    #[error("the store is busy in another process; call again")]
    Busy,
    /// The store was written by a newer planguard.
    #[error("the store has schema {found}, this planguard knows up to {known}; update the app")]
    NewerSchema {
        /// The schema version in the store.
        found: u32,
        /// The newest schema version this build can read.
        known: u32,
    },
    /// Anything else the backend reports.
    #[error("the store failed: {why}")]
    Backend {
        /// What the backend said. Never holds a user id: those are hashed before they get here.
        why: String,
    },
}

/// Durable state. Every operation is atomic, also between processes, and blocks only for local disk I/O.
///
/// Ids of users and groups arrive hashed. `now` is trusted time: a store has no clock.
pub trait Store: MaybeSendSync {
    /// Keeps `candidate` on the first call ever and returns what was kept, then and later.
    fn install(&self, candidate: &Install) -> Result<Install, StoreError>;

    /// Reads everything a guard keeps in memory: all levels, the counters and warnings of windows from `since`
    /// on, ledger entries from `since` on and those of unknown end.
    fn load(&self, since: BillingMonth) -> Result<Image, StoreError>;

    /// A number that changes when somebody else (another process) has written.
    fn foreign_version(&self) -> Result<u64, StoreError>;

    /// A corruption found when the store was opened, told once.
    fn take_corruption(&self) -> Option<Corruption>;

    /// Keeps `document` unless one with a higher revision is held; says whether it was kept.
    fn save_document(&self, document: &StoredDocument) -> Result<bool, StoreError>;

    /// Replaces the syncer's memory.
    fn save_sync(&self, state: &SyncState) -> Result<(), StoreError>;

    /// Raises the marks of trusted time to at least `marks`; with `take_back`, sets the high-water mark even
    /// if that lowers it, and no report counts as later than that mark (one stamped by a clock that was ahead
    /// would keep out every true one). Returns what holds now.
    fn raise_marks(&self, marks: Marks, take_back: bool) -> Result<Marks, StoreError>;

    /// Changes counters, all or none, and returns them as they then stand, in the order of `ops`.
    fn apply(&self, ops: &[CounterOp]) -> Result<Vec<Counter>, StoreError>;

    /// Holds room in every item until `expires`, or in none. Permits that expired by `now` are released first.
    /// Several items may draw on one counter. A permit that is held already is replaced if the new items fit.
    fn reserve(
        &self,
        permit: PermitId,
        items: &[ReserveItem],
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<ReserveAnswer, StoreError>;

    /// Turns a permit into usage at `now`; `false` when it is unknown or had expired (nothing is added then).
    fn commit(&self, permit: PermitId, now: Timestamp) -> Result<bool, StoreError>;

    /// Gives a permit back; unknown permits are ignored.
    fn release(&self, permit: PermitId) -> Result<(), StoreError>;

    /// The counter as it stands at `now`, expired permits excluded.
    fn counter(&self, key: &CounterKey, now: Timestamp) -> Result<Counter, StoreError>;

    /// Notes that a login was sent, before it is.
    fn begin_login(&self, user: Pseudonym, at: Timestamp) -> Result<(), StoreError>;

    /// Counts a login that succeeded, and clears the note of [`Self::begin_login`]. The counters of
    /// `free_mau` and `free_dau` rise in the same transaction when the user is new in the period.
    fn count_login(
        &self,
        user: Pseudonym,
        day: BillingDay,
        month: BillingMonth,
        at: Timestamp,
    ) -> Result<CountedLogin, StoreError>;

    /// Clears the note of [`Self::begin_login`] after a login that certainly failed.
    fn fail_login(&self, user: Pseudonym) -> Result<(), StoreError>;

    /// Asks for the right to log `user` in. Granted when nobody's login of that user runs, the caller's own
    /// included, and none succeeded or failed within `settle_for` before `now`. After an abandoned one it is
    /// granted at once: there is no answer to share.
    fn acquire_lease(
        &self,
        user: Pseudonym,
        owner: Owner,
        now: Timestamp,
        ttl: Duration,
        settle_for: Duration,
    ) -> Result<LeaseAnswer, StoreError>;

    /// Prolongs a lease, never shortens it; `false` when it is no longer ours or has ended.
    fn renew_lease(&self, user: Pseudonym, fence: u64, until: Timestamp) -> Result<bool, StoreError>;

    /// Ends a lease; `false` when it is no longer ours or has ended.
    fn end_lease(&self, user: Pseudonym, fence: u64, end: LeaseEnd) -> Result<bool, StoreError>;

    /// The lease of `user`, running or ended.
    fn lease(&self, user: Pseudonym) -> Result<Option<Lease>, StoreError>;

    /// Marks a warning as given; `false` when it was given before.
    fn mark_warned(&self, key: WarningKey) -> Result<bool, StoreError>;

    /// Arms a warning again; `true` when it had been given.
    fn rearm(&self, key: WarningKey) -> Result<bool, StoreError>;

    /// Notes a deferred login; `true` when this user had none in the month before.
    fn defer_login(&self, deferred: DeferredLogin) -> Result<bool, StoreError>;

    /// Of the users with a deferred login in `month`: how many there are, and how many never became active in
    /// that month.
    fn deferred(&self, month: BillingMonth) -> Result<(u64, u64), StoreError>;

    /// How many users were counted in `month`, and how many users have a login of unknown end, in any month.
    fn active_users(&self, month: BillingMonth) -> Result<(u64, u64), StoreError>;

    /// Adds to the running totals of `month`.
    fn add_totals(&self, month: BillingMonth, totals: &[(&str, u64)]) -> Result<(), StoreError>;

    /// The running totals of `month`.
    fn totals(&self, month: BillingMonth) -> Result<LoginTotals, StoreError>;

    /// Notes that `user` was seen on this device in `month`; returns how many distinct users were.
    fn note_identity(&self, month: BillingMonth, user: Pseudonym) -> Result<u64, StoreError>;

    /// Adds usage events (id, body), dropping the oldest beyond `capacity`. An id already waiting is not added
    /// twice.
    fn enqueue(&self, events: &[(String, String)], capacity: u64) -> Result<Enqueued, StoreError>;

    /// The oldest waiting events, at most `max`.
    fn outbox(&self, max: usize) -> Result<Vec<OutboxEntry>, StoreError>;

    /// How many events wait, and how many were ever dropped.
    fn outbox_len(&self) -> Result<(u64, u64), StoreError>;

    /// Forgets delivered events.
    fn delivered(&self, seqs: &[u64]) -> Result<(), StoreError>;

    /// Forgets what no current period needs: day and month counters, ledger, deferred logins, identities and
    /// totals of the months before `before`, with the warnings, permits and leases that lapsed then. Levels stay.
    fn prune(&self, before: BillingMonth) -> Result<(), StoreError>;
}
