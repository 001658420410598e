//! Logins whose upstream call is foreign code.

use std::sync::Arc;
use std::time::Duration;

use super::error::GuardError;
use super::guard::Guard;
use super::remedies::RemedyAnswer;
use crate::login::{LoginFailure, LoginIntent, LoginOutcome, LoginRequest, UpstreamError};
use crate::model::{Timestamp, UserId};

/// Why the app asks for a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LoginPurpose {
    /// A person opened chat.
    OpenChat,
    /// The app was started.
    AppLaunch,
    /// The network came back.
    Reconnect,
    /// A push message woke the app.
    PushWake,
    /// Data is wanted before anybody asks for it.
    Prefetch,
    /// Somebody watches a group without taking part.
    ViewOnly,
    /// The `UserSig` expired or is about to.
    RenewUserSig,
    /// Kicked off by another device, and nobody has been asked yet.
    AfterKick,
    /// Kicked off by another device, and the person asked to be logged in here again.
    AfterKickConfirmed,
}

impl From<LoginPurpose> for LoginIntent {
    fn from(purpose: LoginPurpose) -> Self {
        match purpose {
            LoginPurpose::OpenChat => Self::OpenChat,
            LoginPurpose::AppLaunch => Self::AppLaunch,
            LoginPurpose::Reconnect => Self::Reconnect,
            LoginPurpose::PushWake => Self::PushWake,
            LoginPurpose::Prefetch => Self::Prefetch,
            LoginPurpose::ViewOnly => Self::ViewOnly,
            LoginPurpose::RenewUserSig => Self::RenewUserSig,
            LoginPurpose::AfterKick => Self::AfterKick { confirmed: false },
            LoginPurpose::AfterKickConfirmed => Self::AfterKick { confirmed: true },
        }
    }
}

/// Why the foreign login did not succeed.
#[derive(Debug, Clone, thiserror::Error, uniffi::Error)]
pub enum UpstreamFailure {
    /// The chat SDK answered with this code.
    #[error("the provider answered {code}")]
    Provider {
        /// The provider's code.
        code: i32,
        /// The provider's text. Never shown or logged by planguard.
        detail: String,
    },
    /// The handler itself failed: it threw something else.
    #[error("the login handler failed")]
    Handler {
        /// What it threw.
        detail: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for UpstreamFailure {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Handler { detail: error.reason }
    }
}

impl UpstreamError for UpstreamFailure {
    fn code(&self) -> i32 {
        match self {
            Self::Provider { code, .. } => *code,
            Self::Handler { .. } => 0,
        }
    }

    fn message(&self) -> &str {
        match self {
            Self::Provider { detail, .. } | Self::Handler { detail } => detail,
        }
    }
}

/// Carries out the chat SDK's own login.
#[uniffi::export(with_foreign)]
#[cfg_attr(not(target_arch = "wasm32"), async_trait::async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait::async_trait(?Send))]
pub trait LoginHandler: crate::port::MaybeSendSync {
    /// Logs `user_id` in to the chat SDK and returns once that has succeeded or failed.
    async fn login(&self, user_id: String) -> Result<(), UpstreamFailure>;
}

/// What came of a request to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LoginResult {
    /// The handler was called and succeeded.
    Executed,
    /// Another caller's login of the same user succeeded.
    Joined,
    /// This very user is logged in already.
    AlreadyLoggedIn,
    /// Put off: show cached conversations.
    Deferred,
    /// Superseded by another user's login, a kick or a logout.
    Shed,
    /// Refused.
    Denied,
}

/// What came of a request to log in, and why.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LoginAnswer {
    /// What came of it.
    pub result: LoginResult,
    /// Why it was put off or refused, as a fixed word.
    pub reason: Option<String>,
    /// It made the user an active user of the billing month.
    pub new_active_user: bool,
    /// When asking again can help, in milliseconds since the epoch.
    pub retry_at_ms: Option<i64>,
    /// What would lift a refusal.
    pub remedies: Vec<RemedyAnswer>,
}

impl From<LoginOutcome<()>> for LoginAnswer {
    fn from(outcome: LoginOutcome<()>) -> Self {
        let plain = |result| Self {
            result,
            reason: None,
            new_active_user: false,
            retry_at_ms: None,
            remedies: Vec::new(),
        };
        match outcome {
            LoginOutcome::Executed { mau, .. } => {
                Self { new_active_user: mau.new_in_month, ..plain(LoginResult::Executed) }
            }
            LoginOutcome::Joined => plain(LoginResult::Joined),
            LoginOutcome::AlreadyLoggedIn => plain(LoginResult::AlreadyLoggedIn),
            LoginOutcome::Deferred { reason, .. } => {
                Self { reason: Some(reason.as_str().to_owned()), ..plain(LoginResult::Deferred) }
            }
            LoginOutcome::Shed => plain(LoginResult::Shed),
            LoginOutcome::Denied { reason, remedies, retry_at, .. } => Self {
                reason: Some(reason.as_str().to_owned()),
                retry_at_ms: retry_at.map(Timestamp::as_millis),
                remedies: remedies.into_iter().map(RemedyAnswer::from).collect(),
                ..plain(LoginResult::Denied)
            },
        }
    }
}

impl From<LoginFailure<UpstreamFailure>> for GuardError {
    fn from(failure: LoginFailure<UpstreamFailure>) -> Self {
        Self::Login {
            reason: failure.to_string(),
            code: failure.code,
            retry_at_ms: failure.retry_at.map(Timestamp::as_millis),
        }
    }
}

#[uniffi::export]
impl Guard {
    /// Logs a user in through `handler`, if that is needed at all. Waits at most `timeout_ms`, 60 seconds when
    /// left out, also for a handler that never returns.
    #[uniffi::method(default(timeout_ms = None))]
    pub async fn login(
        &self,
        user_id: String,
        purpose: LoginPurpose,
        handler: Arc<dyn LoginHandler>,
        timeout_ms: Option<u64>,
    ) -> Result<LoginAnswer, GuardError> {
        let mut request = LoginRequest::new(UserId::new(&user_id)?, purpose.into());
        if let Some(timeout) = timeout_ms {
            request = request.timeout(Duration::from_millis(timeout));
        }
        let outcome = self.guard.login_with(request, || async move { handler.login(user_id).await }).await?;
        Ok(outcome.into())
    }
}
