//! A host's HTTP stack.

use std::sync::Arc;

use crate::net::{
    Request as CoreRequest, Response as CoreResponse, Transport as CoreTransport,
    TransportError as CoreError, http,
};
use crate::port::{BoxFuture, MaybeSendSync};

/// A header field.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Header {
    /// Its name, in lower case.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A request to the billing endpoint.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: String,
    /// The absolute URL.
    pub url: String,
    /// Every header that is to be sent; `authorization` holds the credential.
    pub headers: Vec<Header>,
    /// The body; empty for `GET`.
    pub body: Vec<u8>,
}

/// Without header values, one of which is the credential.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// An answer of the billing endpoint, whatever its status.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Every header that came.
    pub headers: Vec<Header>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Why no response came. Texts of the host's HTTP stack do not cross: they may hold the URL or a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum TransportError {
    /// Nothing could be sent, or nothing came back: no network, no such host, refused, reset.
    #[error("no connection")]
    Unreachable,
    /// No complete answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// The answer broke off before its end.
    #[error("the answer broke off")]
    CutOff,
    /// The answer is larger than accepted.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The accepted size in bytes.
        limit: u64,
    },
    /// The TLS handshake failed.
    #[error("the TLS handshake failed")]
    Tls,
    /// The request could not be made from its parts.
    #[error("the request cannot be made")]
    BadRequest,
    /// The transport threw something that it does not declare.
    #[error("the app's transport failed")]
    Unexpected,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for TransportError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected
    }
}

impl From<TransportError> for CoreError {
    fn from(error: TransportError) -> Self {
        let text = error.to_string();
        match error {
            TransportError::Unreachable | TransportError::Unexpected => Self::Unreachable(text),
            TransportError::TimedOut => Self::TimedOut,
            TransportError::CutOff => Self::CutOff(text),
            TransportError::TooLarge { limit } => {
                Self::TooLarge { limit: usize::try_from(limit).unwrap_or(usize::MAX) }
            }
            TransportError::Tls => Self::Tls(text),
            TransportError::BadRequest => Self::BadRequest(text),
        }
    }
}

/// Carries requests to the billing endpoint. It keeps the app's TLS rules, does not follow redirects, does not retry,
/// and hands on all response headers it has.
#[uniffi::export(with_foreign)]
#[cfg_attr(not(target_arch = "wasm32"), async_trait::async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait::async_trait(?Send))]
pub trait Transport: MaybeSendSync {
    /// Sends `request` and answers with the whole response. It stops reading a body beyond `max_body_bytes`.
    async fn send(&self, request: Request, max_body_bytes: u64) -> Result<Response, TransportError>;
}

/// A host's transport as the core's, which bounds and contains it.
pub(super) struct ForeignTransport(pub(super) Arc<dyn Transport>);

impl CoreTransport for ForeignTransport {
    fn send(
        &self,
        request: CoreRequest,
        max_body_bytes: usize,
    ) -> BoxFuture<'_, Result<CoreResponse, CoreError>> {
        let request = outgoing(request);
        Box::pin(async move {
            let limit = u64::try_from(max_body_bytes).unwrap_or(u64::MAX);
            let response = self.0.send(request, limit).await?;
            if response.body.len() > max_body_bytes {
                return Err(CoreError::TooLarge { limit: max_body_bytes });
            }
            incoming(response).ok_or_else(|| CoreError::CutOff("it is no HTTP response".to_owned()))
        })
    }
}

fn outgoing(request: CoreRequest) -> Request {
    let (parts, body) = request.into_parts();
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| Header {
        name: name.as_str().to_owned(),
        value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
    };
    Request {
        method: parts.method.to_string(),
        url: parts.uri.to_string(),
        headers: parts.headers.iter().map(header).collect(),
        body,
    }
}

/// `None` for a status that is none, and for more headers than anything can hold. A header that is none is left out.
fn incoming(response: Response) -> Option<CoreResponse> {
    let mut read = CoreResponse::new(response.body);
    *read.status_mut() = http::StatusCode::from_u16(response.status).ok()?;
    for Header { name, value } in response.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<http::HeaderName>(), value.parse()) {
            read.headers_mut().try_append(name, value).ok()?;
        }
    }
    Some(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_headers_than_anything_can_hold_are_no_response() {
        let answer = |headers: u32| Response {
            status: 200,
            headers: (0..headers).map(|n| Header { name: format!("x-{n}"), value: "1".to_owned() }).collect(),
            body: Vec::new(),
        };
        assert_eq!(incoming(answer(100)).unwrap().headers().len(), 100);
        assert!(incoming(answer(40_000)).is_none());
    }
}
