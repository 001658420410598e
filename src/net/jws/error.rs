//! Why a signed text is not believed.

use std::fmt::Display;

/// Why a signed document is refused. The last good copy stays in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// It does not have three parts, as a JWS in compact form has.
    #[error(
        "signature: the signed document is not a JWS in compact form, three parts of base64url with points between them; \
         have the endpoint send header.payload.signature and nothing else"
    )]
    NotCompact,
    /// A part of it is longer than is looked at.
    #[error("signature: the {part} has more than {limit} bytes; have the endpoint send a smaller one")]
    TooLarge {
        /// The part.
        part: &'static str,
        /// The accepted size in bytes.
        limit: usize,
    },
    /// A part of it cannot be read.
    #[error(
        "signature: the {part} cannot be read ({problem}); have the endpoint make it with a JOSE library"
    )]
    Malformed {
        /// The part.
        part: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// It names another algorithm, or none.
    #[error(
        "signature: alg is `{found}`; only EdDSA is accepted; have the endpoint sign with its Ed25519 key"
    )]
    Algorithm {
        /// The header's `alg`, `(none)` where it has none.
        found: String,
    },
    /// Its header asks for something that this version does not do.
    #[error("signature: the header has `{field}`, which is not accepted; have the endpoint leave it out")]
    Extension {
        /// The member of the header: `crit` or `b64`.
        field: &'static str,
    },
    /// Its header brings a key, or says where one is.
    #[error(
        "signature: the header brings a key in `{field}`, and only keys of the configuration are used; have the endpoint \
         name its key by kid"
    )]
    EmbeddedKey {
        /// The member of the header: `jwk`, `jku`, `x5c` or `x5u`.
        field: &'static str,
    },
    /// Its header says that it is something else.
    #[error("signature: {field} is `{found}`, not {wanted}; have the endpoint correct it or leave it out")]
    WrongType {
        /// The member of the header: `typ` or `cty`.
        field: &'static str,
        /// What it says.
        found: String,
        /// What is accepted.
        wanted: &'static str,
    },
    /// It names a key that is not configured.
    #[error(
        "signature: the document is signed with the key `{kid}`, which is not trusted here (those are: {known}); update \
         the app where the key is a new one, or have the endpoint sign with a trusted one"
    )]
    UnknownKey {
        /// The header's `kid`.
        kid: String,
        /// The names of the keys that are trusted.
        known: String,
    },
    /// No trusted key made this signature over this content.
    #[error(
        "signature: it is not that of the trusted key over this document; the document was changed on its way, or the \
         endpoint signed with another key"
    )]
    NotVerified,
    /// It is for others, or for nobody in particular where the configuration names an audience.
    #[error(
        "signature: the document is for `{found}`, and the configured audience is `{wanted}`; have the endpoint name \
         that audience in aud, or open the guard with another one"
    )]
    WrongAudience {
        /// The header's `aud`, `(none)` where it has none.
        found: String,
        /// The configured one, `(none)` where none is.
        wanted: String,
    },
}

impl SignatureError {
    pub(super) fn malformed(part: &'static str, problem: impl Display) -> Self {
        Self::Malformed { part, problem: problem.to_string() }
    }
}
