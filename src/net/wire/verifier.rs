//! Which forms of a document are accepted: the seam between unsigned and signed documents.

use std::borrow::Cow;

use http::{HeaderMap, header};

use super::error::DocumentError;
use crate::model::echo::echo;
use crate::net::caching::text;
use crate::net::jws::{self, TrustedKeys};
use crate::port::MaybeSendSync;

/// The media type of an unsigned document.
pub(crate) const JSON: &str = "application/json";
/// The media type of a signed document.
pub(crate) const JOSE: &str = "application/jose";

/// Takes the JSON of a document or price list out of a body as received, or refuses the body.
///
/// It is asked on every fetch and again whenever the cached copy is loaded.
pub trait DocumentVerifier: MaybeSendSync {
    /// What to ask the endpoint for.
    fn accept(&self) -> &'static str;

    /// The JSON inside `body`, which arrived as `content_type`.
    fn open<'a>(&self, body: &'a [u8], content_type: Option<&str>) -> Result<Cow<'a, [u8]>, DocumentError>;
}

/// Accepts `application/json` as it is. Without a trusted key a signature cannot be checked, so a signed
/// document is refused rather than believed.
#[derive(Debug, Clone, Copy, Default)]
pub struct UnsignedDocuments;

/// Accepts what one of the trusted keys signed, and nothing else: an endpoint that could leave the signature out would
/// make all keys worthless.
pub struct SignedDocuments {
    keys: TrustedKeys,
    audience: Option<String>,
}

impl SignedDocuments {
    /// For `audience`, or for nobody in particular.
    pub fn new(keys: TrustedKeys, audience: Option<String>) -> Self {
        Self { keys, audience }
    }
}

impl DocumentVerifier for SignedDocuments {
    fn accept(&self) -> &'static str {
        JOSE
    }

    fn open<'a>(&self, body: &'a [u8], content_type: Option<&str>) -> Result<Cow<'a, [u8]>, DocumentError> {
        match essence(content_type).as_str() {
            JOSE => Ok(Cow::Owned(jws::open(body, &self.keys, self.audience.as_deref())?)),
            JSON => Err(DocumentError::Unsigned),
            found => Err(DocumentError::WrongContentType { found: echo(found) }),
        }
    }
}

impl DocumentVerifier for UnsignedDocuments {
    fn accept(&self) -> &'static str {
        JSON
    }

    fn open<'a>(&self, body: &'a [u8], content_type: Option<&str>) -> Result<Cow<'a, [u8]>, DocumentError> {
        match essence(content_type).as_str() {
            JSON => Ok(Cow::Borrowed(body)),
            JOSE => Err(DocumentError::NoTrustedKey),
            found => Err(DocumentError::WrongContentType { found: echo(found) }),
        }
    }
}

/// The media type of an answer; `(none)` when it has none.
pub(in crate::net) fn media_type(headers: &HeaderMap) -> String {
    essence(text(headers, &header::CONTENT_TYPE))
}

/// The media type in a `Content-Type` value: lower case, without parameters; `(none)` when there is none.
fn essence(content_type: Option<&str>) -> String {
    match content_type.map(|value| value.split(';').next().unwrap_or_default().trim()) {
        None | Some("") => "(none)".to_owned(),
        Some(essence) => essence.to_ascii_lowercase(),
    }
}
