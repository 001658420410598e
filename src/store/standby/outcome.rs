//! What the standby tells.

use crate::store::StoreError;

/// What befell the store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outage {
    /// The store failed or gave no answer; memory stands in. Reported once per outage.
    Failed {
        /// What the store said.
        error: StoreError,
    },
    /// The store has taken what happened meanwhile.
    Recovered {
        /// How many works it has taken.
        replayed: u64,
        /// How many were too many to be kept: they ran in memory only.
        dropped: u64,
    },
}

/// How a work ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ran {
    /// It ran in the store and is durable.
    Durable,
    /// It ran in memory and is kept for the store.
    Kept,
    /// It ran in memory; too many are kept already.
    Dropped,
    /// It did not run. Only a read ends so, and a write that refuses to run wherever it is tried.
    Failed(StoreError),
}
