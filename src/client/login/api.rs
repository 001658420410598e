//! The login guard on the handle that apps hold.

use std::future::Future;
use std::time::Duration;

use super::facts::Asked;
use super::outcome::{LoginFailure, LoginOutcome, ProviderError, UpstreamError};
use super::report::LoginReport;
use super::request::LoginRequest;
use super::session::UserSession;
use super::surroundings::Surroundings;
use super::ticket::Begun;
use crate::client::core::STORE_WAIT;
use crate::client::guard::Planguard;
use crate::decide::login::LoginIntent;
use crate::model::{BillingMonth, UserId};
use crate::port::MaybeSend;
use crate::store::StoreError;

impl Planguard {
    /// Logs a user in, unless that is needless, harmful or refused.
    ///
    /// `upstream` is the chat SDK's own login. It is called at most once, and not at all when the user is logged in,
    /// when another caller's or process's login answers this one, or when the login is put off or refused.
    ///
    /// - Of concurrent requests for one user one is carried out; the others get its answer. When its caller goes away,
    ///   another takes over.
    /// - On a device the latest user wins: whoever asked earlier gets [`LoginOutcome::Shed`] once the later login is
    ///   sent. A success counts in the ledger even then, because the provider counts it.
    /// - A decision is made again after every wait, right before `upstream` is called; the whole call ends within the
    ///   request's time-out, the store included.
    /// - `upstream` must not wait for a login of the same user: that one waits for it, until its own time is up. With
    ///   [`LoginRequest::no_wait`] [`Self::begin_login_with`] answers at once.
    /// - A user who is logged in already gets [`LoginOutcome::AlreadyLoggedIn`] without lock, allocation or I/O.
    /// - Dropping the future at any point is safe: a login that was sent leaves the user uncertain. A panic in
    ///   `upstream` reaches its own caller and nobody else.
    ///
    /// ```
    /// use planguard::{LoginIntent, LoginOutcome, ProviderError};
    /// use planguard::{CatalogId, EditionId, Planguard, SdkAppId, UserId};
    ///
    /// # async fn chat_sdk_login() -> Result<&'static str, ProviderError> { Ok("session") }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    ///     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    ///     .open().await?;
    /// let ada = UserId::new("ada")?;
    ///
    /// // A push woke the app: logging in would make an active user out of somebody who may never open chat.
    /// let woken = guard.login(ada, LoginIntent::PushWake, chat_sdk_login).await?;
    /// assert!(matches!(woken, LoginOutcome::Deferred { .. }));
    ///
    /// // Ada opens chat.
    /// match guard.login(ada, LoginIntent::OpenChat, chat_sdk_login).await? {
    ///     LoginOutcome::Executed { value, mau } => {
    ///         assert_eq!(value, "session");
    ///         assert!(mau.new_in_month);
    ///     }
    ///     other => panic!("{other:?}"),
    /// }
    ///
    /// // Whoever asks again meanwhile gets an answer without a login.
    /// let again = guard.login(ada, LoginIntent::OpenChat, chat_sdk_login).await?;
    /// assert_eq!(again, LoginOutcome::AlreadyLoggedIn);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`LoginFailure`] when a login was carried out, here or by the caller joined, and failed, or when this
    /// caller's time ran out. A refusal by the guard is an outcome.
    #[doc(alias = "sign_in")]
    #[doc(alias = "connect_user")]
    #[doc(alias = "mau")]
    pub async fn login<T, E, F, Fut>(
        &self,
        user: impl Into<UserId>,
        intent: LoginIntent,
        upstream: F,
    ) -> Result<LoginOutcome<T>, LoginFailure<E>>
    where
        E: UpstreamError,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        self.login_with(LoginRequest::new(user, intent), upstream).await
    }

    /// As [`Self::login`], with a time-out of its own or for a user whom the provider may not know yet.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use std::time::Duration;
    ///
    /// use planguard::login::LoginRequest;
    /// use planguard::{LoginIntent, ProviderError};
    ///
    /// # let sdk_login = || async { Ok::<_, ProviderError>(()) };
    /// let ada = guard.user("ada")?;
    /// let request = LoginRequest::new(ada, LoginIntent::OpenChat).timeout(Duration::from_secs(20));
    /// assert!(guard.login_with(request, sdk_login).await?.is_logged_in());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Self::login`].
    pub async fn login_with<T, E, F, Fut>(
        &self,
        request: LoginRequest,
        upstream: F,
    ) -> Result<LoginOutcome<T>, LoginFailure<E>>
    where
        E: UpstreamError,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let Some(asked) = self.inner.login.ask(&request) else { return Ok(LoginOutcome::AlreadyLoggedIn) };
        // Everything but the usual answer is large.
        Box::pin(self.log_in(asked, request, upstream)).await
    }

    /// A login that is not answered at once.
    async fn log_in<T, E, F, Fut>(
        &self,
        mut asked: Asked,
        request: LoginRequest,
        upstream: F,
    ) -> Result<LoginOutcome<T>, LoginFailure<E>>
    where
        E: UpstreamError,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let guard = &self.inner.login;
        let mut deadline = guard.deadline(&request);
        if let Some(answer) = guard.joined(&mut asked, &request, &mut deadline).await {
            let wait = deadline.store_wait(&self.inner.core);
            return guard.shared.answer(asked.user, &request, answer, &asked.filing, wait).await;
        }
        Box::pin(async {
            let answer = guard.login(asked, &request, upstream, &mut deadline, self).await;
            deadline.look_after(&self.inner.core, self.follow()).await;
            answer
        })
        .await
    }

    /// The first step of a two-step login. Waits for a login of the same user that is under way, for as long as the
    /// request allows.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::LoginIntent;
    /// use planguard::login::Begun;
    ///
    /// let ada = guard.user("ada")?;
    /// if let Begun::Ticket(ticket) = guard.begin_login(ada, LoginIntent::OpenChat).await? {
    ///     // The chat SDK's own login goes here; its callback answers the ticket.
    ///     assert!(ticket.succeed().await.is_logged_in());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`LoginFailure`] when the login waited for failed, or the time ran out.
    pub async fn begin_login(
        &self,
        user: impl Into<UserId>,
        intent: LoginIntent,
    ) -> Result<Begun, LoginFailure<ProviderError>> {
        self.begin_login_with(LoginRequest::new(user, intent)).await
    }

    /// As [`Self::begin_login`], with a time-out of its own, for a user whom the provider may not know yet, or
    /// [without waiting](LoginRequest::no_wait) for other logins: [`Begun::InFlight`] where that would have to.
    ///
    /// ```
    /// use planguard::login::{Begun, LoginRequest};
    /// use planguard::LoginIntent;
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::UserId;
    ///
    /// let ada = LoginRequest::new(UserId::new("ada")?, LoginIntent::OpenChat).no_wait();
    /// let Begun::Ticket(ticket) = guard.begin_login_with(ada).await? else { return Ok(()) };
    /// // The chat SDK logs in; meanwhile nobody else does.
    /// assert!(matches!(guard.begin_login_with(ada).await?, Begun::InFlight));
    /// assert!(ticket.succeed().await.is_logged_in());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`LoginFailure`] when the time ran out.
    pub async fn begin_login_with(
        &self,
        request: LoginRequest,
    ) -> Result<Begun, LoginFailure<ProviderError>> {
        let guard = &self.inner.login;
        let Some(mut asked) = guard.ask(&request) else {
            return Ok(Begun::Outcome(LoginOutcome::AlreadyLoggedIn));
        };
        let mut deadline = guard.deadline(&request);
        if let Some(answer) = Box::pin(guard.joined(&mut asked, &request, &mut deadline)).await {
            let wait = deadline.store_wait(&self.inner.core);
            let answered = guard.shared.answer(asked.user, &request, answer, &asked.filing, wait).await;
            return answered.map(Begun::Outcome);
        }
        Box::pin(async {
            let answer = guard.begin(asked, &request, &mut deadline, self).await;
            deadline.look_after(&self.inner.core, self.follow()).await;
            answer
        })
        .await
    }

    /// The session of one user in this process: hand the chat SDK's callbacks to the user they are about.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::{LoginIntent, LoginOutcome, ProviderError};
    ///
    /// # let sdk_login = || async { Ok::<_, ProviderError>(()) };
    /// let ada = guard.user("ada")?;
    /// guard.login(ada, LoginIntent::OpenChat, sdk_login).await?;
    /// // The person logs out: from here on a push logs her in no more.
    /// guard.session(ada).logged_out().await;
    /// let woken = guard.login(ada, LoginIntent::PushWake, sdk_login).await?;
    /// assert!(matches!(woken, LoginOutcome::Deferred { .. }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "logout")]
    #[doc(alias = "log_out")]
    #[doc(alias = "sign_out")]
    #[doc(alias = "switch_user")]
    #[doc(alias = "kicked")]
    pub fn session(&self, user: impl Into<UserId>) -> UserSession<'_> {
        let shared = &self.inner.login.shared;
        UserSession::new(shared, shared.core.pseudonyms.user(&user.into()))
    }

    /// Says that the app has a new `UserSig` for this user: a login refused for the old one may be tried again. A new
    /// one that is refused too is not sent again.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::{LoginIntent, ProviderError};
    ///
    /// # let sdk_login = || async { Ok::<_, ProviderError>(()) };
    /// let ada = guard.user("ada")?;
    /// guard.session(ada).user_sig_expired().await;
    /// // Get a new UserSig from the app's server, then:
    /// guard.new_user_sig(ada).await;
    /// let renewed = guard.login(ada, LoginIntent::RenewUserSig, sdk_login).await?;
    /// println!("{renewed}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "token")]
    #[doc(alias = "credential")]
    pub async fn new_user_sig(&self, user: impl Into<UserId>) {
        let shared = &self.inner.login.shared;
        shared.new_user_sig(shared.core.pseudonyms.user(&user.into())).await;
        self.follow().await;
    }

    /// Says that the provider has counted this user in the running billing period already, as the app's server or the
    /// billing endpoint may know: on a new phone, say. The user's logins then make no new active user.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::{LoginIntent, ProviderError};
    ///
    /// # let sdk_login = || async { Ok::<_, ProviderError>(()) };
    /// let ada = guard.user("ada")?;
    /// // The app's server says that Ada used chat this month, on another phone.
    /// guard.known_active(ada).await;
    /// assert!(guard.login(ada, LoginIntent::PushWake, sdk_login).await?.is_logged_in());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn known_active(&self, user: impl Into<UserId>) {
        self.inner.login.known_active(&user.into(), None, STORE_WAIT).await;
        self.follow().await;
    }

    /// Forgets what failed logins of this user left behind: waits, refusals and the loop breaker.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// let ada = guard.user("ada")?;
    /// // The cause of a permanent refusal is fixed on the server.
    /// guard.forget_failures(ada).await;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "retry")]
    #[doc(alias = "reset")]
    pub async fn forget_failures(&self, user: impl Into<UserId>) {
        let shared = &self.inner.login.shared;
        shared.forget_failures(shared.core.pseudonyms.user(&user.into())).await;
        self.follow().await;
    }

    /// What the login guard did in `month`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// let report = guard.login_report(guard.billing_month()).await?;
    /// println!("{} asked for, {} carried out", report.asked(), report.executed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    #[doc(alias = "mau")]
    #[doc(alias = "statistics")]
    pub async fn login_report(&self, month: BillingMonth) -> Result<LoginReport, StoreError> {
        self.inner.login.report(month).await
    }
}

impl Surroundings for Planguard {
    fn catch_up(&self) -> impl Future<Output = ()> + MaybeSend {
        Self::catch_up(self)
    }

    fn follow(&self) -> impl Future<Output = ()> + MaybeSend {
        Self::follow(self)
    }

    fn is_active(
        &self,
        user: &UserId,
        month: BillingMonth,
        limit: Duration,
    ) -> impl Future<Output = bool> + MaybeSend {
        self.inner.endpoint.is_active(user, month, limit)
    }
}
