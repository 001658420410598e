//! What goes into a store and comes out of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{ActiveUser, BillingMonth, Counter, CounterKey, Max, Pseudonym, Timestamp, UsageOrigin};

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
    /// Trusted time at which the document was last known to be current: of the last answer (200 or 304) that confirmed
    /// it, less that answer's `Age`.
    pub fetched_at: Timestamp,
    /// Seconds for which it counts as fresh after `fetched_at`; `None` when the endpoint did not say, which leaves
    /// it to the default of the phase the app is in when it asks.
    pub fresh_for_secs: Option<u64>,
}

/// What must be remembered of the billing endpoint's refusals across restarts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "SyncStateForm")]
pub struct SyncState {
    /// The pause in force (`Retry-After`, backoff).
    pub pause: Option<Pause>,
    /// Failures in a row, for the backoff.
    pub failures: u32,
    /// A fingerprint of the credential that was refused with 401 or 403: no request until it changes.
    pub refused_credential: Option<String>,
}

/// A pause as it is kept over a restart: its length, and when it began by the wall clock.
///
/// Its end is not kept. A wall clock that is set in between would move the end away by years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// How long it lasts in all.
    pub length: Duration,
    /// The wall clock when it began.
    pub begun: Timestamp,
}

impl Pause {
    /// The longest pause of the first schema, which kept the end of a pause only.
    const LONGEST: Duration = Duration::from_secs(60 * 60);

    /// A pause of which the first schema kept the end.
    pub(super) fn until(end: Timestamp) -> Self {
        Self { length: Self::LONGEST, begun: end.minus(Self::LONGEST) }
    }

    /// The pause as it goes on after a restart at which the wall clock says `wall`; `None` when it is over.
    ///
    /// Where it seems to begin in the future the clock was set back: it begins anew, so that it lasts no longer than
    /// its length from here.
    pub fn resumed(self, wall: Timestamp) -> Option<Self> {
        let begun = self.begun.min(wall);
        (wall.since(begun) < self.length).then_some(Self { begun, ..self })
    }

    /// What is left of it when the wall clock says `wall`.
    pub fn rest(self, wall: Timestamp) -> Duration {
        self.length.saturating_sub(wall.since(self.begun))
    }
}

/// [`SyncState`] as it is stored: now, or by the first schema.
#[derive(Deserialize)]
struct SyncStateForm {
    pause: Option<Pause>,
    not_before: Option<Timestamp>,
    failures: u32,
    refused_credential: Option<String>,
}

impl From<SyncStateForm> for SyncState {
    fn from(form: SyncStateForm) -> Self {
        Self {
            pause: form.pause.or_else(|| form.not_before.map(Pause::until)),
            failures: form.failures,
            refused_credential: form.refused_credential,
        }
    }
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
