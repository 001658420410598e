//! The document held: the bytes as received, and what was read from them.

use std::sync::Arc;

use crate::decide::fetch::judge::{Noted, Version};
use crate::model::json;
use crate::model::{AccountKey, Catalogs, EntitlementsDocument, Finding, SdkAppId, Timestamp};
use crate::net::{
    DocumentError, DocumentVerifier, JOSE, JSON, SignatureError, WholeDocument, read_catalog, read_whole,
};
use crate::store::{StoredCatalog, StoredDocument};

/// The document held, and what is known of its age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldDocument {
    /// The document.
    pub(crate) document: Arc<EntitlementsDocument>,
    /// Trusted time at which it was last known to be current.
    pub(crate) fetched_at: Timestamp,
    /// Seconds for which it counts as fresh after `fetched_at`, where the endpoint said so.
    pub(crate) fresh_for_secs: Option<u64>,
    /// The key under which the endpoint knows users, where the document has one.
    pub(crate) accounts: Option<Arc<AccountKey>>,
}

/// A document with the form in which it is stored.
#[derive(Debug)]
pub(crate) struct Held {
    pub(super) stored: StoredDocument,
    pub(super) document: Arc<EntitlementsDocument>,
    pub(super) accounts: Option<Arc<AccountKey>>,
    /// This process received it from the endpoint itself. The entity tag of a row that was read may have been put beside
    /// another body.
    pub(super) received: bool,
}

/// What the store held when the guard opened.
pub(crate) struct AtOpen {
    pub(super) verifier: Arc<dyn DocumentVerifier>,
    pub(super) held: Option<Held>,
    /// Why what it held can be used no more; the next sync fetches it anew.
    pub(crate) unusable: Option<DocumentError>,
    /// What was noted with what can be used no more: nothing from before it takes its place.
    pub(super) noted: Option<Noted>,
    /// The price lists that the endpoint served.
    pub(super) lists: Vec<StoredCatalog>,
}

impl AtOpen {
    /// Reads what the store holds. A document that was fetched when there was an endpoint still says more than a
    /// fallback, so this needs none.
    pub(crate) fn read(
        stored: Option<StoredDocument>,
        lists: Vec<StoredCatalog>,
        app: SdkAppId,
        verifier: Arc<dyn DocumentVerifier>,
    ) -> Self {
        let noted = stored.as_ref().map(|stored| Noted { revision: stored.revision, at: stored.fetched_at });
        match stored.map(|stored| Held::read(&*verifier, stored, app)).transpose() {
            Ok(held) => Self { verifier, held, unusable: None, noted: None, lists },
            Err(error) => {
                let noted = noted.filter(|_| !is_withdrawn(&error));
                Self { verifier, held: None, unusable: Some(error), noted, lists }
            }
        }
    }

    /// `known` with the price lists that the store holds, and what of them cannot be used any more. Those are fetched
    /// anew.
    pub(crate) fn read_lists(&mut self, mut known: Catalogs) -> (Catalogs, Vec<Finding>) {
        let mut findings = Vec::new();
        self.lists.retain(|stored| {
            if known.is_fixed(stored.id) {
                return false;
            }
            match read_catalog(&*self.verifier, &stored.body, Some(&stored.content_type), stored.id) {
                Ok(catalog) => {
                    known = known.with_served(Arc::new(catalog));
                    true
                }
                Err(error) => {
                    findings.push(Finding {
                        field: "/catalog".to_owned(),
                        problem: format!("the cached price list `{}` cannot be used: {error}", stored.id),
                        remedy: "it was passed over; sync to fetch it again".to_owned(),
                    });
                    false
                }
            }
        });
        (known, findings)
    }

    /// The document held.
    pub(crate) fn view(&self) -> Option<HeldDocument> {
        self.held.as_ref().map(Held::view)
    }

    /// Reads a document that ships with the app. It was confirmed when it was issued, and is fresh no more: the endpoint
    /// is asked as if nothing were held, and may serve a lower revision.
    pub(crate) fn read_seed(
        &self,
        body: &[u8],
        app: SdkAppId,
        now: Timestamp,
    ) -> Result<HeldDocument, DocumentError> {
        // A file often ends with a line break, and begins with a byte order mark, which are not part of what was signed.
        let (body, content_type) =
            if self.looks_signed(body) { (json::without_bom(body).trim_ascii(), JOSE) } else { (body, JSON) };
        let WholeDocument { mut document, accounts } =
            read_whole(&*self.verifier, body, Some(content_type), app)?;
        if accounts.is_some() {
            document.findings.push(Finding {
                field: "/accounts".to_owned(),
                problem:
                    "a document that ships with the app has a key, which everybody who has the app can read"
                        .to_owned(),
                remedy: "the key is not used; take it out of the seed, and give it in the endpoint's answers"
                    .to_owned(),
            });
        }
        let fetched_at = document.issued_at.min(now);
        Ok(HeldDocument { document: Arc::new(document), fetched_at, fresh_for_secs: Some(0), accounts: None })
    }
}

/// Whether the key that signed is trusted no more: if it was stolen, what the thief signed must not bind what comes after.
fn is_withdrawn(error: &DocumentError) -> bool {
    matches!(error, DocumentError::Signature(SignatureError::UnknownKey { .. }))
}

impl AtOpen {
    /// A seed has no media type. Where keys are configured, what does not begin as JSON is a signed document, if perhaps
    /// a bad one.
    fn looks_signed(&self, body: &[u8]) -> bool {
        let is_json = json::without_bom(body).trim_ascii_start().starts_with(b"{");
        is_jose(body) || (self.verifier.accept() == JOSE && !is_json)
    }
}

/// Whether `body` has the form of a signed document: three parts of base64url, of which the middle one may be empty.
fn is_jose(body: &[u8]) -> bool {
    let in_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let parts: Vec<&[u8]> = json::without_bom(body).trim_ascii().split(|byte| *byte == b'.').collect();
    matches!(&parts[..], [head, _, _] if !head.is_empty())
        && parts.iter().all(|part| part.iter().all(in_part))
}

impl Held {
    /// Reads the bytes again, so that a signature is checked on every load.
    pub(super) fn read(
        verifier: &dyn DocumentVerifier,
        stored: StoredDocument,
        app: SdkAppId,
    ) -> Result<Self, DocumentError> {
        let WholeDocument { document, accounts } =
            read_whole(verifier, &stored.body, Some(&stored.content_type), app)?;
        let (noted, found) = (stored.revision, document.revision);
        if found < noted {
            return Err(DocumentError::Replaced { noted, found });
        }
        let accounts = accounts.map(Arc::new);
        Ok(Self { stored, document: Arc::new(document), accounts, received: false })
    }

    pub(super) fn version(&self) -> Version {
        Version { revision: self.document.revision, issued_at: self.document.issued_at }
    }

    pub(super) fn view(&self) -> HeldDocument {
        HeldDocument {
            document: Arc::clone(&self.document),
            fetched_at: self.stored.fetched_at,
            fresh_for_secs: self.stored.fresh_for_secs,
            accounts: self.accounts.clone(),
        }
    }
}
