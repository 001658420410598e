//! What a guard has of its billing endpoint: a syncer and an outbox, or nothing.

use std::sync::Arc;
use std::time::Duration;

use super::active::ActiveUsers;
use super::error::SyncError;
use super::held::{AtOpen, Held, HeldDocument};
use super::link::{Link, LinkParts};
use super::lists::{self, Lists};
use super::outbox::Outbox;
use super::syncer::Syncer;
use crate::client::config::{Config, OpenError};
use crate::client::core::Core;
use crate::decide::fetch::judge::{First, Version};
use crate::lock::Mutex;
use crate::model::{BillingMonth, UserId};
use crate::net::{DocumentVerifier, EndpointUrl, StaticCredential, Transport};
use crate::store::{Install, SyncState};

/// The endpoint of a guard.
pub(crate) struct Endpoint(Side);

/// Whether there is one.
enum Side {
    Online(Online),
    /// None is configured. What another process of the app fetched is followed all the same.
    Offline(Offline),
}

struct Offline {
    verifier: Arc<dyn DocumentVerifier>,
    held: Mutex<Option<HeldDocument>>,
}

struct Online {
    syncer: Syncer,
    outbox: Outbox,
    active: Arc<ActiveUsers>,
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
        let Some(url) = &config.endpoint else {
            let held = Mutex::new(at_open.view());
            return Ok(Self(Side::Offline(Offline { verifier: at_open.verifier, held })));
        };
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
        let active = Arc::new(ActiveUsers::new(Arc::clone(&link)));
        let lists = Lists::new(Arc::clone(&link), Arc::clone(&at_open.verifier), at_open.lists);
        let first =
            First { noted: at_open.noted, most: config.is_signed().then_some(config.max_document_age) };
        let syncer = Syncer::new(link, lists, at_open.verifier, first, at_open.held);
        Ok(Self(Side::Online(Online { syncer, outbox, active })))
    }

    fn online(&self) -> Result<&Online, SyncError> {
        match &self.0 {
            Side::Online(online) => Ok(online),
            Side::Offline(_) => Err(SyncError::NoEndpoint),
        }
    }

    /// The syncer.
    pub(crate) fn syncer(&self) -> Result<&Syncer, SyncError> {
        self.online().map(|online| &online.syncer)
    }

    /// The outbox.
    pub(crate) fn outbox(&self) -> Result<&Outbox, SyncError> {
        self.online().map(|online| &online.outbox)
    }

    /// Whether the endpoint says, within `limit`, that `user` is counted in `month`. `false` where it is not to be asked.
    pub(crate) async fn is_active(&self, user: &UserId, month: BillingMonth, limit: Duration) -> bool {
        let Side::Online(online) = &self.0 else { return false };
        let Some((held, key)) = online.syncer.held().and_then(|held| Some((held.document, held.accounts?)))
        else {
            return false;
        };
        let version = Version { revision: held.revision, issued_at: held.issued_at };
        online.active.ask(key.account(held.sdk_app_id, user), month, version, limit).await
    }

    /// The document held now.
    pub(crate) fn held(&self) -> Option<HeldDocument> {
        match &self.0 {
            Side::Online(online) => online.syncer.held(),
            Side::Offline(offline) => offline.held.lock().clone(),
        }
    }

    /// Takes over the document and the price lists that another process of the app kept since the last look, if they can
    /// be used. Says whether one is another than that held.
    pub(crate) fn follow(&self, core: &Core) -> bool {
        let lists = self.follow_lists(core);
        let Some(stored) = core.news_of_document() else { return lists };
        let document = match &self.0 {
            Side::Online(online) => online.syncer.follow(stored),
            Side::Offline(offline) => {
                let Ok(read) = Held::read(&*offline.verifier, stored, core.app) else { return lists };
                let mut held = offline.held.lock();
                if held.as_ref().is_some_and(|held| held.document.revision > read.document.revision) {
                    return lists;
                }
                *held = Some(read.view());
                true
            }
        };
        document || lists
    }

    fn follow_lists(&self, core: &Core) -> bool {
        let stored = core.news_of_catalogs();
        match &self.0 {
            Side::Online(online) => online.syncer.follow_lists(stored),
            Side::Offline(offline) => {
                let mut changed = false;
                for stored in &stored {
                    changed |= lists::follow_one(core, &*offline.verifier, stored);
                }
                changed
            }
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
