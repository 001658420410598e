//! The guard: one handle for everything an app asks.

use std::sync::Arc;
use std::time::Duration;

use super::core::{Core, STORE_WAIT};
use super::endpoint::Endpoint;
use super::events::{Event, EventStream};
use super::login::LoginGuard;
use super::plan::{adopt, current, rejections};
use super::upkeep;
use super::user::User;
use crate::decide::feature;
use crate::model::{
    BillingMonth, Entitlements, Feature, FeatureAssessment, FeatureContext, FeatureDecision, GroupId,
    IdError, Lifecycle, Rejection, RejectionContext, Snapshot, Timestamp, UserId,
};
use crate::port::MaybeSendSync;

/// Keeps a chat app inside its plan. Clones share one guard.
///
/// Reads answer at once: no lock, no allocation, no I/O. Writes are futures that resolve once they are durable; where
/// the store fails they resolve all the same, and [`Event::StoreFailed`] tells of it.
///
/// ```
/// use planguard::{Action, CatalogId, EditionId, Feature, Planguard, SdkAppId, UserId};
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
///     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
///     .open()
///     .await?;
/// assert!(!guard.feature(Feature::Community).granted);
/// let action = Action::AddFriend { user: UserId::new("ada")?, peer: UserId::new("bob")? };
/// assert!(guard.check(&action).may_proceed());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Planguard {
    pub(super) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(super) core: Arc<Core>,
    pub(super) permit_ttl: Duration,
    pub(super) guest_id: String,
    pub(super) login: LoginGuard,
    pub(super) endpoint: Endpoint,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.core.unfollow();
        // Who waits, and who is about to.
        self.core.sync_wanted.notify_waiters();
        self.core.sync_wanted.notify_one();
    }
}

impl std::fmt::Debug for Planguard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Planguard").field("app", &self.inner.core.app).finish_non_exhaustive()
    }
}

