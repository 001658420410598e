//! How an endpoint is started.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};

use planguard_endpoint::clock::Clock;
use planguard_endpoint::contract::Signing;
use serde_json::Value;

use crate::document::{DEFAULT_APP, default_document};

/// Settings of [`crate::Endpoint::start`].
pub struct Options {
    /// The loopback address to listen on; port 0 takes a free one.
    pub addr: SocketAddr,
    /// The document of the first app, whose id is its `sdk_app_id`.
    pub document: Value,
    /// The bearer credential callers must show, if any.
    pub credential: Option<String>,
    /// The longest accepted request body, in bytes; longer ones get 413.
    pub max_body_bytes: usize,
    /// With what documents and price lists are signed. Default not at all.
    pub signing: Signing,
    /// The endpoint's clock.
    pub clock: Clock,
    /// Speaks TLS and shows this certificate.
    #[cfg(feature = "tls")]
    pub tls: Option<crate::tls::Certificate>,
}

impl Default for Options {
    fn default() -> Self {
        let clock = Clock::system();
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            document: default_document(DEFAULT_APP, clock.now()),
            credential: None,
            max_body_bytes: 1024 * 1024,
            signing: Signing::default(),
            clock,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }
}

/// Redacted: the credential never appears.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("addr", &self.addr)
            .field("credential", &self.credential.as_ref().map(|_| "(redacted)"))
            .field("max_body_bytes", &self.max_body_bytes)
            .field("signing", &self.signing)
            .finish_non_exhaustive()
    }
}

/// Why the endpoint did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is reachable from other machines.
    #[error(
        "addr: {0} is not a loopback address; the reference endpoint serves tests on 127.0.0.1 or ::1 only"
    )]
    NotLoopback(SocketAddr),
    /// The address cannot be bound.
    #[error("addr: cannot listen on {addr}; choose another port, or 0 for a free one")]
    Bind {
        /// The address asked for.
        addr: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// TLS cannot be set up.
    #[cfg(feature = "tls")]
    #[error("tls: {0}")]
    Tls(#[from] crate::tls::TlsError),
    /// The first document does not say which app it is for.
    #[error("document: {0}")]
    Document(#[from] crate::document::DocumentError),
}
