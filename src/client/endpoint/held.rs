//! The document held: the bytes as received, and what was read from them.

use std::sync::Arc;

use crate::decide::fetch::judge::Version;
use crate::model::{EntitlementsDocument, SdkAppId, Timestamp};
use crate::net::{DocumentError, DocumentVerifier, read_document};
use crate::store::StoredDocument;

/// The document held, and what is known of its age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldDocument {
    /// The document.
    pub document: Arc<EntitlementsDocument>,
    /// Trusted time at which it was last known to be current.
    pub fetched_at: Timestamp,
    /// Seconds for which it counts as fresh after `fetched_at`, where the endpoint said so.
    pub fresh_for_secs: Option<u64>,
}

/// A document with the form in which it is stored.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) stored: StoredDocument,
    pub(super) document: Arc<EntitlementsDocument>,
}

impl Held {
    /// Reads the bytes again, so that a signature is checked on every load.
    pub(super) fn read(
        verifier: &dyn DocumentVerifier,
        stored: StoredDocument,
        app: SdkAppId,
    ) -> Result<Self, DocumentError> {
        let document = read_document(verifier, &stored.body, Some(&stored.content_type), app)?;
        Ok(Self { stored, document: Arc::new(document) })
    }

    pub(super) fn version(&self) -> Version {
        Version { revision: self.document.revision, issued_at: self.document.issued_at }
    }

    pub(super) fn view(&self) -> HeldDocument {
        HeldDocument {
            document: Arc::clone(&self.document),
            fetched_at: self.stored.fetched_at,
            fresh_for_secs: self.stored.fresh_for_secs,
        }
    }
}
