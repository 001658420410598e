//! The document held: the bytes as received, and what was read from them.

use std::sync::Arc;

use crate::decide::fetch::judge::Version;
use crate::model::{EntitlementsDocument, SdkAppId, Timestamp};
use crate::net::{DocumentError, DocumentVerifier, UnsignedDocuments, read_document};
use crate::store::StoredDocument;

/// The document held, and what is known of its age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldDocument {
    /// The document.
    pub(crate) document: Arc<EntitlementsDocument>,
    /// Trusted time at which it was last known to be current.
    pub(crate) fetched_at: Timestamp,
    /// Seconds for which it counts as fresh after `fetched_at`, where the endpoint said so.
    pub(crate) fresh_for_secs: Option<u64>,
}

/// A document with the form in which it is stored.
#[derive(Debug)]
pub(crate) struct Held {
    pub(super) stored: StoredDocument,
    pub(super) document: Arc<EntitlementsDocument>,
}

/// What the store held when the guard opened.
pub(crate) struct AtOpen {
    pub(super) verifier: Arc<dyn DocumentVerifier>,
    pub(super) held: Option<Held>,
    /// Why what it held can be used no more; the next sync fetches it anew.
    pub(crate) unusable: Option<DocumentError>,
}

impl AtOpen {
    /// Reads what the store holds. A document that was fetched when there was an endpoint still says more than a
    /// fallback, so this needs none.
    pub(crate) fn read(stored: Option<StoredDocument>, app: SdkAppId) -> Self {
        let verifier: Arc<dyn DocumentVerifier> = Arc::new(UnsignedDocuments);
        let read = stored.map(|stored| Held::read(&*verifier, stored, app)).transpose();
        match read {
            Ok(held) => Self { verifier, held, unusable: None },
            Err(error) => Self { verifier, held: None, unusable: Some(error) },
        }
    }

    /// The document held.
    pub(crate) fn view(&self) -> Option<HeldDocument> {
        self.held.as_ref().map(Held::view)
    }
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
