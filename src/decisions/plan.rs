//! What the caller knows of the plan.

use crate::decide::entitle;
use crate::model::{
    BillingZone, CatalogId, Catalogs, EditionId, Entitlements, EntitlementsDocument, SdkAppId, Timestamp,
};
use crate::net::{DocumentError, parse_document};

/// What is known of the plan.
#[derive(Clone, Debug)]
pub enum Plan {
    /// A document of the billing endpoint.
    Document {
        /// The document.
        document: Box<EntitlementsDocument>,
        /// When it was last known to be current.
        fetched_at: Timestamp,
        /// For how many seconds it is fresh then; `None` leaves it to the phase of the app.
        fresh_for: Option<u64>,
    },
    /// An edition that is assumed.
    Fallback(CatalogId, EditionId),
    /// Nothing.
    Unknown,
}

impl Plan {
    /// A document that the app got from its billing endpoint at `fetched_at`.
    ///
    /// # Errors
    /// It is no document of this app.
    pub fn fetched(
        text: &[u8],
        app: SdkAppId,
        fetched_at: Timestamp,
        fresh_for: Option<u64>,
    ) -> Result<Self, DocumentError> {
        let document = Box::new(parse_document(text, Some("application/json"), app)?);
        Ok(Self::Document { document, fetched_at, fresh_for })
    }

    /// A document that ships with the app: it was confirmed when it was issued, and is fresh no more.
    ///
    /// # Errors
    /// It is no document of this app.
    pub fn seed(text: &[u8], app: SdkAppId, now: Timestamp) -> Result<Self, DocumentError> {
        let document = Box::new(parse_document(text, Some("application/json"), app)?);
        Ok(Self::Document { fetched_at: document.issued_at.min(now), document, fresh_for: Some(0) })
    }

    pub(super) fn resolve(&self, catalogs: &Catalogs, zone: &BillingZone, now: Timestamp) -> Entitlements {
        let mut entitlements = match self {
            Self::Document { document, fetched_at, fresh_for } => {
                entitle::resolve(document, catalogs, now, *fetched_at, *fresh_for)
            }
            Self::Fallback(catalog, edition) => entitle::fallback(*catalog, *edition, catalogs),
            Self::Unknown => Entitlements::unknown(),
        };
        entitlements.zone = Some(zone.clone());
        entitlements.asks_endpoint = false;
        entitlements
    }
}
