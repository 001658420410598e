//! The storage port.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{
    ActiveUser, BillingDay, BillingMonth, Counter, CounterKey, Max, Pseudonym, Timestamp, UsageOrigin,
};
use crate::port::MaybeSendSync;

/// Why a store operation did not happen. Nothing is half done: the state is as before.
#[derive(Debug, thiserror::Error)]
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

/// A store that was found corrupt on opening: it was set aside and a new one was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corruption {
    /// Where the corrupt file was moved to, for a bug report.
    pub set_aside: String,
    /// What was wrong.
    pub why: String,
}

/// What is drawn once for an install and never changes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Install {
    /// The key under which user and group ids are hashed.
    pub salt: [u8; 32],
    /// The stable id for a guest who uses the app without an account.
    pub guest_id: String,
}

impl std::fmt::Debug for Install {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Install(redacted)")
    }
}

/// The last entitlements document that was accepted, exactly as received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredDocument {
    /// The body as received, so that a signature can be checked again on every load.
    #[serde(with = "super::text::body")]
    pub body: Vec<u8>,
    /// The media type of the body.
    pub content_type: String,
    /// The entity tag to revalidate with.
    pub etag: Option<String>,
    /// The document's revision; an older one never replaces a newer one.
    pub revision: u64,
    /// Trusted time of the last answer (200 or 304) that confirmed the document.
    pub fetched_at: Timestamp,
    /// Seconds for which it counts as fresh after `fetched_at`; `None` when the endpoint did not say, which leaves
    /// it to the default of the phase the app is in when it asks.
    pub fresh_for_secs: Option<u64>,
}

/// What the syncer must remember across restarts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncState {
    /// No request before this instant (`Retry-After`, backoff).
    pub not_before: Option<Timestamp>,
    /// Failures in a row, for the backoff.
    pub failures: u32,
    /// A fingerprint of the credential that was refused with 401 or 403: no request until it changes.
    pub refused_credential: Option<String>,
}

/// The persisted marks of trusted time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// The latest trusted time seen.
    pub high_water: Timestamp,
    /// The latest `Date` of the endpoint seen.
    pub server_floor: Timestamp,
}

impl Marks {
    /// These marks raised to at least `to`; with `take_back` the high-water mark becomes that of `to`.
    #[must_use]
    pub fn raised(self, to: Self, take_back: bool) -> Self {
        Self {
            high_water: if take_back { to.high_water } else { self.high_water.max(to.high_water) },
            server_floor: self.server_floor.max(to.server_floor),
        }
    }
}

/// A change of one counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CounterOp {
    /// This install did something: `delta` is added at `at`. It counts on top of the report held, also when that
    /// report's `as_of` is not before `at`: nothing added is ever lost.
    Add {
        /// The counter.
        key: CounterKey,
        /// How much; negative when something was removed.
        delta: i64,
        /// When.
        at: Timestamp,
    },
    /// Somebody with an overview reports the value as it was at `as_of`. Additions up to `as_of` are contained in
    /// it, later ones stay on top. A report older than the one held is ignored. The time of an addition is known
    /// for 48 hours; a report older than that contains what was added before.
    Report {
        /// The counter.
        key: CounterKey,
        /// The value.
        value: u64,
        /// When it was true.
        as_of: Timestamp,
        /// Who says so.
        origin: UsageOrigin,
    },
    /// The group's own maximum.
    OwnMax {
        /// The counter of the group's members.
        key: CounterKey,
        /// The maximum; `None` forgets it.
        max: Option<u64>,
    },
}

impl CounterOp {
    /// The counter that is changed.
    pub const fn key(&self) -> CounterKey {
        match *self {
            Self::Add { key, .. } | Self::Report { key, .. } | Self::OwnMax { key, .. } => key,
        }
    }
}

/// Names a permit across processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PermitId(pub u128);

/// One counter that a reservation needs room in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReserveItem {
    /// The counter.
    pub key: CounterKey,
    /// How much is added when the permit is committed; negative makes room at commit, not before.
    pub amount: i64,
    /// The bound; `Unlimited` where the limit is not enforced.
    pub max: Max,
}

/// What came of a reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReserveAnswer {
    /// Every item had room; all are held.
    Held,
    /// This item had no room; nothing is held.
    Full {
        /// The position in the items given.
        item: usize,
        /// The counter as it stands.
        counter: Counter,
    },
}

/// What a counted login changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedLogin {
    /// The user was not counted in this billing month before.
    pub new_in_month: bool,
    /// The user was not counted on this billing day before.
    pub new_on_day: bool,
}

/// A login that was put off, to be able to say later whether it ever became an active user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeferredLogin {
    /// Who.
    pub user: Pseudonym,
    /// The billing month in which the login would have created an active user.
    pub month: BillingMonth,
    /// When.
    pub at: Timestamp,
}

/// A guard instance: one per `open`, so that two processes on one store tell each other apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Owner(pub u128);

/// The right to carry out one user's login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Who holds or held it.
    pub owner: Owner,
    /// Rises with every acquisition: a late answer with an older one is void.
    pub fence: u64,
    /// When it lapses unless renewed.
    pub until: Timestamp,
    /// How it ended; `None` while the login runs.
    pub ended: Option<LeaseEnd>,
}

/// How a login under a lease ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LeaseEnd {
    /// Logged in at this time.
    Succeeded(Timestamp),
    /// Failed at this time with this provider code.
    Failed(Timestamp, i32),
    /// Given up without an answer.
    Abandoned(Timestamp),
}

/// What came of asking for a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseAnswer {
    /// It is ours, under this fence.
    Granted {
        /// The fence to settle with.
        fence: u64,
    },
    /// Somebody else's login runs, or ended within the window asked about.
    Held(Lease),
}

/// Names a warning that is given once: the limit's counter and the threshold in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WarningKey {
    /// The counter, period included.
    pub counter: CounterKey,
    /// The threshold, in percent of the limit.
    pub threshold: u8,
}

/// A usage event that waits for delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxEntry {
    /// Rises with every entry; the order of delivery.
    pub seq: u64,
    /// The event's own id, by which the endpoint recognises a repetition.
    pub id: String,
    /// One `CloudEvents` JSON object.
    pub body: String,
}

/// What adding to the outbox did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enqueued {
    /// How many of the oldest entries were dropped to stay inside the bound.
    pub dropped: u64,
}

/// Running totals of the login guard for one billing month. Keys are the guard's own words, for example `asked`
/// or `suppressed.already_logged_in`.
pub type LoginTotals = std::collections::BTreeMap<String, u64>;

/// Everything a guard keeps in memory, read in one go.
#[derive(Debug, Clone, Default)]
pub struct Image {
    /// All counters of the current windows and all levels.
    pub counters: Vec<(CounterKey, Counter)>,
    /// All users counted in the months asked for.
    pub ledger: Vec<(Pseudonym, ActiveUser)>,
    /// Warnings already given.
    pub warned: Vec<WarningKey>,
    /// The last accepted document.
    pub document: Option<StoredDocument>,
    /// The syncer's memory.
    pub sync: SyncState,
    /// The marks of trusted time.
    pub marks: Marks,
    /// Usage events dropped since the install, in all.
    pub outbox_dropped: u64,
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
