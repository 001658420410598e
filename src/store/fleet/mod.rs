//! Stores that the processes of a fleet share: everything but the server.
//!
//! A thread of the store's own takes the works that wait and runs them as one transaction (`worker.rs`). They run on a
//! [`State`](super::state::State) that holds the rows touched so far (`cache.rs`): rows are read from the server when a
//! work first needs them, and what the works changed is written at the end, each row once. The rules are those of the
//! memory store, which is that same state.
//!
//! Each commit leaves an entry in a journal: which rows it changed. A transaction begins by reading the entries since the
//! last one that this process saw, and drops those rows from its cache. So a process that shares a store with others reads
//! again what they changed, and nothing else.
//!
//! Waits are measured by the monotonic clock of the machine that began them. Each row says by which, and how far the
//! server's clock was ahead of it (`page.rs`); the server's clock is the one that all machines have in common.

#[cfg(feature = "postgres")]
pub(in crate::store) mod backing;
pub(in crate::store) mod boot;
pub(in crate::store) mod bounds;
#[cfg(feature = "postgres")]
mod cache;
#[cfg(feature = "postgres")]
mod counters;
#[cfg(feature = "postgres")]
mod journal;
#[cfg(feature = "postgres")]
mod logins;
#[cfg(feature = "postgres")]
mod outbox;
pub(in crate::store) mod page;
#[cfg(feature = "postgres")]
mod records;
#[cfg(feature = "postgres")]
mod reports;
#[cfg(feature = "postgres")]
pub(in crate::store) mod row;
#[cfg(feature = "postgres")]
mod tx;
#[cfg(feature = "postgres")]
pub(in crate::store) mod worker;
