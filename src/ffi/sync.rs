//! The billing endpoint.

use super::error::PlanguardError;
use super::guard::Planguard;
use crate::client::{FetchPolicy, Flushed as CoreFlushed, Staleness, SyncOutcome as Core};
use crate::model::EntitlementsDocument;

/// What a sync brought.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum SyncOutcome {
    /// A newer document holds.
    UpdatedTo {
        /// The document.
        document: EntitlementsDocument,
    },
    /// The document held was confirmed.
    NotModified {
        /// The document.
        document: EntitlementsDocument,
    },
    /// The endpoint was not asked.
    FromCache {
        /// The document.
        document: EntitlementsDocument,
        /// How old it is.
        staleness: Staleness,
        /// Sync again when convenient.
        revalidate: bool,
    },
    /// There is no document.
    NoDocument,
}

impl From<Core> for SyncOutcome {
    fn from(core: Core) -> Self {
        match core {
            Core::UpdatedTo { document } => Self::UpdatedTo { document: (*document).clone() },
            Core::NotModified { document } => Self::NotModified { document: (*document).clone() },
            Core::FromCache { document, staleness, revalidate } => {
                Self::FromCache { document: (*document).clone(), staleness, revalidate }
            }
            Core::NoDocument => Self::NoDocument,
        }
    }
}

#[uniffi::export]
impl SyncOutcome {
    /// Its fixed word, the same in every language and version: for logs.
    pub fn as_str(&self) -> String {
        let word = match self {
            Self::UpdatedTo { .. } => "updated_to",
            Self::NotModified { .. } => "not_modified",
            Self::FromCache { .. } => "from_cache",
            Self::NoDocument => "no_document",
        };
        word.to_owned()
    }
}

/// What became of the usage events that waited.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Flushed {
    /// Events that arrived.
    pub delivered: u64,
    /// Events that the endpoint does not take.
    pub refused: u64,
    /// Events that still wait.
    pub waiting: u64,
    /// Events that were dropped for want of room.
    pub dropped: u64,
    /// Why delivering stopped: the error that a sync would have given.
    pub stopped: Option<super::error::ErrorDetails>,
}

impl From<CoreFlushed> for Flushed {
    fn from(core: CoreFlushed) -> Self {
        Self {
            delivered: core.delivered,
            refused: core.refused,
            waiting: core.waiting,
            dropped: core.dropped,
            stopped: core.stopped.as_ref().map(super::error::ErrorDetails::from),
        }
    }
}

#[uniffi::export]
impl Planguard {
    /// Brings the entitlements up to date. Whatever goes wrong, the last good ones stay.
    pub async fn sync(&self, policy: FetchPolicy) -> Result<SyncOutcome, PlanguardError> {
        Ok(self.core()?.sync(policy).await?.into())
    }

    /// Writes what is counted in memory, and delivers the usage events that wait.
    pub async fn flush(&self) -> Result<Flushed, PlanguardError> {
        Ok(self.core()?.flush().await.into())
    }
}

/// Only a browser tells one guard of what another one wrote.
#[cfg(target_arch = "wasm32")]
#[uniffi::export]
impl Planguard {
    /// Takes over what a guard in another tab or worker has kept in the store that both share.
    pub async fn refresh(&self) -> Result<(), PlanguardError> {
        self.core()?.refresh().await;
        Ok(())
    }
}
