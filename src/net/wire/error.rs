//! Why a document was refused as a whole.

use crate::model::Timestamp;
use crate::net::content_encoding::EncodingError;
use crate::net::jws::SignatureError;

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
        "content-type: `{found}` is neither application/json nor application/jose; check the endpoint URL, this may be \
         another site's page"
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
    /// Trusted keys are configured, and the document is not signed.
    #[error(
        "content-type: the document came as application/json, which is not signed, and trusted keys are configured; have \
         the endpoint sign it and send application/jose, or open the guard without trusted keys"
    )]
    Unsigned,
    /// The document is signed in a way that is not believed.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// A signed document is too old to be the first one that is taken over: it may have been kept back by somebody.
    #[error(
        "issued_at: {issued_at} is more than {days} days before the present ({now}), too long for the first document of \
         an install; have the endpoint sign it anew, or correct this device's clock"
    )]
    TooOld {
        /// The document's `issued_at`.
        issued_at: Timestamp,
        /// The later one of trusted time before the answer and of the time that the answer says.
        now: Timestamp,
        /// How many days it may be old.
        days: u64,
    },
    /// The cached document has a lower revision than the one that was noted with it.
    #[error(
        "revision: the cached document has {found}, and {noted} was noted when it was kept; it was replaced by an older \
         one; sync to fetch it again"
    )]
    Replaced {
        /// The revision that was noted.
        noted: u64,
        /// The revision of the document.
        found: u64,
    },
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
