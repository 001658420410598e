//! Durable state.
//!
//! A [`Store`] runs transactions. What a transaction can do is five small traits, one per room: `Records`,
//! `Counters`, `Logins`, `Reports` and `Outbox`; every backend implements them in files of the same names.
//! The rules (what a report does to a counter, when a lease is free, what a login counts) are methods of the model,
//! which every backend calls.
//!
//! `SqliteStore` (feature `sqlite`) is what an app on a device or a server wants: it survives restarts, and several
//! processes can share it. [`MemoryStore`] forgets with the process.

mod aliases;
#[cfg(any(test, feature = "ffi"))]
mod blob;
#[cfg(any(test, feature = "testing"))]
pub mod contract;
mod counters;
mod error;
#[cfg(any(test, feature = "testing"))]
mod faulty;
#[cfg(all(feature = "fleet", not(target_arch = "wasm32")))]
#[cfg_attr(
    not(any(feature = "postgres", feature = "redis")),
    allow(dead_code, reason = "the stores that use it are switched off")
)]
mod fleet;
mod install;
#[cfg(all(any(feature = "sqlite", feature = "postgres", feature = "redis"), not(target_arch = "wasm32")))]
mod job;
mod kept;
mod logins;
mod lost;
mod memory;
mod outbox;
#[cfg(all(feature = "sqlite", not(target_arch = "wasm32")))]
mod permit_terms;
#[cfg(all(feature = "postgres", not(target_arch = "wasm32")))]
mod postgres;
mod pseudonym;
mod records;
#[cfg(all(feature = "redis", not(target_arch = "wasm32")))]
mod redis;
mod reports;
#[cfg(all(feature = "sqlite", not(target_arch = "wasm32")))]
mod sqlite;
mod standby;
mod state;
mod text;
mod values;
mod work;

#[cfg(feature = "ffi")]
pub(crate) use blob::{Blob, BlobImage, BlobStore};
pub use error::StoreError;
#[cfg(any(test, feature = "testing"))]
pub use faulty::{Fault, FaultyStore};
pub use lost::WhenLost;
pub use memory::MemoryStore;
#[cfg(all(feature = "postgres", not(target_arch = "wasm32")))]
pub use postgres::{PostgresOptions, PostgresStore};
pub use records::{Corruption, ProcessRole};
#[cfg(all(feature = "redis", not(target_arch = "wasm32")))]
pub use redis::{RedisDurability, RedisOptions, RedisStore};
#[cfg(all(feature = "sqlite", not(target_arch = "wasm32")))]
pub use sqlite::SqliteStore;
#[cfg(all(feature = "sqlite", feature = "testing", not(target_arch = "wasm32")))]
pub use sqlite::read_columns;
pub use values::{BadPermitId, PermitId};

// The port: what backends in this crate and the contract suite stand on. The compiler keeps the two lists in step.
#[cfg(not(feature = "testing"))]
pub(crate) use counters::{Commit, Counters, Reserve, ReserveAnswer};
#[cfg(feature = "testing")]
pub use counters::{Commit, Counters, Reserve, ReserveAnswer};
#[cfg(not(feature = "testing"))]
pub(crate) use logins::{Logins, Sent};
#[cfg(feature = "testing")]
pub use logins::{Logins, Sent};
#[cfg(not(feature = "testing"))]
pub(crate) use outbox::{Enqueued, NewEvent, Outbox, OutboxEntry};
#[cfg(feature = "testing")]
pub use outbox::{Enqueued, NewEvent, Outbox, OutboxEntry};
#[cfg(not(feature = "testing"))]
pub(crate) use pseudonym::Pseudonymizer;
#[cfg(feature = "testing")]
pub use pseudonym::Pseudonymizer;
#[cfg(all(test, not(feature = "testing")))]
pub(crate) use records::RowLists;
#[cfg(feature = "testing")]
pub use records::{
    Changes, Image, Install, MAX_CATALOGS, Opened, Opening, Records, RowLists, Rows, StoredCatalog,
    StoredDocument,
};
#[cfg(not(feature = "testing"))]
pub(crate) use records::{
    Changes, Image, Install, MAX_CATALOGS, Opened, Opening, Records, Rows, StoredCatalog, StoredDocument,
};
#[cfg(not(feature = "testing"))]
pub(crate) use reports::{DeferredLogin, LoginTotals, MonthUsers, Reports, WarningKey};
#[cfg(feature = "testing")]
pub use reports::{DeferredLogin, LoginTotals, MonthUsers, Reports, WarningKey};
#[cfg(not(feature = "testing"))]
pub(crate) use standby::{Durable, Outage, Ran, Standby};
#[cfg(feature = "testing")]
pub use standby::{Durable, Outage, Ran, Standby};
#[cfg(not(feature = "testing"))]
pub(crate) use values::{Pause, SyncState};
#[cfg(feature = "testing")]
pub use values::{Pause, SyncState};
#[cfg(not(feature = "testing"))]
pub(crate) use work::{Handle, Pass, Work};
#[cfg(feature = "testing")]
pub use work::{Handle, Pass, Work};

