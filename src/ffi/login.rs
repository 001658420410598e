//! Login with a foreign handler.

use std::sync::Arc;
use std::time::Duration;

use super::error::{Explanation, PlanguardError};
use super::guard::Planguard;
use super::host::contained;
use crate::client::login::{
    ActiveUserEffect, Alternative, DeferReason, DenyReason, FailureClass, LoginFailure as CoreFailure,
    LoginIntent, LoginOutcome as CoreOutcome, LoginRequest as CoreRequest, Until, UpstreamError,
};
use crate::model::{Evidence, Locale, Remedy, Timestamp, UserId};
use crate::port::MaybeSendSync;

/// Why the chat SDK did not do what it was asked.
#[derive(Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ProviderError {
    /// The chat SDK answered with this code.
    #[error("the provider answered {code}")]
    Answered {
        /// The provider's code.
        code: i32,
        /// The provider's text. Never shown or logged by planguard.
        detail: String,
    },
    /// The handler itself failed: it threw something else. The chat SDK gave no answer, so what was held goes back.
    #[error("the handler failed")]
    Unexpected {
        /// What it threw.
        detail: String,
    },
}

/// Without the provider's text.
impl std::fmt::Debug for ProviderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ProviderError({self})")
    }
}

impl ProviderError {
    pub(super) fn panicked() -> Self {
        Self::Unexpected { detail: "the handler panicked".to_owned() }
    }
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ProviderError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected { detail: error.reason }
    }
}

impl UpstreamError for ProviderError {
    fn code(&self) -> i32 {
        match self {
            Self::Answered { code, .. } => *code,
            Self::Unexpected { .. } => 0,
        }
    }

    fn message(&self) -> &str {
        match self {
            Self::Answered { detail, .. } | Self::Unexpected { detail } => detail,
        }
    }

    fn is_answer(&self) -> bool {
        matches!(self, Self::Answered { .. })
    }
}

/// Carries out the chat SDK's own login.
#[uniffi::export(with_foreign)]
#[cfg_attr(not(target_arch = "wasm32"), async_trait::async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait::async_trait(?Send))]
pub trait LoginHandler: MaybeSendSync {
    /// Logs `user` in to the chat SDK and returns once that has succeeded or failed.
    async fn login(&self, user: UserId) -> Result<(), ProviderError>;
}

/// What is asked of the guard.
#[derive(Debug, Clone, Copy, uniffi::Record)]
pub struct LoginRequest {
    /// Who is to be logged in.
    pub user: UserId,
    /// What for.
    pub intent: LoginIntent,
    /// How long the caller waits; left out, as long as the policy says.
    #[uniffi(default = None)]
    pub timeout: Option<Duration>,
    /// Whether the provider knows the user. A login of one it does not know registers one.
    #[uniffi(default = true)]
    pub known_to_provider: bool,
    /// Whether `begin_login_with` answers at once where it would have to wait for another login.
    #[uniffi(default = false)]
    pub no_wait: bool,
}

impl From<LoginRequest> for CoreRequest {
    fn from(asked: LoginRequest) -> Self {
        let mut request = Self::new(asked.user, asked.intent).known_to_provider(asked.known_to_provider);
        if let Some(timeout) = asked.timeout {
            request = request.timeout(timeout);
        }
        if asked.no_wait { request.no_wait() } else { request }
    }
}

/// What came of a request to log in.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum LoginOutcome {
    /// The chat SDK logged the user in.
    Executed {
        /// What it did to the count of active users.
        mau: ActiveUserEffect,
    },
    /// Another caller's or process's login of the same user succeeded.
    Joined,
    /// This very user is logged in already.
    AlreadyLoggedIn,
    /// Put off, because it is not needed now.
    Deferred {
        /// Why.
        reason: DeferReason,
        /// What it waits for.
        until: Until,
        /// What to show instead.
        alternative: Alternative,
    },
    /// Superseded by another user's login, a kick or a logout.
    Shed,
    /// Refused.
    Denied {
        /// Why.
        reason: DenyReason,
        /// What would lift it, the cheapest first.
        remedies: Vec<Remedy>,
        /// When asking again can help.
        retry_at: Option<Timestamp>,
        /// What the refusal rests on.
        evidence: Option<Evidence>,
    },
}

