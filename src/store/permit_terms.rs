//! Permit terms as JSON, in a column of the store.

use super::kept;
use crate::model::PermitTerms;

/// The terms as JSON.
pub(super) fn to_json(terms: &PermitTerms) -> String {
    kept::to_json(terms)
}

/// The terms that [`to_json`] wrote; `None` for those of a limit that this build does not know.
pub(super) fn from_json(text: &str) -> Option<PermitTerms> {
    kept::from_json(text).ok()
}
