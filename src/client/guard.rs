//! The guard: one handle for everything an app asks.

use std::sync::Arc;
use std::time::Duration;

use super::core::{Core, STORE_WAIT};
use super::endpoint::Endpoint;
use super::events::{Event, EventStream};
use super::login::LoginGuard;
use super::plan::{adopt, current, rejections};
use super::upkeep;
use super::usage::permit::{self, Reservation};
use super::usage::{check, count};
use crate::decide::feature;
use crate::model::{
    Action, BillingMonth, Entitlements, Feature, FeatureContext, FeatureDecision, Lifecycle, Observation,
    Rejection, RejectionContext, Snapshot, Timestamp, Verdict,
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

impl std::fmt::Debug for Planguard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Planguard").field("app", &self.inner.core.app).finish_non_exhaustive()
    }
}

impl Planguard {
    /// Whether the plan has a feature, whatever its conditions. No lock, no allocation, no I/O.
    pub fn feature(&self, feature: Feature) -> FeatureDecision {
        let core = &self.inner.core;
        let now = core.moment();
        let snapshot = current::snapshot(core, now);
        let lifecycle = current::lifecycle(core, &snapshot, now.at);
        feature::feature(&snapshot.entitlements, feature, lifecycle, now.at, &core.policy)
    }

    /// Whether the plan has a feature and its conditions hold in `context`. No lock, no allocation, no I/O.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::PREMIUM)
    /// #     .open().await?;
    /// use planguard::{Feature, FeatureContext, Platform};
    ///
    /// let on = |platform| FeatureContext { platform: Some(platform), ..FeatureContext::default() };
    /// assert!(guard.feature_in(Feature::LocalMessageSearch, &on(Platform::Android)).granted);
    /// assert!(!guard.feature_in(Feature::LocalMessageSearch, &on(Platform::Web)).granted);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn feature_in(&self, feature: Feature, context: &FeatureContext) -> FeatureDecision {
        let core = &self.inner.core;
        let now = core.moment();
        let snapshot = current::snapshot(core, now);
        let lifecycle = current::lifecycle(core, &snapshot, now.at);
        feature::feature_in(&snapshot.entitlements, feature, context, lifecycle, now.at, &core.policy)
    }

    /// Whether an action fits the plan. No lock, no allocation, no I/O.
    pub fn check(&self, action: &Action) -> Verdict {
        check::check(&self.inner.core, action)
    }

    /// Holds room for an action until the permit is committed, dropped or expires. With room for k, exactly k of
    /// n racing reservations succeed, also between processes on one store.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use planguard::client::{Committed, Reservation};
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::{Action, GroupId, GroupType, UserId};
    ///
    /// let join = Action::JoinGroup {
    ///     user: UserId::new("ada")?,
    ///     group: GroupId::new("book-club")?,
    ///     kind: GroupType::Public,
    /// };
    /// match guard.reserve(&join).await {
    ///     Reservation::Held(permit) => {
    ///         // The chat SDK's own call goes here. If it fails, drop the permit.
    ///         assert_eq!(permit.commit().await, Committed::InTime);
    ///     }
    ///     Reservation::Denied(assessment) => println!("no room: {:?}", assessment.reason),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn reserve(&self, action: &Action) -> Reservation {
        self.catch_up().await;
        let answer = permit::reserve(&self.inner.core, action, self.inner.permit_ttl).await;
        self.follow().await;
        answer
    }

    /// Counts an action that has happened without a permit, such as one seen in a chat SDK callback.
    pub async fn record(&self, action: &Action) {
        self.catch_up().await;
        let core = &self.inner.core;
        count::count(core, happened(core, action)).await;
        self.follow().await;
    }

    /// As [`Self::record`] for a happening that may be reported more than once: `key` names it, for instance the
    /// sequence number of a group notice. It is counted the first time only, also after a restart. Keys are
    /// remembered to the end of the next billing month.
    ///
    /// Says whether it was counted now.
    pub async fn record_once(&self, key: &str, action: &Action) -> bool {
        self.catch_up().await;
        let core = &self.inner.core;
        let key = core.pseudonyms.happening(key);
        let counted = count::count_once(core, key, happened(core, action)).await;
        self.follow().await;
        counted
    }

    /// Takes over what the chat SDK's own lists say, which is better than counting along.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::{Action, Observation, UserId};
    ///
    /// let ada = UserId::new("ada")?;
    /// guard.observe(&Observation::Friends { user: ada, count: 2_990 }).await;
    /// let verdict = guard.check(&Action::AddFriend { user: ada, peer: UserId::new("bob")? });
    /// assert_eq!(verdict.assessment().tightest().map(|check| check.evidence.used), Some(2_990));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn observe(&self, observation: &Observation) {
        self.catch_up().await;
        let core = &self.inner.core;
        count::count(core, count::observed(core, observation, core.now())).await;
        self.follow().await;
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
    /// use planguard::{Action, CatalogId, EditionId, Planguard, RejectionClass, RejectionContext, SdkAppId, UserId};
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
    pub fn lifecycle(&self) -> Lifecycle {
        let core = &self.inner.core;
        let now = core.moment();
        current::lifecycle(core, &current::snapshot(core, now), now.at)
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

    /// Calls `listener` for every event from now on, on the thread that caused it and outside every lock. The first
    /// listener or stream also gets what happened before.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use planguard::client::Event;
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
    ///         Ok(event) => println!("{event:?}"),
    ///         Err(lagged) => println!("{lagged}"),
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
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

/// The counter changes of an action that has happened now.
fn happened(core: &Core, action: &Action) -> Vec<crate::model::CounterOp> {
    let demands = action.demands(&core.pseudonyms);
    if action.counts() { count::happened(core, action, &demands, core.now()) } else { Vec::new() }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::client::FetchPolicy;
    use crate::client::login::{LoginIntent, LoginRequest, LoginTicket, ProviderError};
    use crate::model::UserId;

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
            guard.login(request, || async { Ok::<_, ProviderError>(()) }).await
        });
        send(|guard, _, user| async move {
            guard.begin_login(LoginRequest::new(user, LoginIntent::OpenChat)).await
        });
        send(|guard, _, user| async move {
            guard.try_begin_login(LoginRequest::new(user, LoginIntent::OpenChat)).await
        });
        answered(|ticket| async move { ticket.succeed().await });
        answered(|ticket| async move { ticket.fail(1, "").await });
        send(|guard, _, user| async move {
            guard.new_user_sig(&user).await;
            guard.known_active(&user).await;
            guard.forget_failures(&user).await;
            let session = guard.session(&user);
            session.connected().await;
            session.disconnected().await;
            session.kicked_off().await;
            session.user_sig_expired().await;
            session.logged_out().await;
            session.ended().await;
        });
    }
}
