//! The default transport: reqwest over rustls.

use std::error::Error as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::transport::{Request, Response, Transport, TransportError};
use crate::port::BoxFuture;

/// How long the transport waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, the TLS handshake included. Default 10 s.
    pub connect: Duration,
    /// For the whole exchange, from the first byte sent to the last received. Default 30 s.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), total: Duration::from_secs(30) }
    }
}

/// Carries requests with reqwest over rustls.
///
/// TLS is rustls with the *ring* provider and the roots of Mozilla's program (`webpki-roots`) compiled in: this
/// builds for every target without cmake, nasm or a bindings generator, keeps the library small, and needs no
/// initialisation from Java on Android. The price is that roots added to the device (a company's own authority)
/// are not trusted and that roots age with the build; an app that needs the platform's store hands in its own
/// [`Transport`]. The same goes for a proxy: none is used, and the environment is not read.
///
/// It can be polled by any executor: the exchange runs on the caller's tokio runtime, or on a shared one where
/// there is none. Dropping the future ends the exchange.
#[derive(Debug, Clone)]
pub struct ReqwestTransport {
    client: reqwest::Client,
}

impl ReqwestTransport {
    /// A transport with these time-outs. Fails only when TLS cannot be set up.
    pub fn new(timeouts: Timeouts) -> Result<Self, TransportError> {
        Self::with_roots(timeouts, rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() })
    }

    /// A transport that trusts this authority alone, a certificate as DER: for tests whose endpoint has a certificate of
    /// their own.
    #[cfg(feature = "testing")]
    pub fn trusting(timeouts: Timeouts, authority: Vec<u8>) -> Result<Self, TransportError> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(authority.into()).map_err(|error| TransportError::Tls(error.to_string()))?;
        Self::with_roots(timeouts, roots)
    }

    fn with_roots(timeouts: Timeouts, roots: rustls::RootCertStore) -> Result<Self, TransportError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| TransportError::Tls(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.total)
            // Minutes lie between requests, so a kept connection would be dead by the next; and it would belong
            // to a runtime that may have ended.
            .pool_max_idle_per_host(0)
            .user_agent(concat!("planguard/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| TransportError::BadRequest(describe(error)))?;
        Ok(Self { client })
    }
}

impl Transport for ReqwestTransport {
    fn send(
        &self,
        request: Request,
        max_body_bytes: usize,
    ) -> BoxFuture<'_, Result<Response, TransportError>> {
        let client = self.client.clone();
        Box::pin(async move {
            let runtime = crate::runtime::handle()
                .map_err(|error| TransportError::Unreachable(format!("no runtime: {error}")))?;
            Exchange(runtime.spawn(exchange(client, request, max_body_bytes))).await
        })
    }
}

/// An exchange on the runtime, ended when nobody waits for it any more.
struct Exchange(JoinHandle<Result<Response, TransportError>>);

impl Future for Exchange {
    type Output = Result<Response, TransportError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(|joined| {
            joined.unwrap_or_else(|_| Err(TransportError::Unreachable("the runtime shut down".to_owned())))
        })
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn exchange(
    client: reqwest::Client,
    request: Request,
    max_body_bytes: usize,
) -> Result<Response, TransportError> {
    let request = reqwest::Request::try_from(request).map_err(not_sent)?;
    let mut response = client.execute(request).await.map_err(not_sent)?;
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    let mut answer = Response::new(read(response, max_body_bytes).await?);
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
}

/// Reads the body chunk by chunk, so that no more than the limit is ever held.
async fn read(mut response: reqwest::Response, limit: usize) -> Result<Vec<u8>, TransportError> {
    let too_large = TransportError::TooLarge { limit };
    if response.content_length().is_some_and(|length| usize::try_from(length).map_or(true, |l| l > limit)) {
        return Err(too_large);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broke_off)? {
        if chunk.len() > limit - body.len() {
            return Err(too_large);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn not_sent(error: reqwest::Error) -> TransportError {
    if error.is_timeout() {
        TransportError::TimedOut
    } else if error.is_builder() {
        TransportError::BadRequest(describe(error))
    } else if is_tls(&error) {
        TransportError::Tls(describe(error))
    } else {
        TransportError::Unreachable(describe(error))
    }
}

fn broke_off(error: reqwest::Error) -> TransportError {
    if error.is_timeout() { TransportError::TimedOut } else { TransportError::CutOff(describe(error)) }
}

fn is_tls(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<rustls::Error>() {
            return true;
        }
        // An I/O error does not name what it wraps as its source, but that one's source.
        cause = match inner.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(wrapped) => Some(wrapped as &(dyn std::error::Error + 'static)),
            None => inner.source(),
        };
    }
    false
}

/// The innermost cause, which names what went wrong; those around it say where in the client it was met. Never the URL.
fn describe(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(inner) = innermost.source() {
        innermost = inner;
    }
    innermost.to_string()
}
