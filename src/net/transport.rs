//! The transport port: how bytes reach the billing endpoint.

use crate::model::Timestamp;
use crate::port::{BoxFuture, MaybeSendSync};

/// The two methods the contract uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Read entitlements.
    Get,
    /// Deliver usage events.
    Post,
}

/// A header, name in lower case.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// The name, in lower case.
    pub name: &'static str,
    /// The value; may be a credential.
    pub value: String,
}

/// Redacted: a header may carry the credential.
impl std::fmt::Debug for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: (redacted)", self.name)
    }
}

/// A request to the billing endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// The absolute URL. Holds the app id, never a user id or credential.
    pub url: String,
    /// The headers, `authorization` among them where a credential is configured.
    pub headers: Vec<Header>,
    /// The body of a `POST`.
    pub body: Option<Vec<u8>>,
    /// The transport stops reading a response body beyond this many bytes and answers
    /// [`TransportError::TooLarge`].
    pub max_body_bytes: usize,
}

/// A response of the billing endpoint, whatever its status. Redirects are not followed by a transport.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// The headers that matter, by lower-case name: `etag`, `cache-control`, `date`, `retry-after`,
    /// `content-type`, `location`. More may be present.
    pub headers: Vec<(String, String)>,
    /// The body, complete.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// The first value of a header, by lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The `Date` header, if it is there and well-formed.
    pub fn date(&self) -> Option<Timestamp> {
        http_date(self.header("date")?)
    }
}

/// An instant in the form HTTP headers have.
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    let at = httpdate::parse_http_date(text).ok()?;
    let since_epoch = at.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since_epoch.as_millis()).ok().map(Timestamp::from_millis)
}

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
/// `fetch` is the transport. A transport keeps the app's TLS rules, does not follow redirects and does not retry.
pub trait Transport: MaybeSendSync {
    /// Sends `request` and answers with the whole response. Dropping the future abandons the request.
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>>;
}
