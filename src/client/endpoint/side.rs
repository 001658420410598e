//! What a guard has of its billing endpoint: a syncer and an outbox, or nothing.

use std::sync::Arc;

use super::error::SyncError;
use super::held::{AtOpen, Held, HeldDocument};
use super::link::{Link, LinkParts};
use super::outbox::Outbox;
use super::syncer::Syncer;
use crate::client::config::{Config, OpenError};
use crate::client::core::Core;
use crate::net::{EndpointUrl, StaticCredential, Transport, UnsignedDocuments};
use crate::store::{Install, SyncState};

/// The endpoint of a guard.
pub(crate) struct Endpoint(Option<Online>);

struct Online {
    syncer: Syncer,
    outbox: Outbox,
}

impl Endpoint {
    /// Makes syncer and outbox where the app named an endpoint.
    pub(crate) async fn open(
        core: &Arc<Core>,
        config: &Config,
        install: &Install,
        remembered: SyncState,
        at_open: AtOpen,
    ) -> Result<Self, OpenError> {
        let Some(url) = &config.endpoint else { return Ok(Self(None)) };
        let transport = match config.transport.clone() {
            Some(transport) => transport,
            None => default_transport()?,
        };
        let parts = LinkParts {
            url: EndpointUrl::parse(url)?,
            transport,
            credentials: config.credentials.clone().unwrap_or_else(|| Arc::new(StaticCredential::none())),
            salt: install.salt,
            timeouts: config.timeouts,
        };
        let link = Arc::new(Link::open(core, parts, remembered).await);
        let outbox = Outbox::new(Arc::clone(&link));
        let syncer = Syncer::new(link, at_open.verifier, at_open.held);
        Ok(Self(Some(Online { syncer, outbox })))
    }

    /// The syncer.
    pub(crate) fn syncer(&self) -> Result<&Syncer, SyncError> {
        self.0.as_ref().map(|online| &online.syncer).ok_or(SyncError::NoEndpoint)
    }

    /// The outbox.
    pub(crate) fn outbox(&self) -> Result<&Outbox, SyncError> {
        self.0.as_ref().map(|online| &online.outbox).ok_or(SyncError::NoEndpoint)
    }

    /// The document held now.
    pub(crate) fn held(&self) -> Option<HeldDocument> {
        self.0.as_ref().and_then(|online| online.syncer.held())
    }

    /// The document that another process of the app kept since the last look, if it can be used and is another one.
    pub(crate) fn followed(&self, core: &Core) -> Option<HeldDocument> {
        let stored = core.news_of_document()?;
        match &self.0 {
            Some(online) => online.syncer.follow(stored).then(|| online.syncer.held()).flatten(),
            None => Held::read(&UnsignedDocuments, stored, core.app).ok().map(|held| held.view()),
        }
    }
}

#[cfg(all(feature = "http", not(target_arch = "wasm32")))]
fn default_transport() -> Result<Arc<dyn Transport>, OpenError> {
    Ok(Arc::new(crate::net::ReqwestTransport::new(crate::net::Timeouts::default())?))
}

#[cfg(not(all(feature = "http", not(target_arch = "wasm32"))))]
fn default_transport() -> Result<Arc<dyn Transport>, OpenError> {
    Err(OpenError::Setting {
        field: "transport",
        problem: "none was given, and planguard was built without the feature `http`".to_owned(),
        remedy: "pass a transport made of the host's own HTTP client",
    })
}
