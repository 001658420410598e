//! The guard: one handle for everything an app asks.

use std::sync::Arc;
use std::time::Duration;

use super::builder::Builder;
use super::config::{Config, OpenError};
use super::core::{self, Core, Parts};
use super::endpoint::Syncer;
use super::events::{Event, EventStream};
use super::login::LoginGuard;
use super::permit::{self, Reservation};
use super::{draw, entitled, limits, online};
use crate::decide::{feature, lifecycle};
use crate::model::{
    Action, BillingMonth, DecisionPolicy, Entitlements, Feature, FeatureContext, FeatureDecision, Ledger,
    Lifecycle, Observation, SdkAppId, Sessions, Snapshot, Timestamp, Usage, Verdict,
};
use crate::port::MaybeSendSync;
use crate::store::{Install, Marks, MemoryStore, Owner, Pseudonymizer};
use crate::time::TrustedTime;

/// Keeps a chat app inside its plan. Clones share one guard.
///
/// ```
/// use planguard::{Action, CatalogId, EditionId, Feature, Planguard, SdkAppId, UserId};
///
/// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
///     .fallback(CatalogId::Intl2024, EditionId::Standard)
///     .open()?;
/// assert!(!guard.feature(Feature::Community).granted);
/// let action = Action::AddFriend { user: UserId::new("ada")?, peer: UserId::new("bob")? };
/// assert!(guard.check(&action).may_proceed());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Planguard {
    pub(super) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(super) core: Arc<Core>,
    pub(super) policy: Arc<DecisionPolicy>,
    pub(super) permit_ttl: Duration,
    pub(super) guest_id: String,
    pub(super) login: LoginGuard,
    pub(super) syncer: Option<Syncer>,
}

impl std::fmt::Debug for Planguard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Planguard").field("app", &self.inner.core.app).finish_non_exhaustive()
    }
}

impl Planguard {
    /// Begins to configure a guard for one app.
    pub fn builder(app: SdkAppId) -> Builder {
        Builder(Config::new(app))
    }

    pub(super) fn open(config: Config) -> Result<Self, OpenError> {
        config.check()?;
        let store = config.store.clone().unwrap_or_else(|| Arc::new(MemoryStore::new()));
        let clock = match config.clock.clone() {
            Some(clock) => clock,
            None => default_clock()?,
        };
        let install = store.install(&Install::draw()?)?;
        let marks = store.raise_marks(Marks::default(), false)?;
        let image = store.load(core::horizon(&config.zone, marks.server_floor, clock.now()))?;
        let trusted = Arc::new(TrustedTime::new(image.marks.high_water, image.marks.server_floor));
        let now = trusted.now(clock.now());
        let online = online::open(&config, &install, &image, &store, &clock, &trusted)?;
        let entitlements = entitled::at_open(
            online.held.as_ref(),
            online.unusable.as_ref(),
            config.fallback,
            config.phase,
            now,
            &config.zone,
        );
        let core = Arc::new(Core::new(Parts {
            app: config.app,
            zone: config.zone,
            session_mode: config.session_mode,
            clock,
            trusted,
            pseudonyms: Pseudonymizer::new(&install),
            owner: Owner(draw::id()),
            outbox: online.outbox,
            snapshot: Snapshot {
                generation: 0,
                entitlements: Arc::new(entitlements),
                usage: image.counters.into_iter().collect::<Usage>(),
                ledger: image.ledger.into_iter().collect::<Ledger>(),
                sessions: Sessions::default(),
            },
            store,
        }));
        entitled::announce(&core, &core.snapshot());
        entitled::announce_findings(&core, &core.snapshot());
        core.watch();
        let policy = Arc::new(config.decisions);
        let login = LoginGuard::new(Arc::clone(&core), config.logins, Arc::clone(&policy));
        let inner = Arc::new(Inner {
            core,
            policy,
            permit_ttl: config.permit_ttl,
            guest_id: install.guest_id,
            login,
            syncer: online.syncer,
        });
        inner.login.belongs_to(Arc::downgrade(&inner));
        Ok(Self { inner })
    }

    /// Whether the plan has a feature, whatever its conditions. No lock, no allocation, no I/O.
    pub fn feature(&self, feature: Feature) -> FeatureDecision {
        let core = &self.inner.core;
        let now = core.now();
        let snapshot = entitled::current(core, now);
        let stands = lifecycle::lifecycle(&snapshot.entitlements, now, &core.zone);
        feature::feature(&snapshot.entitlements, feature, stands, now, &self.inner.policy)
    }

