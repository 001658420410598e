//! One call for the whole of an action: room, the chat SDK's call, count, refusal.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};

use super::error::PlanguardError;
use super::guard::Planguard;
use super::host::contained;
use super::limits::Assessment;
use super::login::ProviderError;
use super::rejection::Rejection;
use crate::client::{Done, Refused};
use crate::model::{Action, Locale};
use crate::port::MaybeSendSync;

/// How long an action's handler is waited for, unless the call says otherwise.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Carries an action out with the chat SDK.
#[uniffi::export(with_foreign)]
#[cfg_attr(not(target_arch = "wasm32"), async_trait::async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait::async_trait(?Send))]
pub trait ActionHandler: MaybeSendSync {
    /// Carries the action out, and says how much of it happened: usually [`Done::All`].
    ///
    /// What it throws besides an answer of the chat SDK is its own failure: the room goes back, and the call is a
    /// [`PlanguardError::HandlerFailed`].
    async fn perform(&self) -> Result<Done, ProviderError>;
}

/// What came of an action.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Performed {
    /// It was carried out, and counted.
    Done,
    /// The plan has no room for it: the handler was not called.
    ByPlan {
        /// Why, and what would lift it.
        assessment: Assessment,
    },
    /// The provider refused it.
    ByProvider {
        /// What that means.
        rejection: Rejection,
    },
}

#[uniffi::export]
impl Performed {
    /// Its fixed word, the same in every language and version: for logs.
    pub fn as_str(&self) -> String {
        let word = match self {
            Self::Done => "done",
            Self::ByPlan { .. } => "by_plan",
            Self::ByProvider { .. } => "by_provider",
        };
        word.to_owned()
    }

    /// Whether it was carried out.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done)
    }

    /// Why it was not carried out, in sentences for a screen; none where it was.
    pub fn explain(&self, locale: Locale) -> Option<String> {
        match self {
            Self::Done => None,
            Self::ByPlan { assessment } => Some(assessment.explain(locale)),
            Self::ByProvider { rejection } => Some(rejection.explain(locale)),
        }
    }
}

#[uniffi::export]
impl Planguard {
    /// Carries an action out where it fits: holds room, calls `handler`, counts what happened or gives the room back,
    /// and explains a refusal of the provider. Waits at most a minute.
    pub async fn perform(
        &self,
        action: Action,
        handler: Arc<dyn ActionHandler>,
    ) -> Result<Performed, PlanguardError> {
        self.perform_with(action, handler, TIMEOUT).await
    }

    /// As [`Self::perform`], for a handler that takes longer or shorter. When the time is over the action may or may not
    /// have happened: its room stays held until the permit expires.
    pub async fn perform_with(
        &self,
        action: Action,
        handler: Arc<dyn ActionHandler>,
        timeout: Duration,
    ) -> Result<Performed, PlanguardError> {
        let core = self.core()?;
        let call = || async move {
            contained(async move { handler.perform().await })
                .await
                .unwrap_or_else(|| Err(ProviderError::panicked()))
        };
        let performing = Box::pin(core.perform_with(&action, call, |done| *done));
        match select(performing, core.clock().sleep(timeout)).await {
            Either::Left((Ok(_), _)) => Ok(Performed::Done),
            Either::Left((Err(Refused::ByPlan(assessment)), _)) => {
                Ok(Performed::ByPlan { assessment: Assessment::from(&*assessment) })
            }
            Either::Left((Err(Refused::ByProvider { rejection, .. }), _)) => {
                Ok(Performed::ByProvider { rejection: Rejection::from(*rejection) })
            }
            Either::Left((Err(Refused::ByApp { source }), _)) => {
                Err(PlanguardError::handler_failed(&Refused::ByApp { source }))
            }
            // Dropping it keeps the permit: the handler may have done its work.
            Either::Right(((), _)) => Err(PlanguardError::timed_out("action handler")),
        }
    }
}
