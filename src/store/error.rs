//! Why a store operation did not happen.

/// Why a store operation did not happen. Nothing is half done: the state is as before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The path cannot be opened or created.
    #[error("store_path: cannot open the store: {why}; pass a path inside the app's own writable directory")]
    Unwritable {
        /// What the backend said.
        why: String,
    },
    /// What is at the path, or in the schema of the database, is not planguard's. It was left as it is.
    #[error("the store's place: {why}; it was left as it is, give planguard a path or a schema of its own")]
    NotOurs {
        /// What is there.
        why: String,
    },
    /// The store belongs to another app. It was left as it is.
    #[error("store: it belongs to the app {found}, not to {wanted}; give each app a store of its own")]
    OtherApp {
        /// The `SDKAppID` that the store belongs to.
        found: u64,
        /// The `SDKAppID` that was to open it.
        wanted: u64,
    },
    /// The disk is full.
    #[error("the store's disk is full; free space, nothing was lost")]
    DiskFull,
    /// Another process held the store for too long, or the store gave no answer in time.
    #[error("the store is busy with other work; try again")]
    Busy,
    /// The server that holds the store gave no answer in time, or cannot be reached.
    #[error("the store cannot be reached: {why}; it is tried again with the next operation")]
    Unreachable {
        /// What was seen. Never holds an address, a user's name or a password.
        why: String,
    },
    /// The server that holds the store refuses it: the address, the user, or what the user may do.
    #[error("the store's server refuses it: {why}; correct the address or the rights (docs/FLEET.md)")]
    Refused {
        /// What the server said. Never holds a password.
        why: String,
    },
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
