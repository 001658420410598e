//! The names in a document that are looked up: its price list, and its edition there.

use crate::model::catalog::{Catalog, Catalogs};
use crate::model::{CatalogId, EditionId, EntitlementsDocument, Finding};

/// A name that is looked up in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnknownName {
    /// Of the price list.
    Catalog(CatalogId),
    /// Of the edition, in a price list that is known.
    Edition(EditionId),
}

/// Which name of `document` is not known: its price list, else its edition.
pub(crate) fn unknown_name(document: &EntitlementsDocument, catalogs: &Catalogs) -> Option<UnknownName> {
    let id = document.catalog?;
    let Some(catalog) = catalogs.get(id) else { return Some(UnknownName::Catalog(id)) };
    document.edition.filter(|&id| catalog.edition(id).is_none()).map(UnknownName::Edition)
}

/// What is wrong with a price list that is not known.
pub(crate) fn unknown_catalog(id: CatalogId, catalogs: &Catalogs) -> String {
    format!("`{id}` is no price list that is known here; known: {}", catalogs.listed())
}

/// What is wrong with an edition that its price list does not have.
pub(crate) fn unknown_edition(id: EditionId, catalog: &Catalog) -> String {
    format!("`{id}` is no edition of {}; it has {}", catalog.id, catalog.listed_editions())
}

/// The finding about a fallback's price list that is not known. The endpoint may serve it yet.
pub(super) fn fallback_finding(id: CatalogId, catalogs: &Catalogs) -> Finding {
    Finding {
        field: "/fallback/catalog".to_owned(),
        problem: unknown_catalog(id, catalogs),
        remedy: format!(
            "nothing is assumed of the plan until the endpoint serves /v1/catalogs/{id}; where it is a slip, name a \
             price list that is known"
        ),
    }
}

/// The finding about a price list that is not known.
pub(super) fn catalog_finding(id: CatalogId, catalogs: &Catalogs) -> Finding {
    Finding {
        field: "/catalog".to_owned(),
        problem: unknown_catalog(id, catalogs),
        remedy: format!(
            "only what the document states one by one is in force; serve /v1/catalogs/{id}, open the guard with the \
             price list, or update the app"
        ),
    }
}

/// The finding about an edition that its price list does not have.
pub(super) fn edition_finding(field: &str, id: EditionId, catalog: &Catalog) -> Finding {
    Finding {
        field: field.to_owned(),
        problem: unknown_edition(id, catalog),
        remedy: format!(
            "only limits that are stated one by one are in force; name one of {}",
            catalog.listed_editions()
        ),
    }
}
