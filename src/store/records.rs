//! The room of things of which a store has one: whose it is, the document, pauses, time, and reading it all.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::reports::WarningKey;
use super::values::SyncState;
use crate::model::catalog::MOST_SERVED;
use crate::model::{
    BillingDay, BillingMonth, CatalogId, Counter, CounterKey, Elapsed, Owner, Pseudonym, ReportedSuspension,
    SdkAppId, TimeRecord, Timestamp, User,
};
use crate::port::MaybeSend;

/// A store that was found corrupt on opening: it was set aside and a new one was started.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct Corruption {
    /// Where the corrupt file was moved to, for a bug report.
    pub set_aside: String,
    /// What was wrong.
    pub why: String,
}

/// What is drawn once for an install and never changes.
#[allow(clippy::struct_field_names, reason = "`install_id` is its name in events and in the store")]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Install {
    /// The key under which user and group ids are hashed.
    pub salt: [u8; 32],
    /// The stable id for a guest who uses the app without an account.
    pub guest_id: String,
    /// Tells this install from others in usage events; says nothing of the device or its people.
    pub install_id: String,
}

impl fmt::Debug for Install {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Install(redacted)")
    }
}

/// The part a process plays in its app. There is at most one process of each role at a time, so a new one takes over
/// what the last one of its role left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum ProcessRole {
    /// The app itself.
    App,
    /// An extension, such as a notification service.
    Extension,
}

impl ProcessRole {
    /// The fixed word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Extension => "extension",
        }
    }
}

/// Who opens a store.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The app. A store belongs to the app that opened it first.
    pub app: SdkAppId,
    /// The guard instance.
    pub owner: Owner,
    /// Its role, where the app names it: what the last instance of that role left running is ended.
    pub role: Option<ProcessRole>,
    /// What a new install would be.
    pub candidate: Install,
    /// A fingerprint of the device, where the app gives one. On another device than before the guest id and the
    /// install id are drawn anew; the salt stays, so that what is counted stays readable.
    pub device: Option<String>,
    /// Draw guest id and install id anew in any case.
    pub renew: bool,
    /// Now.
    pub now: Elapsed,
}

/// What opening found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The install as it now is.
    pub install: Install,
    /// The store was brought here from another device.
    pub moved: bool,
}

/// The last entitlements document that was accepted, exactly as received.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// Without the body, which may hold the key of the section `accounts`.
impl fmt::Debug for StoredDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredDocument")
            .field("content_type", &self.content_type)
            .field("etag", &self.etag)
            .field("revision", &self.revision)
            .field("fetched_at", &self.fetched_at)
            .field("fresh_for_secs", &self.fresh_for_secs)
            .finish_non_exhaustive()
    }
}

/// How many price lists a store keeps; of more, the one that was saved the longest ago goes.
pub const MAX_CATALOGS: usize = MOST_SERVED;

/// A price list that the endpoint served, exactly as received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredCatalog {
    /// Which one.
    pub id: CatalogId,
    /// The body as received, so that a signature can be checked again on every load.
    #[serde(with = "super::text::body")]
    pub body: Vec<u8>,
    /// The media type of the body.
    pub content_type: String,
    /// The entity tag to revalidate with.
    pub etag: Option<String>,
    /// Trusted time of the last answer (200 or 304) that confirmed it.
    pub fetched_at: Timestamp,
    /// Seconds for which it counts as fresh after `fetched_at`; `None` when the endpoint did not say.
    pub fresh_for_secs: Option<u64>,
}

/// Takes the rows of an image one by one, as they are read, so that no list of them is ever built in between.
pub trait Rows: MaybeSend {
    /// How many of each are about to come, where the store knows: room is made for them at once.
    fn expect(&mut self, _counters: usize, _users: usize) {}

    /// One counter of a current window, or a level.
    fn counter(&mut self, key: CounterKey, counter: Counter);

    /// One user: counted in the months asked for, with a login of unknown end, or with facts.
    fn user(&mut self, id: Pseudonym, user: User);
}

/// Rows in two lists.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowLists {
    /// The counters.
    pub counters: Vec<(CounterKey, Counter)>,
    /// The users.
    pub users: Vec<(Pseudonym, User)>,
}

#[cfg(any(test, feature = "testing"))]
impl Rows for RowLists {
    fn counter(&mut self, key: CounterKey, counter: Counter) {
        self.counters.push((key, counter));
    }

    fn user(&mut self, id: Pseudonym, user: User) {
        self.users.push((id, user));
    }
}

/// What a guard keeps in memory beside counters and users, which an image gives as [`Rows`].
#[derive(Debug, Clone, Default)]
pub struct Image {
    /// The sequence number of the last change in it, rows included.
    pub seq: u64,
    /// Whose device it is.
    pub device_user: Option<Pseudonym>,
    /// Warnings already given.
    pub warned: Vec<WarningKey>,
    /// The last accepted document.
    pub document: Option<StoredDocument>,
    /// The price lists that the endpoint served, by id.
    pub catalogs: Vec<StoredCatalog>,
    /// A suspension that a refusal showed.
    pub suspension: Option<ReportedSuspension>,
    /// The syncer's memory.
    pub sync: SyncState,
    /// Trusted time.
    pub time: TimeRecord,
    /// Usage events dropped since the install, in all.
    pub outbox_dropped: u64,
}

