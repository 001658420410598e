//! Where the server is, and how it is asked.

use std::time::Duration;

use redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, ProtocolVersion, TlsCertificates,
};
use rustls::crypto::CryptoProvider;

use super::fail::Fail;
use crate::model::SdkAppId;
use crate::store::fleet::boot::Boot;
use crate::store::fleet::bounds;
use crate::store::{StoreError, WhenLost};

/// Where the server of a [`RedisStore`](super::RedisStore) is, and how it is asked.
///
/// It is shown without the URL, which holds the password.
#[derive(Clone)]
pub struct RedisOptions {
    pub(super) url: String,
    pub(super) app: SdkAppId,
    pub(super) deadline: Duration,
    pub(super) when_lost: WhenLost,
    pub(super) root: Option<Vec<u8>>,
    pub(super) boot: Boot,
}

impl std::fmt::Debug for RedisOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisOptions")
            .field("app", &self.app)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

impl RedisOptions {
    /// The server at `url` (`redis://user:password@host:port/database`, or `rediss://` for TLS), and the app whose
    /// keys are used there.
    pub fn new(url: impl Into<String>, app: SdkAppId) -> Self {
        Self {
            url: url.into(),
            app,
            deadline: Duration::from_secs(2),
            when_lost: WhenLost::Deny,
            root: None,
            boot: Boot::system(),
        }
    }

    /// How long an operation may take, connecting included, before it ends as unreachable. Two seconds if not set; at
    /// least 50 milliseconds and at most an hour.
    #[must_use]
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline: bounds::deadline(deadline), ..self }
    }

    /// What this process may grant while the server cannot be reached; nothing unless told otherwise.
    #[must_use]
    pub fn when_lost(self, policy: WhenLost) -> Self {
        Self { when_lost: policy, ..self }
    }

    /// The certificate, in PEM, of who signs the server's, in place of those that the system trusts.
    #[must_use]
    pub fn root_certificate(self, pem: impl Into<Vec<u8>>) -> Self {
        Self { root: Some(pem.into()), ..self }
    }

    /// As on another machine, whose monotonic clock this is.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn machine(self, clock: std::sync::Arc<dyn crate::time::Clock>) -> Self {
        Self { boot: Boot::of(clock), ..self }
    }

    pub(super) fn client(&self) -> Result<Client, StoreError> {
        let bad = |_| StoreError::Refused {
            why: "the server's URL cannot be read; its form is redis://user:password@host:port/database"
                .to_owned(),
        };
        let info: ConnectionInfo = self.url.as_str().into_connection_info().map_err(bad)?;
        if matches!(info.addr(), ConnectionAddr::TcpTls { .. }) && CryptoProvider::get_default().is_none() {
            // The client takes the process's. Of two that are set at once the first one stays.
            drop(rustls::crypto::ring::default_provider().install_default());
        }
        let settings =
            info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3).set_skip_set_lib_name();
        let info = info.set_redis_settings(settings);
        let client = match &self.root {
            Some(pem) => {
                let certificates = TlsCertificates { client_tls: None, root_cert: Some(pem.clone()) };
                Client::build_with_tls(info, certificates)
            }
            None => Client::open(info),
        };
        client.map_err(|error| Fail::from(error).told())
    }
}