impl From<CoreOutcome<()>> for LoginOutcome {
    fn from(core: CoreOutcome<()>) -> Self {
        match core {
            CoreOutcome::Executed { value: (), mau } => Self::Executed { mau },
            CoreOutcome::Joined => Self::Joined,
            CoreOutcome::AlreadyLoggedIn => Self::AlreadyLoggedIn,
            CoreOutcome::Deferred { reason, until, alternative } => {
                Self::Deferred { reason, until, alternative }
            }
            CoreOutcome::Shed => Self::Shed,
            CoreOutcome::Denied { reason, remedies, retry_at, evidence } => {
                Self::Denied { reason, remedies, retry_at, evidence }
            }
        }
    }
}

impl From<LoginOutcome> for CoreOutcome<()> {
    fn from(own: LoginOutcome) -> Self {
        match own {
            LoginOutcome::Executed { mau } => Self::Executed { value: (), mau },
            LoginOutcome::Joined => Self::Joined,
            LoginOutcome::AlreadyLoggedIn => Self::AlreadyLoggedIn,
            LoginOutcome::Deferred { reason, until, alternative } => {
                Self::Deferred { reason, until, alternative }
            }
            LoginOutcome::Shed => Self::Shed,
            LoginOutcome::Denied { reason, remedies, retry_at, evidence } => {
                Self::Denied { reason, remedies, retry_at, evidence }
            }
        }
    }
}

#[uniffi::export]
impl LoginOutcome {
    /// Its fixed word, the same in every language and version: for logs.
    pub fn as_str(&self) -> String {
        CoreOutcome::from(self.clone()).as_str().to_owned()
    }

    /// Whether the user is logged in now.
    pub fn is_logged_in(&self) -> bool {
        CoreOutcome::from(self.clone()).is_logged_in()
    }

    /// The same in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        CoreOutcome::from(self.clone()).explain(locale)
    }
}

/// A login that was carried out and failed, or for which the caller's time ran out.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct LoginFailure {
    /// What kind of failure it was.
    pub failure_class: FailureClass,
    /// The provider's code; 0 when there was no answer.
    pub code: i32,
    /// When the next login can be carried out.
    pub retry_at: Option<Timestamp>,
    /// What this caller's own handler gave. For the app only.
    pub detail: Option<String>,
    /// For logs, in English, without `detail`.
    pub reason: String,
    /// For a screen.
    pub explanation: Explanation,
}

impl std::fmt::Debug for LoginFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LoginFailure({})", self.reason)
    }
}

impl<E: UpstreamError> From<CoreFailure<E>> for PlanguardError {
    fn from(failure: CoreFailure<E>) -> Self {
        let (reason, explanation) = (failure.to_string(), Explanation::of(|locale| failure.explain(locale)));
        Self::Login {
            failure: LoginFailure {
                failure_class: failure.class,
                code: failure.code,
                retry_at: failure.retry_at,
                detail: failure.source.map(|source| source.message().to_owned()),
                reason,
                explanation,
            },
        }
    }
}

#[uniffi::export]
impl Planguard {
    /// Logs a user in through `handler`, unless that is needless, harmful or refused.
    pub async fn login(
        &self,
        user: UserId,
        intent: LoginIntent,
        handler: Arc<dyn LoginHandler>,
    ) -> Result<LoginOutcome, PlanguardError> {
        log_in(self, CoreRequest::new(user, intent), user, handler).await
    }

    /// As [`Self::login`], with a time-out of its own or for a user whom the provider may not know yet.
    pub async fn login_with(
        &self,
        request: LoginRequest,
        handler: Arc<dyn LoginHandler>,
    ) -> Result<LoginOutcome, PlanguardError> {
        log_in(self, request.into(), request.user, handler).await
    }
}

async fn log_in(
    guard: &Planguard,
    request: CoreRequest,
    user: UserId,
    handler: Arc<dyn LoginHandler>,
) -> Result<LoginOutcome, PlanguardError> {
    let upstream = || async move {
        let answer = contained(async move { handler.login(user).await }).await;
        answer.unwrap_or_else(|| Err(ProviderError::panicked()))
    };
    Ok(guard.core()?.login_with(request, upstream).await?.into())
}
