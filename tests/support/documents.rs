//! Entitlements documents, and what follows from them.

use std::collections::BTreeMap;

use planguard::decide::entitle;
use planguard::{
    CatalogId, EditionId, Entitlements, EntitlementsDocument, ServiceGrant, ServiceId, Timestamp,
};

use crate::app;

/// A document of the app that names a plan and nothing else.
pub fn document(catalog: CatalogId, edition: EditionId, issued_at: Timestamp) -> EntitlementsDocument {
    EntitlementsDocument {
        revision: 1,
        sdk_app_id: app(),
        catalog: Some(catalog),
        edition: Some(edition),
        subscription: None,
        arrears_since: None,
        value_added: Vec::new(),
        applications: BTreeMap::new(),
        limits: BTreeMap::new(),
        features: BTreeMap::new(),
        usage: None,
        issued_at,
        fresh_for_secs: Some(300),
        findings: Vec::new(),
    }
}

/// One of a value-added service.
pub fn grant(id: ServiceId, tier: Option<&str>, expires_at: Option<Timestamp>) -> ServiceGrant {
    ServiceGrant { id, tier: tier.map(str::to_owned), quantity: 1, expires_at }
}

/// What a document entitles to at `now`, when it has just been fetched.
pub fn resolve_at(document: &EntitlementsDocument, now: Timestamp) -> Entitlements {
    let list = document.catalog.map(CatalogId::catalog);
    entitle::resolve(document, list, now, now, Some(300))
}
