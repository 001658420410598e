//! Durable state as a port of small atomic operations, each all or nothing.
//!
//! `SqliteStore` (feature `sqlite`) is what an app on a device or a server wants: it survives restarts, and several
//! processes can share it. [`MemoryStore`] forgets with the process; it is for tests and for hosts that keep its
//! content themselves. A store of the app's own implements [`Store`] and passes the suite in `contract` (feature
//! `testing`).

#[cfg(feature = "testing")]
pub mod contract;
#[cfg(feature = "testing")]
mod faulty;
mod install;
mod memory;
mod port;
mod pseudonym;
mod rules;
#[cfg(all(feature = "sqlite", not(target_arch = "wasm32")))]
mod sqlite;
mod state;
mod text;
mod values;

#[cfg(feature = "testing")]
pub use faulty::{Fault, FaultyStore};
pub use memory::MemoryStore;
pub use port::{
    Corruption, CountedLogin, CounterOp, DeferredLogin, Enqueued, Image, Install, Lease, LeaseAnswer,
    LeaseEnd, LoginTotals, Marks, OutboxEntry, Owner, Pause, PermitId, ReserveAnswer, ReserveItem, Store,
    StoreError, StoredDocument, SyncState, WarningKey,
};
pub use pseudonym::Pseudonymizer;
#[cfg(all(feature = "sqlite", not(target_arch = "wasm32")))]
pub use sqlite::SqliteStore;
