//! Requests of which the status alone is read: whoever took them may answer with a page as long as they like.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use planguard::sync::{Request, Response, Transport, TransportError};

/// Carries requests, and leaves the bodies of their answers alone.
pub(super) struct StatusOnly(reqwest::Client);

impl StatusOnly {
    /// Over rustls, with the roots that are compiled in. Redirects are not followed, nothing is tried again here.
    pub(super) fn new(connect: Duration, total: Duration) -> Result<Self, TransportError> {
        let unusable = |error: &dyn std::fmt::Display| TransportError::Tls(error.to_string());
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let ring = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions();
        let tls = tls.map_err(|error| unusable(&error))?.with_root_certificates(roots).with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .connect_timeout(connect)
            .timeout(total)
            .pool_max_idle_per_host(0)
            .user_agent(concat!("planguard-endpoint/", env!("CARGO_PKG_VERSION")))
            .build();
        client.map(Self).map_err(|error| unusable(&error.without_url()))
    }
}

impl Transport for StatusOnly {
    fn send(
        &self,
        request: Request,
        _: usize,
    ) -> Pin<Box<dyn Future<Output = Result<Response, TransportError>> + Send + '_>> {
        Box::pin(async move {
            let failed = |error: reqwest::Error| {
                if error.is_timeout() {
                    TransportError::TimedOut
                } else {
                    TransportError::Unreachable(error.without_url().to_string())
                }
            };
            let request = reqwest::Request::try_from(request).map_err(failed)?;
            let answer = self.0.execute(request).await.map_err(failed)?;
            let mut response = Response::new(Vec::new());
            *response.status_mut() = answer.status();
            Ok(response)
        })
    }
}
