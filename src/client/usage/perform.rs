//! One call for the whole of an action: room, the chat SDK's call, count, refusal.

use std::fmt;

use super::finish::Done;
use super::permit::{Permit, Reservation};
use crate::client::guard::Planguard;
use crate::client::login::UpstreamError;
use crate::decide::rejection::classify;
use crate::model::{Action, Assessment, Rejection, RejectionContext};

/// Why an action was not carried out.
#[non_exhaustive]
pub enum Refused<E> {
    /// The plan denies it, and the chat SDK was not called. The assessment says why, and what would lift it.
    ByPlan(Box<Assessment>),
    /// The chat SDK was called and failed. What its code means is in the rejection; where that says that the
    /// [outcome is unknown](Rejection::outcome_unknown) the action may have happened, and its room stays held until
    /// the permit lapses.
    ByProvider {
        /// What the failure means, and what to show.
        rejection: Box<Rejection>,
        /// The chat SDK's own error.
        source: E,
    },
    /// The app's own code failed around the call, and gave [no answer](UpstreamError::is_answer) of the chat SDK on:
    /// nothing is counted, and the room went back. Where the action took place, [record](Planguard::record) it.
    ByApp {
        /// The app's own error.
        source: E,
    },
}

impl<E> Refused<E> {
    /// The assessment of an action that the plan denies.
    pub fn assessment(&self) -> Option<&Assessment> {
        match self {
            Self::ByPlan(assessment) => Some(assessment),
            Self::ByProvider { .. } | Self::ByApp { .. } => None,
        }
    }

    /// The rejection of an action that failed at the provider.
    pub fn rejection(&self) -> Option<&Rejection> {
        match self {
            Self::ByPlan(_) | Self::ByApp { .. } => None,
            Self::ByProvider { rejection, .. } => Some(rejection),
        }
    }
}

/// Without the error of chat SDK or app, whose text may hold a user id.
impl<E> fmt::Debug for Refused<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByPlan(assessment) => f.debug_tuple("ByPlan").field(assessment).finish(),
            Self::ByProvider { rejection, .. } => {
                f.debug_struct("ByProvider").field("rejection", rejection).finish_non_exhaustive()
            }
            Self::ByApp { .. } => f.debug_struct("ByApp").finish_non_exhaustive(),
        }
    }
}

/// A permit whose action is under way. When the call is given up, or the app's own code panics, its outcome is unknown:
/// the room stays held until the permit lapses.
struct UnderWay {
    permit: Option<Permit>,
    unknown: bool,
}

impl UnderWay {
    const fn new(permit: Permit) -> Self {
        Self { permit: Some(permit), unknown: true }
    }

    fn happened(mut self) -> Option<Permit> {
        self.permit.take()
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take().filter(|_| self.unknown) {
            permit.keep();
        }
    }
}

impl Planguard {
    /// Carries an action out inside the plan: holds its room, calls the chat SDK, and counts the success. A failure
    /// gives the room back, corrects what it shows to be wrong here, and comes back with its meaning.
    ///
    /// The call is not made where the plan denies the action. Dropping the future while the call is under way leaves
    /// the room held until the permit lapses: the action may have happened.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// # struct Sdk;
    /// # impl Sdk { async fn add_friend(&self, _: &str) -> Result<(), ProviderError> { Ok(()) } }
    /// # let sdk = Sdk;
    /// use planguard::{Action, ProviderError, Refused, UserId};
    ///
    /// let action = Action::AddFriend { user: UserId::new("ada")?, peer: UserId::new("bob")? };
    /// match guard.perform(&action, || sdk.add_friend("bob")).await {
    ///     Ok(()) => println!("added"),
    ///     Err(Refused::ByPlan(denied)) => {
    ///         println!("{denied}");
    ///         for way_out in denied.remedies() {
    ///             println!("- {way_out}");
    ///         }
    ///     }
    ///     Err(refused) => println!("{refused}"),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`Refused`], by the plan or by the provider; or the app's own code failed.
    #[doc(alias = "execute")]
    #[doc(alias = "run")]
    pub async fn perform<T, E, F, Fut>(&self, action: &Action, call: F) -> Result<T, Refused<E>>
    where
        E: UpstreamError,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        self.perform_with(action, call, |_| Done::All).await
    }

    /// As [`Self::perform`], where the answer of the chat SDK says how much happened: which members of several were
    /// added, which id the new group has.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// # struct Sdk;
    /// # impl Sdk { async fn invite(&self) -> Result<u64, ProviderError> { Ok(47) } }
    /// # let sdk = Sdk;
    /// use planguard::{Action, Done, GroupId, GroupType, ProviderError};
    ///
    /// let group = GroupId::new("book-club")?;
    /// let invite = Action::AddMembers { group, kind: GroupType::Work, count: 60 };
    /// // The chat SDK says how many of them it added.
    /// let added = guard.perform_with(&invite, || sdk.invite(), |added| Done::Amount(*added)).await;
    /// assert!(matches!(added, Ok(47)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`Refused`], by the plan or by the provider; or the app's own code failed.
    pub async fn perform_with<T, E, F, Fut>(
        &self,
        action: &Action,
        call: F,
        done: impl FnOnce(&T) -> Done,
    ) -> Result<T, Refused<E>>
    where
        E: UpstreamError,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let permit = match self.reserve(action).await {
            Reservation::Held(permit) => permit,
            Reservation::Denied(assessment) => return Err(Refused::ByPlan(assessment)),
        };
        let mut under_way = UnderWay::new(permit);
        match call().await {
            Ok(value) => {
                let done = done(&value);
                if let Some(permit) = under_way.happened() {
                    permit.commit_done(done).await;
                }
                Ok(value)
            }
            Err(source) if !source.is_answer() => {
                under_way.unknown = false;
                Err(Refused::ByApp { source })
            }
            Err(source) => {
                let context = RejectionContext { action: Some(action), ..RejectionContext::default() };
                let (code, message) = (source.code(), source.message());
                under_way.unknown = classify(code, message, &context).outcome_unknown();
                // The room of an action that did not happen goes back before the report, which looks at what is used and
                // held, and which may be given up midway.
                drop(under_way);
                let rejection = self.report_rejection(code, message, &context).await;
                Err(Refused::ByProvider { rejection: Box::new(rejection), source })
            }
        }
    }
}