impl Planguard {
    /// Whether the plan has a feature, whatever its conditions. No lock, no allocation, no I/O.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::Feature;
    ///
    /// assert!(guard.feature(Feature::GlobalCoverage).granted);
    /// let community = guard.feature(Feature::Community);
    /// assert!(!community.granted);
    /// println!("{community}"); // not granted: the plan does not include communities
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "entitlement")]
    #[doc(alias = "has_feature")]
    #[doc(alias = "is_enabled")]
    #[doc(alias = "gate")]
    #[doc(alias = "flag")]
    pub fn feature(&self, feature: Feature) -> FeatureDecision {
        let core = &self.inner.core;
        let seen = current::seen(core, core.now_coarse());
        match seen.as_ref().and_then(|seen| Some((seen, seen.feature(feature)?))) {
            Some((seen, (granted, reason))) => {
                let (stale, confirmed) = (seen.stale(), seen.confirmed());
                FeatureDecision { feature, granted, reason, stale, confirmed }
            }
            None => self.explain_feature(feature).decision(),
        }
    }

    /// As [`Self::feature`], with what the answer rests on and what would lift a denial.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::limits::Authority;
    /// use planguard::{Feature, Remedy};
    ///
    /// let community = guard.explain_feature(Feature::Community);
    /// assert_eq!(community.evidence.authority, Authority::Fallback);
    /// let premium = |way: &Remedy| matches!(way, Remedy::ChangeEdition { to: EditionId::PREMIUM, .. });
    /// assert!(community.remedies().iter().any(premium));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "paywall")]
    #[doc(alias = "upgrade")]
    pub fn explain_feature(&self, feature: Feature) -> FeatureAssessment {
        self.explain_feature_in(feature, &FeatureContext::default())
    }

    /// Whether the plan has a feature and its conditions hold in `context`. No lock, no allocation, no I/O.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::PREMIUM)
    /// #     .open().await?;
    /// use planguard::features::{FeatureContext, Platform};
    /// use planguard::Feature;
    ///
    /// let on = |platform| FeatureContext { platform: Some(platform), ..FeatureContext::default() };
    /// assert!(guard.feature_in(Feature::LocalMessageSearch, &on(Platform::Android)).granted);
    /// assert!(!guard.feature_in(Feature::LocalMessageSearch, &on(Platform::Web)).granted);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn feature_in(&self, feature: Feature, context: &FeatureContext) -> FeatureDecision {
        self.explain_feature_in(feature, context).decision()
    }

    /// As [`Self::feature_in`], with what the answer rests on and what would lift a denial.
    pub fn explain_feature_in(&self, feature: Feature, context: &FeatureContext) -> FeatureAssessment {
        let core = &self.inner.core;
        let now = core.moment();
        let snapshot = current::snapshot(core, now);
        let lifecycle = current::lifecycle(core, &snapshot, now.at);
        feature::feature_in(&snapshot.entitlements, feature, context, lifecycle, now.at, &core.policy)
    }

    /// Checks a user id and looks the user up, once for everything that is asked about them. Also warns, once a month,
    /// when an id is refused: ids cut to fit may collide or change.
    ///
    /// # Errors
    /// [`IdError`] when the provider accepts no such id.
    #[doc(alias = "for_user")]
    #[doc(alias = "identify")]
    pub fn user(&self, id: &str) -> Result<User, IdError> {
        let id = UserId::new(id).inspect_err(|_| self.inner.login.id_rejected())?;
        Ok(User::new(&self.inner.core.pseudonyms, &id))
    }

    /// Checks a group id and looks the group up, once for everything that is asked about it.
    ///
    /// # Errors
    /// [`IdError`] when the provider accepts no such id.
    pub fn group(&self, id: &str) -> Result<GroupId, IdError> {
        Ok(self.inner.core.pseudonyms.resolve_group(&GroupId::new(id)?))
    }

    /// Says that the provider refused a call, and gets told what that means: what the app should show and do, and
    /// when the call is worth repeating.
    ///
    /// `code` and `message` are the chat SDK's, unchanged; in `context` the app names the action or the feature,
    /// and the guard fills in the rest. The local counter or limit is corrected where the refusal shows it to be
    /// wrong, a suspension is believed for five minutes, and where the entitlements are in doubt the next
    /// [`sync`](Self::sync) with a policy that fetches stale data fetches them; [`Event::SyncWanted`] asks for it.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use planguard::rejections::{RejectionClass, RejectionContext};
    /// use planguard::{Action, CatalogId, EditionId, Planguard, SdkAppId, UserId};
    ///
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    ///     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    ///     .open().await?;
    /// let action = Action::AddFriend { user: UserId::new("ada")?, peer: UserId::new("bob")? };
    /// let context = RejectionContext { action: Some(&action), ..RejectionContext::default() };
    /// let rejection = guard.report_rejection(30014, "peer's friends full", &context).await;
    /// assert_eq!(rejection.class, RejectionClass::LimitReached);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "error_code")]
    pub async fn report_rejection(
        &self,
        code: i32,
        message: &str,
        context: &RejectionContext<'_>,
    ) -> Rejection {
        self.catch_up().await;
        let rejection = rejections::report(&self.inner.core, code, message, context, STORE_WAIT).await;
        self.follow().await;
        rejection
    }

    /// Where the plan stands now. No lock, no allocation, no I/O.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::plan::Lifecycle;
    ///
    /// match guard.lifecycle() {
    ///     Lifecycle::ExpiringSoon { .. } | Lifecycle::Grace { .. } => println!("{}", guard.lifecycle()),
    ///     Lifecycle::Suspended { .. } => println!("chat is not available"),
    ///     _ => {}
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "expiry")]
    #[doc(alias = "subscription")]
    #[doc(alias = "suspended")]
    pub fn lifecycle(&self) -> Lifecycle {
        let core = &self.inner.core;
        let now = core.moment();
        current::lifecycle(core, &current::snapshot(core, now), now.at)
    }

    /// What the app is entitled to, as resolved last.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::LimitId;
    ///
    /// let entitlements = guard.entitlements();
    /// assert_eq!(entitlements.edition, Some(EditionId::STANDARD));
    /// let groups = entitlements.limit(LimitId::GroupsPerUser).map(|limit| limit.max.to_string());
    /// assert_eq!(groups.as_deref(), Some("500"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "plan")]
    #[doc(alias = "edition")]
    pub fn entitlements(&self) -> Arc<Entitlements> {
        Arc::clone(&self.inner.core.snapshot().entitlements)
    }

    /// Everything decisions read: for a host-side table of answers. What it says of usage and of users is read where it is
    /// kept, as it stands then.
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
    #[doc(alias = "guest")]
    #[doc(alias = "anonymous")]
    pub fn stable_guest_id(&self) -> &str {
        &self.inner.guest_id
    }

    /// Calls `listener` for every event from now on, on the thread that caused it and outside every lock. The first
    /// listener or stream also gets what happened before.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use planguard::Event;
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// guard.on_event(|event| {
    ///     if let Event::LimitWarning { limit, threshold, .. } = event {
    ///         println!("{limit} is used to {threshold} %");
    ///     }
    /// });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "listener")]
    #[doc(alias = "callback")]
    #[doc(alias = "add_listener")]
    pub fn on_event(&self, listener: impl Fn(&Event) + MaybeSendSync + 'static) {
        self.inner.core.events.listen(listener);
    }

    /// A stream of every event from now on. The first listener or stream also gets what happened before.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// let mut events = guard.subscribe();
    /// # drop(guard);
    /// while let Some(next) = events.next().await {
    ///     match next {
    ///         Ok(event) => println!("{event}"),
    ///         Err(lagged) => println!("{lagged}"),
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "stream")]
    pub fn subscribe(&self) -> EventStream {
        self.inner.core.events.subscribe()
    }

    /// Looks after clock and store before a write, and takes over what another process kept.
    pub(super) async fn catch_up(&self) {
        upkeep::follow(&self.inner.core);
        upkeep::watch(&self.inner.core).await;
        self.follow().await;
    }

    /// Takes over what another process of the app learnt and kept, as far as the last write has seen it. Called after
    /// a write too: who writes has seen the newest, and answers by it from then on.
    pub(super) async fn follow(&self) {
        upkeep::follow(&self.inner.core);
        let endpoint = &self.inner.endpoint;
        if endpoint.follow(&self.inner.core) {
            adopt::adopt(&self.inner.core, || endpoint.held()).await;
            adopt::look_up_fallback(&self.inner.core);
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::client::FetchPolicy;
    use crate::client::login::{LoginIntent, LoginRequest, LoginTicket, ProviderError};
    use crate::model::{Action, Observation};

    /// A host may spawn any call on a runtime with several threads; the foreign bindings do.
    #[test]
    fn every_future_of_the_guard_can_move_between_threads() {
        fn send<T: Send>(_: impl Fn(Planguard, Action, UserId) -> T) {}
        fn answered<T: Send>(_: impl Fn(LoginTicket) -> T) {}
        let context = RejectionContext::default();
        send(|guard, action, _| async move { Some(guard.reserve(&action).await.permit()?.commit().await) });
        send(|guard, action, _| async move { guard.record(&action).await });
        send(|guard, action, _| async move { guard.record_once("key", &action).await });
        send(|guard, _, user| async move { guard.observe(&Observation::Friends { user, count: 1 }).await });
        send(|guard, _, _| async move { guard.report_rejection(0, "", &context).await });
        send(|guard, _, _| async move { guard.sync(FetchPolicy::Fetch).await });
        send(|guard, _, _| async move { guard.flush().await });
        send(|guard, _, _| async move { guard.login_report(guard.billing_month()).await });
        send(|guard, _, user| async move {
            let request = LoginRequest::new(user, LoginIntent::OpenChat);
            guard.login_with(request, || async { Ok::<_, ProviderError>(()) }).await
        });
        send(|guard, _, user| async move {
            guard.begin_login_with(LoginRequest::new(user, LoginIntent::OpenChat)).await
        });
        send(|guard, _, user| async move {
            guard.begin_login_with(LoginRequest::new(user, LoginIntent::OpenChat).no_wait()).await
        });
        answered(|ticket| async move { ticket.succeed().await });
        answered(|ticket| async move { ticket.fail(1, "").await });
        send(|guard, _, user| async move {
            guard.new_user_sig(&user).await;
            guard.known_active(&user).await;
            guard.forget_failures(&user).await;
            let session = guard.session(user);
            session.connected().await;
            session.disconnected().await;
            session.kicked_off().await;
            session.user_sig_expired().await;
            session.logged_out().await;
            session.ended().await;
        });
    }
}