/// What changed since a sequence number, by whomever: each row as it now stands.
#[allow(clippy::option_option, reason = "not changed, changed to nothing, changed to something")]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The sequence number of the last change.
    pub seq: u64,
    /// Counters.
    pub counters: Vec<(CounterKey, Counter)>,
    /// Users.
    pub users: Vec<(Pseudonym, User)>,
    /// Whose device it is, if that changed.
    pub device_user: Option<Option<Pseudonym>>,
    /// The document, if it changed.
    pub document: Option<StoredDocument>,
    /// The served price lists that changed, by id.
    pub catalogs: Vec<StoredCatalog>,
    /// The reported suspension, if that changed.
    pub suspension: Option<Option<ReportedSuspension>>,
    /// Trusted time, if that changed.
    pub time: Option<TimeRecord>,
}

/// Things of which a store has one.
pub trait Records {
    /// Opens the store for an app: draws or finds the install, ends the leases and releases the permits that the last
    /// instance of the same role left.
    ///
    /// # Errors
    /// [`StoreError::OtherApp`] when it belongs to another app; nothing is changed then.
    fn open(&mut self, opening: &Opening) -> Result<Opened, StoreError>;

    /// Reads everything a guard keeps in memory, windows and ledger from `since` on. Every row is given to `rows` once,
    /// in no particular order. What was given before a failure counts for nothing: a work that is run again begins
    /// with new `rows`.
    fn image(&mut self, since: BillingMonth, now: Elapsed, rows: &mut dyn Rows) -> Result<Image, StoreError>;

    /// What changed after the write with number `seq`, this transaction's own changes included.
    fn changes_since(&mut self, seq: u64, now: Elapsed) -> Result<Changes, StoreError>;

    /// The last accepted document.
    fn document(&mut self) -> Result<Option<StoredDocument>, StoreError>;

    /// Keeps `document` unless one with a higher revision is held; says whether it was kept. A document that names a
    /// higher revision than the reported suspension ends that.
    fn save_document(&mut self, document: &StoredDocument) -> Result<bool, StoreError>;

    /// Keeps `document` in place of whatever is held, which turned out to be of no use.
    fn replace_document(&mut self, document: &StoredDocument) -> Result<(), StoreError>;

    /// Keeps a price list that the endpoint served, in place of an earlier one of its id. At most [`MAX_CATALOGS`] are
    /// kept: of more, the one that was saved the longest ago goes.
    fn save_catalog(&mut self, catalog: &StoredCatalog) -> Result<(), StoreError>;

    /// Keeps or forgets a suspension that a refusal showed.
    fn save_suspension(&mut self, suspension: Option<&ReportedSuspension>) -> Result<(), StoreError>;

    /// Replaces the syncer's memory.
    fn save_sync(&mut self, state: &SyncState) -> Result<(), StoreError>;

    /// Replaces the record of trusted time.
    fn save_time(&mut self, time: &TimeRecord) -> Result<(), StoreError>;

    /// The record of trusted time.
    fn time(&mut self) -> Result<TimeRecord, StoreError>;

    /// Time was corrected to `now`: what is dated later has not happened. Reports and additions are dated `now` at the
    /// latest ([`Account::clamp`](crate::model::Account::clamp)); counters and warnings of windows ahead are dropped;
    /// what permits hold in them is held in the window that has begun
    /// ([`CounterKey::begun_by`](crate::model::CounterKey::begun_by)); users counted in them become uncertain
    /// ([`ActiveUser::correct`](crate::model::ActiveUser::correct)) and stay counted in the last month that has begun;
    /// deferred logins and notes of months ahead move to `month`, and so do totals; the `fetched_at` of the document
    /// and of price lists and the reported suspension's `at` are `now` at the latest.
    fn correct_time(
        &mut self,
        now: Timestamp,
        day: BillingDay,
        month: BillingMonth,
    ) -> Result<(), StoreError>;

    /// Time was taken back over the beginning of months: reports the counters of windows and the users that are needed
    /// from `since` on, but not from `until` on, as changes of this transaction. A memory that has forgotten the months
    /// before `until` then has them again.
    fn recall(&mut self, since: BillingMonth, until: BillingMonth) -> Result<(), StoreError>;

    /// Forgets what no current period needs: counters of windows, users, notes, deferred logins, identities,
    /// happenings and totals of the months before `before`, with the warnings that lapsed then and the leases that
    /// ended. Levels stay. What was forgotten up to that month before is not looked for again, until time is corrected
    /// to an earlier one.
    fn prune(&mut self, before: BillingMonth) -> Result<(), StoreError>;
}