use crate::port::{BoxFuture, MaybeSendSync};

/// One transaction in progress.
pub trait Transaction: Records + Counters + Logins + Reports + Outbox {
    /// The sequence number of this transaction. Every row it changes is stamped with it; it is higher than that of
    /// every transaction before.
    fn seq(&self) -> u64;

    /// On which line this transaction's sequence numbers are: 0 is the store itself, `n` the memory that stands in for
    /// it during its `n`th outage. Numbers of different lines do not compare: what memory knows of one line says
    /// nothing of another, and `Records::changes_since` answers for its own line only.
    fn line(&self) -> u64 {
        0
    }

    /// Names the commit that this transaction is a part of: works of one group are committed together or not at all, in
    /// their order. A reader that was told of changes by one of them needs only later ones from the next. 0 where every
    /// work is committed alone.
    fn group(&self) -> u64 {
        0
    }

    /// Whether the store has found out that a work of that name (`Work::named`), which it failed without knowing
    /// whether its commit had happened, was committed. It is not to be run again then.
    fn has_committed(&self, _work: u64) -> bool {
        false
    }
}

/// Called when another process has written.
#[cfg(not(target_arch = "wasm32"))]
pub type ForeignWrite = Box<dyn Fn() + Send + Sync>;
/// Called when another process has written.
#[cfg(target_arch = "wasm32")]
pub type ForeignWrite = Box<dyn Fn()>;

/// Durable state: runs transactions, each all or nothing, one after the other, also between processes.
pub trait Store: MaybeSendSync {
    /// Runs `work` as one transaction. Resolves once it is durable, or with why it did not happen.
    ///
    /// The call itself starts nothing that blocks the caller's thread. A store asks `Work::begin` before it runs a
    /// work and passes over one that was withdrawn; after the commit, and before it runs the next work, it calls
    /// `Work::committed`, so that memory follows the store in the store's own order. A work that was begun is
    /// carried through though nobody polls the future any more.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is half done.
    fn transact(&self, work: Work) -> BoxFuture<'static, Result<(), StoreError>>;

    /// Whether a transaction goes on while nobody polls its future: a store with a thread of its own, or one that is done
    /// when the call returns. Of another one somebody always waits.
    fn is_driven(&self) -> bool {
        true
    }

    /// What a process may grant while the store is lost.
    fn when_lost(&self) -> WhenLost {
        WhenLost::Allow
    }

    /// Has `told` be called when another process has written, where the store learns of that. What it wrote is not handed
    /// over: any transaction tells it (`Records::changes_since`). `told` must not block and runs no transaction itself.
    fn on_foreign_write(&self, _told: ForeignWrite) {}

    /// A corruption found when the store was opened or since, reported once.
    fn take_corruption(&self) -> Option<Corruption> {
        None
    }
}
