//! Opening a guard.

use std::sync::Arc;
use std::time::Duration;

use super::config::{Config, OpenError};
use super::guard::Planguard;
use crate::decide::login::LoginPolicy;
use crate::model::{AppPhase, BillingZone, Catalog, CatalogId, DecisionPolicy, EditionId, SessionMode};
use crate::net::{Credential, CredentialProvider, StaticCredential, Transport};
use crate::store::{ProcessRole, Store};

use super::endpoint::LinkTimeouts;
use crate::time::Clock;

/// Collects an app's choices; every one has a default.
///
/// ```
/// use planguard::login::LoginPolicy;
/// use planguard::limits::{DecisionPolicy, Enforcement};
/// use planguard::{LimitId, Planguard, SdkAppId, SessionMode};
///
/// let mut decisions = DecisionPolicy::default();
/// decisions.enforce(LimitId::NetNewGroupsPerDay, Enforcement::Enforce);
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
///     .session_mode(SessionMode::MultiUser)
///     .billing_zone("Asia/Shanghai".parse()?)
///     .decisions(decisions)
///     .logins(LoginPolicy { mau_budget: Some(9_000), ..LoginPolicy::default() })
///     .open()
///     .await?;
/// # let _ = guard;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[must_use = "a builder does nothing until `open`"]
pub struct Builder(pub(super) Config);

impl Builder {
    /// The zone in which billing days and months turn. Default UTC+08:00, an inference.
    ///
    /// ```
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    ///     .billing_zone("+08:00".parse()?)
    ///     .open()
    ///     .await?;
    /// # let _ = guard;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "timezone")]
    pub fn billing_zone(mut self, zone: BillingZone) -> Self {
        self.0.zone = zone;
        self
    }

    /// One user at a time (a device, the default) or many (a server).
    ///
    /// ```
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// use planguard::SessionMode;
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    ///     .session_mode(SessionMode::MultiUser)
    ///     .open()
    ///     .await?;
    /// # let _ = guard;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "server")]
    #[doc(alias = "multi_user")]
    pub const fn session_mode(mut self, mode: SessionMode) -> Self {
        self.0.session_mode = mode;
        self
    }

    /// How strictly limits are kept, and when to warn.
    ///
    /// ```
    /// # use planguard::{Planguard, SdkAppId};
    /// use planguard::LimitId;
    /// use planguard::limits::{DecisionPolicy, Enforcement};
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let mut policy = DecisionPolicy { thresholds: vec![90, 100], ..DecisionPolicy::default() };
    /// policy.enforce(LimitId::MembersPerGroup, Enforcement::Warn);
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    ///     .decisions(policy)
    ///     .open()
    ///     .await?;
    /// # let _ = guard;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "enforcement")]
    #[doc(alias = "thresholds")]
    pub fn decisions(mut self, policy: DecisionPolicy) -> Self {
        self.0.decisions = policy;
        self
    }

    /// Which logins reach the chat SDK, and how failures and loops of them are met.
    ///
    /// ```
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// use planguard::login::LoginPolicy;
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    ///     .logins(LoginPolicy { mau_budget: Some(9_000), ..LoginPolicy::default() })
    ///     .open()
    ///     .await?;
    /// # let _ = guard;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "mau_budget")]
    pub fn logins(mut self, policy: LoginPolicy) -> Self {
        self.0.logins = policy;
        self
    }

