//! What can be wrong with a catalog file.

use crate::model::{CatalogId, EditionId, IdError, UnknownId};

use super::source::SubjectError;

/// Why a text is not a usable catalog. Every variant names the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// It is neither TOML nor JSON of the catalog's shape: a syntax error, a duplicate key, an unknown or missing field.
    #[error("catalog: {reason}")]
    Syntax {
        /// Where and what, by the parser.
        reason: String,
    },
    /// An id that this version does not know.
    #[error("{field}: {cause}")]
    Unknown {
        /// The path of the field.
        field: String,
        /// The id and those that are known.
        #[source]
        cause: UnknownId,
    },
    /// The same entry twice.
    #[error("{field}: `{value}` is given twice; keep one")]
    Duplicate {
        /// The path of the field.
        field: String,
        /// What is given twice.
        value: String,
    },
    /// A figure that must be there, or be listed as not stated, is not.
    #[error("{field}: missing; give the figure, or list it as not stated by the documents")]
    Missing {
        /// The path of the field.
        field: String,
    },
    /// A figure is both given and listed as not stated.
    #[error("{field}: both given and listed as not stated; remove one")]
    Contradiction {
        /// The path of the field.
        field: String,
    },
    /// A number below zero, or a block size of zero.
    #[error("{field}: {value} is out of range; it must be {must_be}")]
    OutOfRange {
        /// The path of the field.
        field: String,
        /// The number given.
        value: String,
        /// What it must be.
        must_be: &'static str,
    },
    /// A text that is no exact decimal number.
    #[error("{field}: `{value}` is not a decimal number such as \"449.99\"")]
    BadNumber {
        /// The path of the field.
        field: String,
        /// The text given.
        value: String,
    },
    /// A text that is no date.
    #[error("{field}: `{value}` is not a date such as \"2024-08-01\"")]
    BadDate {
        /// The path of the field.
        field: String,
        /// The text given.
        value: String,
    },
    /// A text that is no time of day.
    #[error("{field}: `{value}` is not a time of day such as \"16:29:24\"")]
    BadTime {
        /// The path of the field.
        field: String,
        /// The text given.
        value: String,
    },
    /// The id of a price list that ships with planguard, which is never replaced.
    #[error("id: `{id}` is the id of a built-in price list; give your own another one")]
    BuiltIn {
        /// The id.
        id: CatalogId,
    },
    /// A text that cannot be the name of a catalog, an edition or a service.
    #[error("{field}: {cause}")]
    Name {
        /// The path of the field.
        field: String,
        /// What is wrong with it.
        #[source]
        cause: IdError,
    },
    /// An edition that the catalog does not declare.
    #[error("{field}: no edition `{edition}`; declare it under `editions`, which has {}", Listed(.known))]
    UnknownEdition {
        /// The path of the field.
        field: String,
        /// The edition named.
        edition: EditionId,
        /// The catalog's editions.
        known: Vec<EditionId>,
    },
    /// A source that the catalog does not declare.
    #[error("{field}: no source `{value}`; declare it under `sources`")]
    UnknownSource {
        /// The path of the field.
        field: String,
        /// The source named.
        value: String,
    },
    /// A tier that the service does not declare.
    #[error("{field}: no tier `{value}`; tiers of this service: {}", .known.join(", "))]
    UnknownTier {
        /// The path of the field.
        field: String,
        /// The tier named.
        value: String,
        /// The service's tiers.
        known: Vec<String>,
    },
    /// A subject of a note or difference that names nothing.
    #[error("{field}: {cause}")]
    Subject {
        /// The path of the field.
        field: String,
        /// What is wrong with it.
        #[source]
        cause: SubjectError,
    },
}

struct Listed<'a>(&'a [EditionId]);

impl std::fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, id) in self.0.iter().enumerate() {
            write!(f, "{}{id}", if at == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}
