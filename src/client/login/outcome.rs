//! What a caller gets back: exactly one outcome or one failure.

use std::fmt;

use crate::decide::login::{Alternative, DeferReason, DenyReason, FailureClass, LoginWarning, Until};
use crate::model::{Evidence, Money, Remedy, Timestamp};

/// What a login did to the count of active users.
///
/// The provider counts a success, so a login that was under way when the period turned counts in the period in which it
/// succeeded; price, warning and evidence are those of the same period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct ActiveUserEffect {
    /// The user was not counted in this billing month before.
    pub new_in_month: bool,
    /// The user was not counted on this billing day before.
    pub new_on_day: bool,
    /// What the active user costs at the margin: zero for a user counted already and inside the quota, `None` when not
    /// known.
    pub price: Option<Money>,
    /// What the app's owner may want to know.
    pub warning: Option<LoginWarning>,
    /// The usage and the limit that were compared before the login; `None` for a user counted already. Usage from
    /// the billing endpoint lags: it says how old it is and what was added since.
    pub evidence: Option<Evidence>,
}

/// What came of a request to log in. A denial is an outcome, not an error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "the outcome says whether the user is logged in"]
pub enum LoginOutcome<T> {
    /// The login was carried out and succeeded.
    Executed {
        /// What the upstream login returned.
        value: T,
        /// What it did to the count of active users.
        mau: ActiveUserEffect,
    },
    /// Another caller's or process's login of the same user succeeded; this one was not carried out.
    Joined,
    /// This very user is logged in already; nothing was done.
    AlreadyLoggedIn,
    /// Put off: it would have made an active user without a person, or logged out another user.
    Deferred {
        /// Why the login is put off.
        reason: DeferReason,
        /// What it waits for.
        until: Until,
        /// What to do instead.
        alternative: Alternative,
    },
    /// Superseded: another user was logged in on this device, or this one was logged out, in the meantime.
    Shed,
    /// Refused.
    Denied {
        /// Why the login is refused.
        reason: DenyReason,
        /// What would lift it.
        remedies: Vec<Remedy>,
        /// When asking again can help; `None` when time alone changes nothing.
        retry_at: Option<Timestamp>,
        /// The usage and the limit that were compared, where a limit is the reason.
        evidence: Option<Evidence>,
    },
}

impl<T> LoginOutcome<T> {
    /// Whether the user is logged in now.
    pub const fn is_logged_in(&self) -> bool {
        matches!(self, Self::Executed { .. } | Self::Joined | Self::AlreadyLoggedIn)
    }
}

/// The error of an upstream login, as far as the guard must understand it.
pub trait UpstreamError {
    /// The provider's code.
    fn code(&self) -> i32;

    /// The provider's text, for people who debug. Never shown or logged by planguard.
    fn message(&self) -> &str;

    /// Whether the chat SDK gave this answer, by itself or for the provider. `false` where the app's own code failed
    /// around the call: an action is then taken as one that did not happen, and what was held for it or for a login goes
    /// back at once.
    fn is_answer(&self) -> bool {
        true
    }
}

/// A plain upstream error: the two values every chat SDK's error callback has.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("the provider answered {code}")]
pub struct ProviderError {
    /// The provider's code.
    pub code: i32,
    /// The provider's text.
    pub message: String,
}

/// Without the text, which may hold a user id.
impl fmt::Debug for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderError").field("code", &self.code).finish_non_exhaustive()
    }
}

impl UpstreamError for ProviderError {
    fn code(&self) -> i32 {
        self.code
    }

    fn message(&self) -> &str {
        &self.message
    }
}

/// A login that was carried out, by this caller or the one it joined, and failed.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginFailure<E> {
    /// What kind of failure, by what it means for the next login.
    pub class: FailureClass,
    /// The provider's code; 0 when the provider gave no answer.
    pub code: i32,
    /// When the next login can be carried out; `None` when time alone changes nothing, or when it can at once.
    pub retry_at: Option<Timestamp>,
    /// The upstream error; `None` for callers that joined somebody else's login.
    pub source: Option<E>,
}

impl<E> LoginFailure<E> {
    /// The same failure for a caller that has no upstream error of its own.
    pub(super) fn shared(class: FailureClass, code: i32, retry_at: Option<Timestamp>) -> Self {
        Self { class, code, retry_at, source: None }
    }
}

/// Without the upstream error, whose text may hold a user id.
impl<E> fmt::Debug for LoginFailure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginFailure")
            .field("class", &self.class)
            .field("code", &self.code)
            .field("retry_at", &self.retry_at)
            .finish_non_exhaustive()
    }
}

impl<E: std::error::Error + 'static> std::error::Error for LoginFailure<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
