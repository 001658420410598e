//! The two-step form: the host makes the upstream call itself, between a ticket and its answer.

use std::sync::Arc;

use super::error::PlanguardError;
use super::guard::Planguard;
use super::login::{LoginOutcome, LoginRequest};
use crate::client::login::{
    Begun as CoreBegun, LoginIntent, LoginRequest as CoreRequest, LoginTicket as Core,
};
use crate::lock::Mutex;
use crate::model::UserId;

/// What came of beginning a login.
#[derive(Debug, Clone, uniffi::Enum)]
pub enum Begun {
    /// The chat SDK must be called now, and the ticket answered.
    Ticket {
        /// To be answered with what the chat SDK said.
        ticket: Arc<LoginTicket>,
    },
    /// It is settled without a login here.
    Outcome {
        /// What came of it.
        outcome: LoginOutcome,
    },
    /// Another login of this user runs, and the request does not wait.
    InFlight,
}

#[uniffi::export]
impl Begun {
    /// Its fixed word, the same in every language and version: for logs.
    pub fn as_str(&self) -> String {
        let word = match self {
            Self::Ticket { .. } => "ticket",
            Self::Outcome { .. } => "outcome",
            Self::InFlight => "in_flight",
        };
        word.to_owned()
    }
}

/// A login under way. One that is let go without an answer is an abandoned login.
#[derive(Debug, uniffi::Object)]
pub struct LoginTicket(Mutex<Option<Core>>);

impl LoginTicket {
    fn take(&self) -> Result<Core, PlanguardError> {
        self.0.lock().take().ok_or_else(|| PlanguardError::finished("ticket"))
    }
}

#[uniffi::export]
impl LoginTicket {
    /// The chat SDK logged the user in.
    pub async fn succeed(&self) -> Result<LoginOutcome, PlanguardError> {
        Ok(self.take()?.succeed().await.into())
    }

    /// The chat SDK refused, with this code and text. The answer is an error where the login failed for its caller.
    pub async fn fail(&self, code: i32, detail: String) -> Result<LoginOutcome, PlanguardError> {
        Ok(self.take()?.fail(code, detail).await?.into())
    }

    /// The host gives the login up, for example because its own code failed: what was held for it goes back at once.
    pub fn abandon(&self) -> Result<(), PlanguardError> {
        self.take()?.abandon();
        Ok(())
    }
}

impl From<CoreBegun> for Begun {
    fn from(core: CoreBegun) -> Self {
        match core {
            CoreBegun::Ticket(ticket) => {
                Self::Ticket { ticket: Arc::new(LoginTicket(Mutex::new(Some(ticket)))) }
            }
            CoreBegun::Outcome(outcome) => Self::Outcome { outcome: outcome.into() },
            CoreBegun::InFlight => Self::InFlight,
        }
    }
}

#[uniffi::export]
impl Planguard {
    /// The first step of a two-step login. Waits for a login of the same user that is under way.
    pub async fn begin_login(&self, user: UserId, intent: LoginIntent) -> Result<Begun, PlanguardError> {
        Ok(self.core()?.begin_login_with(CoreRequest::new(user, intent)).await?.into())
    }

    /// As [`Self::begin_login`], with a time-out of its own, or without waiting for other logins.
    pub async fn begin_login_with(&self, request: LoginRequest) -> Result<Begun, PlanguardError> {
        Ok(self.core()?.begin_login_with(request.into()).await?.into())
    }
}
