//! Sessions: what a login makes of them, and what the chat SDK's callbacks change.

use std::sync::Arc;

use super::facts::Shared;
use super::flight::{Flight, tell_shed};
use crate::client::core::Core;
use crate::decide::login::{SessionEvent, connected, step, user_sig_expired};
use crate::model::{Pseudonym, Session, SessionState, Timestamp, UserFacts};

/// Replaces one session.
pub(super) fn put(core: &Core, user: Pseudonym, session: Session) {
    core.change_session(user, |_| Some(Some(session)));
}

/// Puts the session back to what it was before a login that did not succeed, or to `instead`; only if it still is
/// that login's.
pub(super) fn restore(core: &Core, flight: &Flight, now: Timestamp, instead: Option<SessionState>) {
    core.change_session(flight.user, |held| {
        let held = held?;
        let session = match (instead, flight.before) {
            (Some(state), _) => Some(Session { state, since: now, connected: false, ..held }),
            (None, before) => before.filter(|session| session.state != SessionState::LoggingIn),
        };
        (held.state == SessionState::LoggingIn || instead.is_some()).then_some(session)
    });
}

/// The session of one user in this process: hand the chat SDK's callbacks to the user they are about.
///
/// None of the chat SDK's callbacks names a user. Keep the handle of the user who was logged in when the listener was
/// set, or ask the SDK who is logged in. Nothing here ever causes a login.
///
/// ```
/// use planguard::{Planguard, UserId};
///
/// async fn on_kicked_offline(guard: &Planguard, ada: &UserId) {
///     guard.session(ada).kicked_off().await;
///     // From here on only a person logs in: ask, then `LoginIntent::AfterKick { confirmed: true }`.
/// }
/// ```
pub struct UserSession<'a> {
    shared: &'a Shared,
    user: Pseudonym,
}

impl std::fmt::Debug for UserSession<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserSession").field("state", &self.state()).finish_non_exhaustive()
    }
}

impl<'a> UserSession<'a> {
    pub(super) const fn new(shared: &'a Shared, user: Pseudonym) -> Self {
        Self { shared, user }
    }

    /// Where it stands. No lock, no allocation, no I/O.
    pub fn state(&self) -> SessionState {
        self.shared.core.snapshot().ledger.session(&self.user).state()
    }

    /// Connected to the provider. What was put off for the network need not wait any longer.
    pub async fn connected(&self) {
        self.step(SessionEvent::Connected);
        let waits = self.facts().is_some_and(|mut facts| connected(&mut facts.memory));
        if waits {
            self.shared
                .change_facts(self.user, |facts| {
                    connected(&mut facts.memory);
                })
                .await;
        }
    }

    /// The connection was lost. The chat SDK reconnects by itself: this never causes a login.
    #[allow(clippy::unused_async, reason = "one shape for every callback")]
    pub async fn disconnected(&self) {
        self.step(SessionEvent::Disconnected);
    }

    /// Kicked off by another device: from here on only a person logs this user in, in every process and after a
    /// restart.
    pub async fn kicked_off(&self) {
        self.step(SessionEvent::KickedOff);
        let at = self.shared.core.now();
        self.shared.change_facts(self.user, move |facts| facts.kick(at)).await;
    }

    /// The `UserSig` expired.
    pub async fn user_sig_expired(&self) {
        if self.step(SessionEvent::UserSigExpired) {
            self.shared.change_facts(self.user, |facts| user_sig_expired(&mut facts.memory)).await;
        }
    }

    /// Logged out on purpose: from here on only a person logs this user in, also after a restart.
    #[doc(alias = "logout")]
    pub async fn logged_out(&self) {
        self.step(SessionEvent::LoggedOut);
        let at = self.shared.core.now();
        self.shared.change_facts(self.user, move |facts| facts.logged_out = Some(at)).await;
    }

    /// The session ended without a log-out: the chat SDK was uninitialised, or the client of this user went away. As
    /// after a start of the app, any intent may log a user in again who is counted.
    ///
    /// ```
    /// use planguard::login::LoginRequest;
    /// use planguard::{LoginIntent, ProviderError};
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId, UserId};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// # let sdk_login = || async { Ok::<_, ProviderError>(()) };
    /// let ada = UserId::new("ada")?;
    /// let woken = LoginRequest::new(ada, LoginIntent::PushWake);
    /// assert!(guard.login_with(LoginRequest::new(ada, LoginIntent::OpenChat), sdk_login).await?.is_logged_in());
    ///
    /// guard.session(&ada).ended().await;
    /// assert!(guard.login_with(woken, sdk_login).await?.is_logged_in());
    ///
    /// guard.session(&ada).logged_out().await;
    /// assert!(!guard.login_with(woken, sdk_login).await?.is_logged_in());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[allow(clippy::unused_async, reason = "one shape for every callback")]
    pub async fn ended(&self) {
        self.step(SessionEvent::LoggedOut);
    }

    fn facts(&self) -> Option<UserFacts> {
        self.shared.core.snapshot().ledger.facts(&self.user).map(Arc::unwrap_or_clone)
    }

    /// Applies a callback to this user's session; says whether it changed anything.
    fn step(&self, event: SessionEvent) -> bool {
        let (shared, user) = (self.shared, self.user);
        let core = &shared.core;
        let mut shed = None;
        let changed = {
            let mut flights = shared.flights.lock();
            // A login that still runs must not land after this.
            if matches!(event, SessionEvent::KickedOff | SessionEvent::LoggedOut) {
                shed = flights.shed(&user);
            }
            let now = core.now();
            core.change_session(user, |held| {
                let after = step(held?, event, now)?;
                Some((after.state != SessionState::LoggedOut).then_some(after))
            })
        };
        tell_shed(shed);
        changed
    }
}
