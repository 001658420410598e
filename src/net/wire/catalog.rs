//! A price list on the wire: the same rows as in a catalog's file, as JSON.

use crate::model::catalog::CatalogError;
use crate::model::{Catalog, CatalogId};

use super::error::DocumentError;
use super::verifier::DocumentVerifier;

/// Why an answer is not a price list that can be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServedCatalogError {
    /// The body is not one that is accepted.
    #[error(transparent)]
    Body(#[from] DocumentError),
    /// A row of it is wrong.
    #[error(transparent)]
    Rows(#[from] CatalogError),
    /// It is another price list.
    #[error("id: the answer is `{found}`, asked for was `{expected}`; check the endpoint")]
    OtherId {
        /// Asked for.
        expected: CatalogId,
        /// What the answer says.
        found: CatalogId,
    },
}

/// Reads the price list `expected` that `verifier` accepts.
pub(crate) fn read_catalog(
    verifier: &dyn DocumentVerifier,
    body: &[u8],
    content_type: Option<&str>,
    expected: CatalogId,
) -> Result<Catalog, ServedCatalogError> {
    let catalog = Catalog::from_json(&verifier.open(body, content_type)?)?;
    if catalog.id == expected {
        return Ok(catalog);
    }
    Err(ServedCatalogError::OtherId { expected, found: catalog.id })
}
