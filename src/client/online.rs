//! The guard's dealings with the billing endpoint.

use std::sync::Arc;

use super::config::{Config, OpenError};
use super::endpoint::{Flushed, HeldDocument, Link, LinkParts, Outbox, SyncError, SyncOutcome, Syncer};
use super::entitled;
use super::events::Event;
use super::guard::Planguard;
use crate::decide::fetch::freshness::FetchPolicy;
use crate::model::{AppPhase, Snapshot};
use crate::net::{
    DocumentError, DocumentVerifier, EndpointUrl, StaticCredential, Transport, UnsignedDocuments,
    read_document,
};
use crate::store::{Image, Install, Store};
use crate::time::{Clock, TrustedTime};

/// What a guard has of its endpoint when it opens.
pub(super) struct Online {
    pub(super) syncer: Option<Syncer>,
    pub(super) outbox: Option<Outbox>,
    pub(super) held: Option<HeldDocument>,
    pub(super) unusable: Option<DocumentError>,
}

pub(super) fn open(
    config: &Config,
    install: &Install,
    image: &Image,
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
    trusted: &Arc<TrustedTime>,
) -> Result<Online, OpenError> {
    let verifier: Arc<dyn DocumentVerifier> = Arc::new(UnsignedDocuments);
    let Some(url) = &config.endpoint else {
        return Ok(without_endpoint(config, &*verifier, image));
    };
    let transport = match config.transport.clone() {
        Some(transport) => transport,
        None => default_transport()?,
    };
    let link = Arc::new(Link::new(LinkParts {
        app: config.app,
        url: EndpointUrl::parse(url)?,
        transport,
        credentials: config.credentials.clone().unwrap_or_else(|| Arc::new(StaticCredential::none())),
        clock: Arc::clone(clock),
        trusted: Arc::clone(trusted),
        store: Arc::clone(store),
        salt: install.salt,
        remembered: image.sync.clone(),
        timeouts: config.timeouts,
    }));
    let outbox = Outbox::new(Arc::clone(&link), config.outbox_capacity);
    let (syncer, unusable) = Syncer::new(link, verifier, image.document.clone());
    let held = syncer.held();
    Ok(Online { syncer: Some(syncer), outbox: Some(outbox), held, unusable })
}

/// A document that was fetched when there was an endpoint still says more than a fallback.
fn without_endpoint(config: &Config, verifier: &dyn DocumentVerifier, image: &Image) -> Online {
    let (mut held, mut unusable) = (None, None);
    if let Some(stored) = &image.document {
        match read_document(verifier, &stored.body, Some(&stored.content_type), config.app) {
            Ok(document) => {
                held = Some(HeldDocument {
                    document: Arc::new(document),
                    fetched_at: stored.fetched_at,
                    fresh_for_secs: stored.fresh_for_secs,
                });
            }
            Err(error) => unusable = Some(error),
        }
    }
    Online { syncer: None, outbox: None, held, unusable }
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

impl Planguard {
    /// Brings the entitlements up to date as `policy` wants. Whatever goes wrong, the last good ones stay.
    ///
    /// Concurrent calls make one request. Dropping the future is safe.
    ///
    /// ```
    /// use planguard::client::{FetchPolicy, SyncOutcome};
    /// use planguard::{Planguard, SdkAppId};
    /// use planguard_endpoint::{DEFAULT_APP, Endpoint, Options};
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let endpoint = Endpoint::start(Options::default()).await?;
    /// let guard = Planguard::builder(SdkAppId::new(DEFAULT_APP)?).endpoint(endpoint.url()).open()?;
    /// let first = guard.sync(FetchPolicy::StaleWhileRevalidate).await?;
    /// assert!(matches!(first, SyncOutcome::UpdatedTo { .. }));
    /// let again = guard.sync(FetchPolicy::StaleWhileRevalidate).await?;
    /// assert!(matches!(again, SyncOutcome::FromCache { revalidate: false, .. }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn sync(&self, policy: FetchPolicy) -> Result<SyncOutcome, SyncError> {
        let core = &self.inner.core;
        let syncer = self.inner.syncer.as_ref().ok_or(SyncError::NoEndpoint)?;
        core.watch();
        let outcome = syncer.sync(policy, self.phase()).await;
        if let Some(jump) = syncer.take_correction() {
            core.emit(Event::ClockJumped(jump));
        }
        let outcome = outcome?;
        if let SyncOutcome::UpdatedTo { not_saved: Some(error), .. } = &outcome {
            core.store_failed("keep the entitlements document", error);
        }
        let confirmed = matches!(outcome, SyncOutcome::UpdatedTo { .. } | SyncOutcome::NotModified { .. });
        if let Some(held) = syncer.held().filter(|_| confirmed) {
            entitled::adopt(core, &self.inner.policy, &held, self.phase());
        }
        Ok(outcome)
    }

    /// Delivers the usage events that wait, oldest first; [`Flushed::stopped`] says why if some still wait.
    pub async fn flush(&self) -> Flushed {
        let core = &self.inner.core;
        match &core.outbox {
            Some(outbox) => {
                let flushed = outbox.flush().await;
                if flushed.refused > 0 {
                    core.emit(Event::UsageEventsRefused { count: flushed.refused });
                }
                flushed
            }
            None => Flushed { stopped: Some(SyncError::NoEndpoint), ..Flushed::default() },
        }
    }

    /// Whether somebody is looking at the app. It decides how long entitlements are fresh where the endpoint does
    /// not say: 5 minutes in the foreground, 25 hours in the background.
    pub fn set_phase(&self, phase: AppPhase) {
        if phase == self.phase() {
            return;
        }
        self.inner.core.update(|snapshot| {
            let mut entitlements = (*snapshot.entitlements).clone();
            entitlements.phase = phase;
            Snapshot { entitlements: Arc::new(entitlements), ..snapshot.clone() }
        });
    }

    /// The phase is part of what decisions read, so that they and a sync judge freshness alike.
    fn phase(&self) -> AppPhase {
        self.inner.core.snapshot().entitlements.phase
    }
}
