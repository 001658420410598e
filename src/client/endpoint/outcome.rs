//! What a sync brought.

use std::sync::Arc;

use crate::decide::fetch::freshness::Staleness;
use crate::model::EntitlementsDocument;

/// What a sync brought.
#[derive(Debug, Clone)]
pub enum SyncOutcome {
    /// The endpoint had a newer document, which holds from now on.
    UpdatedTo {
        /// The document.
        document: Arc<EntitlementsDocument>,
    },
    /// The endpoint confirmed the document held, which counts as fresh again.
    NotModified {
        /// The document.
        document: Arc<EntitlementsDocument>,
    },
    /// The endpoint was not asked.
    FromCache {
        /// The document held.
        document: Arc<EntitlementsDocument>,
        /// How old it is.
        staleness: Staleness,
        /// The policy asks for a fetch afterwards: sync again with `FetchPolicy::FreshOrFetch` when convenient.
        /// Nothing runs in the background unless the host starts it.
        revalidate: bool,
    },
    /// There is no document, and the policy forbade to fetch one.
    NoDocument,
}

impl SyncOutcome {
    /// The document that holds now.
    pub fn document(&self) -> Option<&Arc<EntitlementsDocument>> {
        match self {
            Self::UpdatedTo { document }
            | Self::NotModified { document }
            | Self::FromCache { document, .. } => Some(document),
            Self::NoDocument => None,
        }
    }
}
