//! Permits: room that is held for an action while it is under way.

use std::sync::Arc;
use std::time::Duration;

use super::error::PlanguardError;
use super::guard::Planguard;
use super::limits::Assessment;
use crate::client::{Committed, Done, Permit as Core, Reservation as CoreReservation};
use crate::lock::Mutex;
use crate::model::{Action, GroupId, Timestamp};
use crate::store::PermitId;

/// What came of asking for room.
#[derive(Debug, Clone, uniffi::Enum)]
pub enum Reservation {
    /// The room is held.
    Held {
        /// To be finished once the action is over.
        permit: Arc<Permit>,
    },
    /// It does not fit.
    Denied {
        /// Why, and what would lift it.
        assessment: Assessment,
    },
}

#[uniffi::export]
impl Reservation {
    /// Its fixed word, the same in every language and version: for logs.
    pub fn as_str(&self) -> String {
        let word = match self {
            Self::Held { .. } => "held",
            Self::Denied { .. } => "denied",
        };
        word.to_owned()
    }
}

/// Room that is held for one action. One that is let go without an answer gives its room back.
#[derive(Debug, uniffi::Object)]
pub struct Permit {
    id: PermitId,
    expires: Timestamp,
    assessment: Assessment,
    held: Mutex<Option<Core>>,
}

impl Permit {
    fn new(core: Core) -> Arc<Self> {
        Arc::new(Self {
            id: core.id(),
            expires: core.expires(),
            assessment: Assessment::from(core.assessment()),
            held: Mutex::new(Some(core)),
        })
    }

    fn take(&self) -> Result<Core, PlanguardError> {
        self.held.lock().take().ok_or_else(|| PlanguardError::finished("permit"))
    }
}

#[uniffi::export]
impl Permit {
    /// Its name, by which it can be finished after a restart.
    pub fn id(&self) -> PermitId {
        self.id
    }

    /// What was found when it was given.
    pub fn assessment(&self) -> Assessment {
        self.assessment.clone()
    }

    /// When it gives its room back by itself.
    pub fn expires(&self) -> Timestamp {
        self.expires
    }

    /// The action happened as asked for.
    pub async fn commit(&self) -> Result<Committed, PlanguardError> {
        Ok(self.take()?.commit().await)
    }

    /// Only so much of it happened.
    pub async fn commit_amount(&self, amount: u64) -> Result<Committed, PlanguardError> {
        Ok(self.take()?.commit_amount(amount).await)
    }

    /// The group that was created is this one.
    pub async fn commit_as(&self, group: GroupId) -> Result<Committed, PlanguardError> {
        Ok(self.take()?.commit_as(&group).await)
    }

    /// The action did not happen: the room goes back at once.
    pub fn release(&self) -> Result<(), PlanguardError> {
        drop(self.take()?);
        Ok(())
    }

    /// Whether the action happened is not known yet: the room stays held until the permit is finished by its id, or
    /// expires.
    pub fn keep(&self) -> Result<PermitId, PlanguardError> {
        Ok(self.take()?.keep())
    }
}

impl From<CoreReservation> for Reservation {
    fn from(core: CoreReservation) -> Self {
        match core {
            CoreReservation::Held(permit) => Self::Held { permit: Permit::new(permit) },
            CoreReservation::Denied(assessment) => {
                Self::Denied { assessment: Assessment::from(&*assessment) }
            }
        }
    }
}

#[uniffi::export]
impl Planguard {
    /// Holds room for an action that is about to be carried out.
    pub async fn reserve(&self, action: Action) -> Result<Reservation, PlanguardError> {
        Ok(self.core()?.reserve(&action).await.into())
    }

    /// As [`Self::reserve`], for an action that takes longer or shorter; at most a day.
    pub async fn reserve_for(&self, action: Action, length: Duration) -> Result<Reservation, PlanguardError> {
        Ok(self.core()?.reserve_for(&action, length).await.into())
    }

    /// Finishes a permit by its id: what happened is counted, the rest of its room goes back.
    pub async fn commit_permit(&self, id: PermitId, done: Done) -> Result<Committed, PlanguardError> {
        Ok(self.core()?.commit_permit(id, done).await)
    }

    /// Gives a permit back by its id. Says whether it was still held.
    pub async fn release_permit(&self, id: PermitId) -> Result<bool, PlanguardError> {
        Ok(self.core()?.release_permit(id).await)
    }
}
