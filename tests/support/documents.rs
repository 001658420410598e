//! Entitlements documents, and what follows from them.

use std::collections::BTreeMap;
use std::sync::Arc;

use planguard::decide::entitle;
use planguard::{
    Catalog, CatalogId, Catalogs, EditionId, Entitlements, EntitlementsDocument, ServiceGrant, ServiceId,
    Timestamp, catalog,
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

/// An owner's own price list, `our-contract` with the editions `silver` and `gold`, as its file.
pub const OWN_CATALOG: &str = include_str!("contract.toml");

/// The same, read.
pub fn own_catalog() -> Catalog {
    Catalog::from_toml(OWN_CATALOG).unwrap()
}

/// The price lists of the seed documents, whose editions have a name each.
pub fn seed_catalogs() -> [&'static Arc<Catalog>; 3] {
    [catalog::intl_2022(), catalog::intl_2024(), catalog::cn_dau()]
}

/// The editions of [`seed_catalogs`].
pub fn seed_editions() -> Vec<EditionId> {
    seed_catalogs().iter().flat_map(|list| list.editions.iter()).map(|edition| edition.id).collect()
}

/// The price list of the seed documents that has the edition.
pub fn home(edition: EditionId) -> &'static Arc<Catalog> {
    seed_catalogs().into_iter().find(|list| list.edition(edition).is_some()).unwrap()
}

/// One of a value-added service.
pub fn grant(id: ServiceId, tier: Option<&str>, expires_at: Option<Timestamp>) -> ServiceGrant {
    ServiceGrant { id, tier: tier.map(str::to_owned), quantity: 1, expires_at }
}

/// What a document entitles to at `now`, when it has just been fetched.
pub fn resolve_at(document: &EntitlementsDocument, now: Timestamp) -> Entitlements {
    entitle::resolve(document, &Catalogs::default(), now, now, Some(300))
}
