//! Durable state as a port of small atomic operations, each all or nothing.

mod install;
mod memory;
mod port;
mod pseudonym;
mod rules;
mod state;
mod text;

pub use memory::MemoryStore;
pub use port::{
    Corruption, CountedLogin, CounterOp, DeferredLogin, Enqueued, Image, Install, Lease, LeaseAnswer,
    LeaseEnd, LoginTotals, Marks, OutboxEntry, Owner, PermitId, ReserveAnswer, ReserveItem, Store,
    StoreError, StoredDocument, SyncState, WarningKey,
};
pub use pseudonym::Pseudonymizer;