    /// An own price list: a negotiated contract, or one that is newer than planguard. Documents and
    /// [`fallback`](Self::fallback) can then name it. It needs an id of its own.
    ///
    /// ```no_run
    /// use planguard::catalog::Catalog;
    /// use planguard::{Planguard, SdkAppId};
    /// # async fn open() -> Result<(), Box<dyn std::error::Error>> {
    /// let ours = Catalog::from_toml(&std::fs::read_to_string("our-contract.toml")?)?;
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?).catalog(ours).open().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn catalog(mut self, catalog: impl Into<Arc<Catalog>>) -> Self {
        self.0.brought.push(catalog.into());
        self
    }

    /// The edition to assume for as long as nothing is known of the plan. Without it decisions say `Unknown`.
    ///
    /// Opening fails where the price list is known and has no such edition, and where the price list is not known and no
    /// endpoint could serve it. With an endpoint an unknown one is no error, since the first start may be offline: while it
    /// is what the guard would go by, [`Event::DocumentFindings`](crate::client::Event::DocumentFindings) says so once.
    ///
    /// ```
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    ///     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    ///     .open()
    ///     .await?;
    /// # let _ = guard;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "offline")]
    pub const fn fallback(mut self, catalog: CatalogId, edition: EditionId) -> Self {
        self.0.fallback = Some((catalog, edition));
        self
    }

    /// An entitlements document that ships with the app, in the form in which the billing endpoint serves it: what a
    /// first start without a network decides by. It is never fresh, so syncing goes on as if there were none, and
    /// whatever the endpoint served takes its place, whichever revision that has. Checked by [`Self::open`].
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use planguard::{Feature, Planguard, SdkAppId};
    ///
    /// let document = br#"{
    ///     "schema": 1, "revision": 1, "sdk_app_id": 1400000001, "catalog": "intl-2024", "edition": "premium",
    ///     "subscription": { "starts_at": "2024-08-01T00:00:00Z" }, "issued_at": "2024-08-01T00:00:00Z"
    /// }"#;
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?).seed(document).open().await?;
    /// let community = guard.feature(Feature::Community);
    /// assert!(community.granted && community.stale);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "bootstrap")]
    #[doc(alias = "offline")]
    pub fn seed(mut self, document: impl Into<Vec<u8>>) -> Self {
        self.0.seed = Some(document.into());
        self
    }

    /// How long a permit holds its room. Default 60 seconds.
    pub const fn permit_ttl(mut self, ttl: Duration) -> Self {
        self.0.permit_ttl = ttl;
        self
    }

    /// How many undelivered usage events are kept; beyond it the oldest are dropped, counted and reported.
    /// Default 10,000.
    pub const fn outbox_capacity(mut self, events: u64) -> Self {
        self.0.outbox_capacity = events;
        self
    }

    /// Where state is kept. Default in memory, which forgets with the process.
    ///
    /// ```no_run
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// use planguard::SqliteStore;
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    ///     .store(SqliteStore::open("planguard.db")?)
    ///     .open()
    ///     .await?;
    /// # let _ = guard;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "database")]
    #[doc(alias = "persistence")]
    pub fn store(self, store: impl Store + 'static) -> Self {
        self.shared_store(Arc::new(store))
    }

    /// As [`Self::store`], for a store that the app keeps a hand on.
    pub fn shared_store(mut self, store: Arc<dyn Store>) -> Self {
        self.0.store = Some(store);
        self
    }

    /// The billing endpoint that the app's owner runs: `https`, or `http` on loopback. Checked by [`Self::open`].
    /// Without one the fallback is all there is to know.
    ///
    /// ```
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    ///     .endpoint("https://billing.example.com")
    ///     .open()
    ///     .await?;
    /// # let _ = guard;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "url")]
    #[doc(alias = "backend")]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.0.endpoint = Some(url.into());
        self
    }

    /// The credential for the billing endpoint. Default none.
    ///
    /// ```
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// use planguard::sync::Credential;
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    ///     .endpoint("https://billing.example.com")
    ///     .credential(Credential::new("the session token of the app's own server")?)
    ///     .open()
    ///     .await?;
    /// # let _ = guard;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "token")]
    pub fn credential(self, credential: Credential) -> Self {
        self.credentials(StaticCredential::new(credential))
    }

    /// Where the credential for the billing endpoint comes from, asked before every request.
    pub fn credentials(mut self, provider: impl CredentialProvider + 'static) -> Self {
        self.0.credentials = Some(Arc::new(provider));
        self
    }

    /// The app's own HTTP stack. Default reqwest, with the cargo feature `http`.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.0.transport = Some(Arc::new(transport));
        self
    }

    /// How long the credential provider and the transport are waited for.
    pub const fn endpoint_timeouts(mut self, timeouts: LinkTimeouts) -> Self {
        self.0.timeouts = timeouts;
        self
    }

    /// Whether somebody is looking at the app; see [`Planguard::set_phase`]. Default foreground.
    ///
    /// ```
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// use planguard::sync::AppPhase;
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    ///     .phase(AppPhase::Background)
    ///     .open()
    ///     .await?;
    /// # let _ = guard;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub const fn phase(mut self, phase: AppPhase) -> Self {
        self.0.phase = phase;
        self
    }

    /// Where the time comes from. Default the machine's clock; on wasm32 the host must give one.
    ///
    /// ```
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// use planguard::time::ManualClock;
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    ///     .clock(ManualClock::at("2024-08-20T02:00:00Z".parse()?))
    ///     .open()
    ///     .await?;
    /// # let _ = guard;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.0.clock = Some(Arc::new(clock));
        self
    }

    /// The part this process plays in the app, where several share one store: the app, or an extension such as a
    /// notification service. At most one process of each role runs at a time, so a new one takes over at once what
    /// the last one of its role left, such as a login under way when it was killed. Default none: what a dead process
    /// left then lapses by itself, a login within seconds, a ticket and a permit after their own time.
    ///
    /// ```
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// use planguard::store::ProcessRole;
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    ///     .process_role(ProcessRole::Extension)
    ///     .open()
    ///     .await?;
    /// # let _ = guard;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "extension")]
    pub const fn process_role(mut self, role: ProcessRole) -> Self {
        self.0.process_role = Some(role);
        self
    }

    /// Something that tells this device from others, such as the vendor's device id; only a keyed hash of it is kept.
    /// A store that was restored on another device (a backup) then draws a new guest id, so that two phones do not
    /// log in as one guest.
    ///
    /// ```
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    ///     .device_marker("the vendor's device id")
    ///     .open()
    ///     .await?;
    /// # let _ = guard;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "backup")]
    #[doc(alias = "restore")]
    pub fn device_marker(mut self, marker: impl Into<String>) -> Self {
        self.0.device_marker = Some(marker.into());
        self
    }

    /// Draws a new guest id and install id, for an app that knows its store was copied. Default `false`.
    pub const fn renew_install(mut self, renew: bool) -> Self {
        self.0.renew_install = renew;
        self
    }

    /// Opens the guard: reads the store, makes no request.
    ///
    /// # Errors
    /// [`OpenError`] when a setting makes no sense or the store cannot be used; nothing was started.
    pub async fn open(self) -> Result<Planguard, OpenError> {
        Planguard::open(self.0).await
    }
}
