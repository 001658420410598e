//! The document held: the bytes as received, and what was read from them.

use std::sync::Arc;

use super::outcome::HeldDocument;
use crate::decide::sync_step::Version;
use crate::model::{EntitlementsDocument, SdkAppId};
use crate::net::{DocumentError, DocumentVerifier, read_document};
use crate::store::StoredDocument;

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
