//! The transport port: how bytes reach the billing endpoint.

use crate::port::{BoxFuture, MaybeSendSync};

/// A request to the billing endpoint: `GET` or `POST` on an absolute URL that holds the app id, never a user id or
/// credential. An `authorization` header is marked as sensitive.
pub type Request = http::Request<Vec<u8>>;

/// An answer of the billing endpoint, whatever its status, with its complete body.
pub type Response = http::Response<Vec<u8>>;

/// Why no response came. The text never holds a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// Nothing could be sent, or nothing came back: no network, no such host, refused, reset.
    #[error("the billing endpoint cannot be reached: {0}")]
    Unreachable(String),
    /// No complete answer in time.
    #[error("the billing endpoint did not answer in time")]
    TimedOut,
    /// The answer broke off before its end.
    #[error("the billing endpoint's answer broke off: {0}")]
    CutOff(String),
    /// The answer is larger than accepted.
    #[error("the billing endpoint's answer is larger than {limit} bytes")]
    TooLarge {
        /// The accepted size in bytes.
        limit: usize,
    },
    /// The TLS handshake failed.
    #[error("no trusted connection to the billing endpoint: {0}")]
    Tls(String),
    /// The request could not be made from its parts.
    #[error("endpoint: the request cannot be made: {0}; check the endpoint URL and the credential")]
    BadRequest(String),
}

/// Carries requests to the billing endpoint.
///
/// The default is reqwest on native targets; an app can hand in its own HTTP stack, and on the Web the host's
/// `fetch` is the transport. A transport keeps the app's TLS rules, does not follow redirects, does not retry, and
/// hands on all response headers it has.
pub trait Transport: MaybeSendSync {
    /// Sends `request` and answers with the whole response. Dropping the future abandons the request.
    ///
    /// It stops reading a body beyond `max_body_bytes` and answers [`TransportError::TooLarge`].
    fn send(
        &self,
        request: Request,
        max_body_bytes: usize,
    ) -> BoxFuture<'_, Result<Response, TransportError>>;
}
