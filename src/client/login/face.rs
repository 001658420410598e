//! The login guard on the handle that apps hold.

use std::future::Future;

use super::guard::LoginGuard;
use super::outcome::{LoginFailure, LoginOutcome, ProviderError, UpstreamError};
use super::report::LoginReport;
use super::request::LoginRequest;
use super::ticket::Begun;
use crate::client::Planguard;
use crate::decide::login::SessionEvent;
use crate::model::{BillingMonth, IdError, SessionState, UserId};
use crate::store::StoreError;

impl Planguard {
    /// The login guard by itself, for code that needs nothing else. Clones share one guard.
    pub fn logins(&self) -> &LoginGuard {
        &self.inner.login
    }

    /// Logs a user in, unless that is needless, harmful or refused. See [`LoginGuard::login`].
    ///
    /// ```
    /// use planguard::login::{LoginIntent, LoginOutcome, LoginRequest, ProviderError};
    /// use planguard::{CatalogId, EditionId, Planguard, SdkAppId, UserId};
    ///
    /// # async fn chat_sdk_login() -> Result<&'static str, ProviderError> { Ok("session") }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    ///     .fallback(CatalogId::Intl2024, EditionId::Standard)
    ///     .open()?;
    /// let ada = LoginRequest::new(UserId::new("ada")?);
    ///
    /// // A push woke the app: logging in would make an active user out of somebody who may never open chat.
    /// let woken = guard.login(ada.intent(LoginIntent::PushWake), chat_sdk_login).await?;
    /// assert!(matches!(woken, LoginOutcome::Deferred { .. }));
    ///
    /// // Ada opens chat.
    /// match guard.login(ada, chat_sdk_login).await? {
    ///     LoginOutcome::Executed { value, mau } => {
    ///         assert_eq!(value, "session");
    ///         assert!(mau.new_in_month);
    ///     }
    ///     other => panic!("{other:?}"),
    /// }
    ///
    /// // Whoever asks again meanwhile gets an answer without a login.
    /// let again = guard.login(ada, chat_sdk_login).await?;
    /// assert_eq!(again, LoginOutcome::AlreadyLoggedIn);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`LoginFailure`] when a login was carried out and failed, or this caller's time ran out.
    pub async fn login<T, E, F, Fut>(
        &self,
        request: LoginRequest,
        upstream: F,
    ) -> Result<LoginOutcome<T>, LoginFailure<E>>
    where
        E: UpstreamError,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        self.inner.login.login(request, upstream).await
    }

    /// The first step of a two-step login. See [`LoginGuard::begin_login`].
    ///
    /// # Errors
    ///
    /// [`LoginFailure`] when the login waited for failed, or the time ran out.
    pub async fn begin_login(&self, request: LoginRequest) -> Result<Begun, LoginFailure<ProviderError>> {
        self.inner.login.begin_login(request).await
    }

    /// The first step of a two-step login, without waiting. See [`LoginGuard::try_begin_login`].
    ///
    /// ```
    /// use planguard::login::{Begun, LoginRequest};
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::Intl2024, EditionId::Standard)
    /// #     .open()?;
    /// use planguard::UserId;
    ///
    /// let ada = LoginRequest::new(UserId::new("ada")?);
    /// let Begun::Ticket(ticket) = guard.try_begin_login(ada)? else { return Ok(()) };
    /// // The chat SDK logs in; meanwhile nobody else does.
    /// assert!(matches!(guard.try_begin_login(ada)?, Begun::InFlight));
    /// assert!(ticket.succeed().is_logged_in());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`LoginFailure`] when a login of another process failed a moment ago.
    pub fn try_begin_login(&self, request: LoginRequest) -> Result<Begun, LoginFailure<ProviderError>> {
        self.inner.login.try_begin_login(request)
    }

    /// Says what the chat SDK told about the session of this device's current user. See
    /// [`LoginGuard::session_event`].
    ///
    /// ```
    /// use planguard::login::SessionEvent;
    /// use planguard::Planguard;
    ///
    /// fn on_kicked_offline(guard: &Planguard) {
    ///     guard.session_event(SessionEvent::KickedOff);
    ///     // From here on only a person logs in: ask, then `LoginIntent::AfterKick { confirmed: true }`.
    /// }
    /// ```
    pub fn session_event(&self, event: SessionEvent) {
        self.inner.login.session_event(event);
    }

    /// Says what the chat SDK told about the session of `user`.
    pub fn session_event_of(&self, user: &UserId, event: SessionEvent) {
        self.inner.login.session_event_of(user, event);
    }

    /// The state of this user's session.
    pub fn session_state(&self, user: &UserId) -> SessionState {
        self.inner.login.session_state(user)
    }

    /// Says that the app has a new `UserSig` for this user. See [`LoginGuard::new_user_sig`].
    pub fn new_user_sig(&self, user: &UserId) {
        self.inner.login.new_user_sig(user);
    }

    /// Forgets what failed logins of this user left behind: waits, refusals and the loop breaker.
    pub fn forget_failures(&self, user: &UserId) {
        self.inner.login.forget_failures(user);
    }

    /// Checks a user id, and warns, once a month, when one is refused.
    pub fn user(&self, id: &str) -> Result<UserId, IdError> {
        self.inner.login.user(id)
    }

    /// What the login guard did in `month`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    pub fn login_report(&self, month: BillingMonth) -> Result<LoginReport, StoreError> {
        self.inner.login.login_report(month)
    }
}
