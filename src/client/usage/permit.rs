//! Permits: room that is held for an action while it is under way.

use std::sync::Arc;

use super::finish::{Committed, Done, Held, finish, is_finished, release_dropped};
use crate::client::core::Core;
use crate::model::{Assessment, GroupId, Timestamp};
use crate::store::PermitId;

/// The answer to asking for room.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "a permit is held for the length of one action, not stored")]
#[must_use = "a permit that is dropped gives its room back"]
pub enum Reservation {
    /// The room is held.
    Held(Permit),
    /// There is none; nothing is held.
    Denied(Box<Assessment>),
}

impl Reservation {
    /// The permit, or `None` when the action is denied.
    pub fn permit(self) -> Option<Permit> {
        match self {
            Self::Held(permit) => Some(permit),
            Self::Denied(_) => None,
        }
    }
}

/// Room held for one action. Commit it once the action has succeeded; dropping it gives the room back.
#[must_use = "a permit that is dropped gives its room back"]
pub struct Permit {
    core: Arc<Core>,
    id: PermitId,
    assessment: Box<Assessment>,
    held: Held,
    expires: Timestamp,
    settled: bool,
}

impl std::fmt::Debug for Permit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Permit")
            .field("id", &self.id)
            .field("assessment", &self.assessment)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

impl Permit {
    pub(super) fn new(core: &Arc<Core>, id: PermitId, assessment: Assessment, held: Held) -> Self {
        let expires = held.terms.asked.plus(held.terms.wait.length());
        let assessment = Box::new(assessment);
        Self { core: Arc::clone(core), id, assessment, held, expires, settled: false }
    }

    /// The permit's name, under which it can be finished from elsewhere: save it before the call, and after a crash
    /// [`commit_permit`](crate::Planguard::commit_permit) or [`release_permit`](crate::Planguard::release_permit)
    /// finishes it, also in another process on the same store.
    pub const fn id(&self) -> PermitId {
        self.id
    }

    /// The answer under which the room was given: allowed, or allowed with a warning.
    pub fn assessment(&self) -> &Assessment {
        &self.assessment
    }

    /// When the room goes back by itself, in trusted time. The wait itself runs on elapsed time.
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }

    /// The action has succeeded: what was held is now used. It is dated when the room was taken, so that a list read
    /// meanwhile contains it. It is counted though this future is dropped, also before it was polled, and is not counted
    /// again where the permit was finished by its id before ([`Committed::NotKept`]).
    pub fn commit(self) -> impl Future<Output = Committed> + use<> {
        self.commit_done(Done::All)
    }

    /// As [`Self::commit`], where only `amount` of what was asked for happened: 47 of the 60 members to add. Zero
    /// gives the room back.
    pub fn commit_amount(self, amount: u64) -> impl Future<Output = Committed> + use<> {
        self.commit_done(Done::Amount(amount))
    }

    /// As [`Self::commit`] for a group that was created and now has this id: its initial members are counted, so that
    /// the next members are checked against what it holds.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::{Action, GroupId, GroupType, UserId};
    ///
    /// let create =
    ///     Action::CreateGroup { owner: UserId::new("ada")?, kind: GroupType::Work, initial_members: 150 };
    /// if let Some(permit) = guard.reserve(&create).await.permit() {
    ///     // The chat SDK creates the group, and says which id it has.
    ///     permit.commit_as(&GroupId::new("@TGS#2J4SZEAEL")?).await;
    /// }
    /// let group = GroupId::new("@TGS#2J4SZEAEL")?;
    /// let add = guard.check(&Action::AddMembers { group, kind: GroupType::Work, count: 60 });
    /// assert_eq!(add.tightest.map(|limit| (limit.used, limit.fits)), Some((Some(151), 49)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn commit_as(self, group: &GroupId) -> impl Future<Output = Committed> + use<> {
        self.commit_done(Done::Created(*group))
    }

    /// Leaves the permit to its id: dropping it gives nothing back any more. For an action whose outcome is not known:
    /// its room stays held until the permit is finished by its id, or lapses.
    pub fn keep(mut self) -> PermitId {
        self.settled = true;
        self.id
    }

    pub(super) fn commit_done(mut self, done: Done) -> impl Future<Output = Committed> + use<> {
        let nothing = done == Done::Amount(0);
        self.settled = !nothing;
        let finishing = (!nothing).then(|| finish(&self.core, self.id, Some(self.held.clone()), done));
        let core = Arc::clone(&self.core);
        async move {
            match finishing {
                Some(finishing) => finishing.ended(&core).await,
                None => Committed::InTime,
            }
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        // Reads see the room at once; the store follows.
        let terms = &self.held.terms;
        if !terms.wait.is_over(self.core.clock.elapsed()) && !is_finished(&self.core, self.id) {
            self.core.release(&terms.items);
        }
        let (id, owner, terms) = (self.id, self.core.owner, terms.clone());
        self.core.submit(move |tx| release_dropped(tx, id, owner, &terms));
    }
}
