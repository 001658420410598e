//! Why a document was refused as a whole.

use crate::model::Timestamp;
use crate::net::content_encoding::EncodingError;

/// Why an answer is not a document that can be used. The last good copy stays in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// The body is not JSON.
    #[error(
        "the entitlements document is not JSON: {why}; check what the endpoint (or a proxy before it) sent"
    )]
    NotJson {
        /// What the parser objected to, with line and column.
        why: String,
    },
    /// The body has a `Content-Encoding` that cannot be undone.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    /// An object of the document has a key twice, so that it is not clear which value is meant.
    #[error("{field}: given twice in the entitlements document; send it once")]
    DoubledKey {
        /// The JSON pointer of the key.
        field: String,
    },
    /// The document is dated beyond the present, so that it would shut out later true ones.
    #[error(
        "issued_at: {issued_at} lies beyond the present ({now}); check the endpoint's clock, and send the time at \
         which the document was made"
    )]
    IssuedAhead {
        /// The document's `issued_at`.
        issued_at: Timestamp,
        /// Trusted time as the same answer taught it.
        now: Timestamp,
    },
    /// The document says something in this section that cannot be read, and the held document has it.
    #[error(
        "{field}: cannot be read, and the held document has it ({problem}); correct the spelling, or update the app"
    )]
    Loses {
        /// The section.
        field: &'static str,
        /// What the first finding there says.
        problem: String,
    },
    /// The document has the revision and the date of the held one, and says something else.
    #[error(
        "revision: {revision} of the same issued_at was received before and said something else; raise the revision \
         with every change"
    )]
    Conflict {
        /// The revision of both.
        revision: u64,
    },
    /// The body is JSON, but not an object.
    #[error("the entitlements document is not a JSON object; send the entitlements of one app")]
    NotAnObject,
    /// The body is of another media type.
    #[error(
        "content-type: `{found}` is not application/json; check the endpoint URL, this may be another site's page"
    )]
    WrongContentType {
        /// What the answer said, `(none)` where it said nothing.
        found: String,
    },
    /// The document is signed and no trusted key is configured.
    #[error(
        "content-type: the document is signed (application/jose) and no trusted key is configured; configure the endpoint's public key, or have it serve application/json"
    )]
    NoTrustedKey,
    /// The document has a newer shape than this planguard reads.
    #[error("schema: {found} is newer than {known}, the newest this planguard reads; update the app")]
    NewerSchema {
        /// What the document says.
        found: u64,
        /// The newest schema this build can read.
        known: u64,
    },
    /// The document has a shape that never was.
    #[error("schema: {found} does not exist; send {known}")]
    UnknownSchema {
        /// What the document says.
        found: u64,
        /// The schema this build reads.
        known: u64,
    },
    /// The document speaks of another app.
    #[error("sdk_app_id: the document is for app {found}, this app is {expected}; check the endpoint")]
    WrongApp {
        /// This app.
        expected: u64,
        /// What the document says.
        found: u64,
    },
    /// A required field is not there.
    #[error("{field}: missing from the entitlements document; it is required")]
    Missing {
        /// The field's name.
        field: &'static str,
    },
    /// A required field has a value that cannot be used.
    #[error("{field}: {problem}; it is required, see the endpoint's contract")]
    Invalid {
        /// The field's name.
        field: &'static str,
        /// What is wrong with the value.
        problem: String,
    },
}