    /// Whether the plan has a feature and its conditions hold in `context`. No lock, no allocation, no I/O.
    ///
    /// ```
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::Intl2024, EditionId::Premium)
    /// #     .open()?;
    /// use planguard::{Feature, FeatureContext, Platform};
    ///
    /// let on = |platform| FeatureContext { platform: Some(platform), ..FeatureContext::default() };
    /// assert!(guard.feature_in(Feature::LocalMessageSearch, &on(Platform::Android)).granted);
    /// assert!(!guard.feature_in(Feature::LocalMessageSearch, &on(Platform::Web)).granted);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn feature_in(&self, feature: Feature, context: &FeatureContext) -> FeatureDecision {
        let core = &self.inner.core;
        let now = core.now();
        let snapshot = entitled::current(core, now);
        let stands = lifecycle::lifecycle(&snapshot.entitlements, now, &core.zone);
        feature::feature_in(&snapshot.entitlements, feature, context, stands, now, &self.inner.policy)
    }

    /// Whether an action fits the plan. No lock, no allocation, no I/O.
    pub fn check(&self, action: &Action) -> Verdict {
        limits::check(&self.inner.core, &self.inner.policy, action)
    }

    /// Holds room for an action until the permit is committed, dropped or expires. With room for k, exactly k of
    /// n racing reservations succeed, also between processes on one store.
    ///
    /// ```
    /// use planguard::client::{Committed, Reservation};
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::Intl2024, EditionId::Standard)
    /// #     .open()?;
    /// use planguard::{Action, GroupId, GroupType, UserId};
    ///
    /// let join = Action::JoinGroup {
    ///     user: UserId::new("ada")?,
    ///     group: GroupId::new("book-club")?,
    ///     kind: GroupType::Public,
    /// };
    /// match guard.reserve(&join) {
    ///     Reservation::Held(permit) => {
    ///         // The chat SDK's own call goes here. If it fails, drop the permit.
    ///         assert_eq!(permit.commit(), Committed::InTime);
    ///     }
    ///     Reservation::Denied(assessment) => println!("no room: {:?}", assessment.reason),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reserve(&self, action: &Action) -> Reservation {
        permit::reserve(&self.inner.core, &self.inner.policy, action, self.inner.permit_ttl)
    }

    /// Counts an action that has happened without a permit, such as one seen in a chat SDK callback.
    pub fn record(&self, action: &Action) {
        let core = &self.inner.core;
        core.watch();
        let demands = action.demands(&core.pseudonyms);
        limits::count(core, &self.inner.policy, &limits::additions(core, &demands, core.now()));
    }

    /// Takes over what the chat SDK's own lists say, which is better than counting along.
    ///
    /// ```
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::Intl2024, EditionId::Standard)
    /// #     .open()?;
    /// use planguard::{Action, Observation, UserId};
    ///
    /// let ada = UserId::new("ada")?;
    /// guard.observe(&Observation::Friends { user: ada, count: 2_990 });
    /// let verdict = guard.check(&Action::AddFriend { user: ada, peer: UserId::new("bob")? });
    /// assert_eq!(verdict.assessment().tightest().map(|check| check.evidence.used), Some(2_990));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn observe(&self, observation: &Observation) {
        let core = &self.inner.core;
        core.watch();
        limits::count(core, &self.inner.policy, &limits::observed(core, observation, core.now()));
    }

    /// Where the plan stands now. No lock, no allocation, no I/O.
    pub fn lifecycle(&self) -> Lifecycle {
        let core = &self.inner.core;
        lifecycle::lifecycle(&core.snapshot().entitlements, core.now(), &core.zone)
    }

    /// What the app is entitled to, as resolved last.
    pub fn entitlements(&self) -> Arc<Entitlements> {
        Arc::clone(&self.inner.core.snapshot().entitlements)
    }

    /// Everything decisions read, as one immutable value: for a host-side table of answers.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.inner.core.snapshot())
    }

    /// The trusted time decisions are made by.
    pub fn now(&self) -> Timestamp {
        self.inner.core.now()
    }

    /// The billing month that is now.
    pub fn billing_month(&self) -> BillingMonth {
        self.inner.core.zone.month(self.inner.core.now())
    }

    /// The id for a guest who uses the app without an account. The same for the life of the install, so that a
    /// guest is one active user and not one per visit.
    pub fn stable_guest_id(&self) -> &str {
        &self.inner.guest_id
    }

    /// Calls `listener` for every event from now on, on the thread that caused it and outside every lock.
    ///
    /// ```
    /// use planguard::client::Event;
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::Intl2024, EditionId::Standard)
    /// #     .open()?;
    /// guard.on_event(|event| {
    ///     if let Event::LimitWarning { limit, threshold, .. } = event {
    ///         println!("{limit} is used to {threshold} %");
    ///     }
    /// });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on_event(&self, listener: impl Fn(&Event) + MaybeSendSync + 'static) {
        self.inner.core.events.listen(listener);
    }

    /// A stream of every event from now on.
    pub fn subscribe(&self) -> EventStream {
        self.inner.core.events.subscribe()
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[allow(clippy::unnecessary_wraps, reason = "on wasm32 there is no default")]
fn default_clock() -> Result<Arc<dyn crate::time::Clock>, OpenError> {
    Ok(Arc::new(crate::time::SystemClock))
}

#[cfg(target_arch = "wasm32")]
fn default_clock() -> Result<Arc<dyn crate::time::Clock>, OpenError> {
    Err(OpenError::Setting {
        field: "clock",
        problem: "none was given".to_owned(),
        remedy: "on the Web, pass a clock made of Date.now and setTimeout",
    })
}
