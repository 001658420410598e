//! The billing endpoint: the transport port, the default transport, the wire format and the redaction of secrets.
//!
//! An app meets [`Credential`] and [`CredentialProvider`] here, and [`Transport`] where it brings its own HTTP stack.

mod active;
mod caching;
mod content_encoding;
mod credential;
mod endpoint_url;
mod jws;
mod receipt;
#[cfg(all(feature = "http", not(target_arch = "wasm32")))]
mod reqwest_transport;
mod transport;
mod wire;

pub(crate) use active::active_reply;
pub use caching::{CacheDirectives, retry_after};
pub(crate) use caching::{MAX_FRESH_SECS, text};
#[cfg(not(feature = "testing"))]
pub(crate) use caching::{age, date};
#[cfg(feature = "testing")]
pub use caching::{age, date};
pub use content_encoding::EncodingError;
#[cfg(not(feature = "testing"))]
pub(crate) use content_encoding::decoded;
#[cfg(feature = "testing")]
pub use content_encoding::decoded;
pub(crate) use credential::keyed_hex;
pub use credential::{BadCredential, Credential, CredentialError, CredentialProvider, StaticCredential};
pub use endpoint_url::{BadEndpointUrl, EndpointUrl, Redirect};
/// The crate whose requests and responses a [`Transport`] carries.
pub use http;
pub use jws::{BadKey, SignatureError, TrustedKeys};
pub(crate) use receipt::by_contract;
#[cfg(not(feature = "testing"))]
pub(crate) use receipt::{BatchReply, batch_reply};
#[cfg(feature = "testing")]
pub use receipt::{BatchReply, batch_reply};
#[cfg(all(feature = "http", not(target_arch = "wasm32")))]
pub use reqwest_transport::{ReqwestTransport, Timeouts};
pub use transport::{Request, Response, Transport, TransportError};
#[cfg(feature = "testing")]
pub use wire::read_document;
pub use wire::{DocumentError, DocumentVerifier, SCHEMA, SignedDocuments, UnsignedDocuments, parse_document};
pub(crate) use wire::{JOSE, JSON, WholeDocument, read_catalog, read_whole};
