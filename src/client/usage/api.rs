//! The calls about limits: check, hold room, count.

use std::time::Duration;

use super::finish::{self, Committed, Done};
use super::permit::Reservation;
use super::{check, count, reserve};
use crate::client::core::{Core, STORE_WAIT};
use crate::client::guard::Planguard;
use crate::model::{Action, Assessment, CounterOp, Observation, PermitTerms, Verdict};
use crate::store::PermitId;

impl Planguard {
    /// Whether an action fits the plan. No lock, no allocation, no I/O.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::{Action, Observation};
    ///
    /// let (ada, bob) = (guard.user("ada")?, guard.user("bob")?);
    /// guard.observe(&Observation::Friends { user: ada.id(), count: 12 }).await;
    /// let verdict = guard.check(&Action::AddFriend { user: ada.id(), peer: bob.id() });
    /// assert!(verdict.may_proceed());
    /// println!("{verdict}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "quota")]
    #[doc(alias = "limit")]
    #[doc(alias = "can")]
    pub fn check(&self, action: &Action) -> Verdict {
        check::check(&self.inner.core, action)
    }

    /// As [`Self::check`], with what the answer rests on: every limit touched, who reported the usage and when, and
    /// what would lift a denial.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::{Action, Observation, UserId};
    ///
    /// let ada = UserId::new("ada")?;
    /// guard.observe(&Observation::Friends { user: ada, count: 3_000 }).await;
    /// let full = guard.assess(&Action::AddFriend { user: ada, peer: UserId::new("bob")? });
    /// assert_eq!(full.tightest().map(|check| check.evidence.used), Some(3_000));
    /// for way_out in full.remedies() {
    ///     println!("{way_out}");
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "explain_check")]
    pub fn assess(&self, action: &Action) -> Assessment {
        check::assess(&self.inner.core, action)
    }

    /// Holds room for an action until the permit is committed, dropped or expires. With room for k, exactly k of
    /// n racing reservations succeed, also between processes on one store.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use planguard::limits::Committed;
    /// use planguard::Reservation;
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::{Action, GroupId, GroupType, UserId};
    ///
    /// let join = Action::JoinGroup {
    ///     user: UserId::new("ada")?,
    ///     group: GroupId::new("book-club")?,
    ///     kind: GroupType::Public,
    /// };
    /// match guard.reserve(&join).await {
    ///     Reservation::Held(permit) => {
    ///         // The chat SDK's own call goes here. If it fails, drop the permit.
    ///         assert_eq!(permit.commit().await, Committed::InTime);
    ///     }
    ///     Reservation::Denied(assessment) => println!("{assessment}"),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn reserve(&self, action: &Action) -> Reservation {
        self.catch_up().await;
        let answer = reserve::reserve(&self.inner.core, action, self.inner.permit_ttl).await;
        self.follow().await;
        answer
    }

    /// As [`Self::reserve`], for an action that takes longer, or less long, than others: the room is held for `length`,
    /// a day at most.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use std::time::Duration;
    ///
    /// use planguard::{Action, GroupId, GroupType};
    ///
    /// let group = GroupId::new("book-club")?;
    /// let invite = Action::AddMembers { group, kind: GroupType::Work, count: 60 };
    /// if let Some(permit) = guard.reserve_for(&invite, Duration::from_secs(600)).await.permit() {
    ///     permit.commit_amount(47).await; // the chat SDK added 47 of them
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn reserve_for(&self, action: &Action, length: Duration) -> Reservation {
        self.catch_up().await;
        let answer = reserve::reserve(&self.inner.core, action, length.min(PermitTerms::LONGEST)).await;
        self.follow().await;
        answer
    }

    /// Finishes a permit by its id: the action has happened, as far as `done` says. For a permit whose process has
    /// ended, and for another process on the same store. A second call counts nothing.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::limits::Committed;
    /// use planguard::{Action, Done, UserId};
    ///
    /// let action = Action::AddFriend { user: UserId::new("ada")?, peer: UserId::new("bob")? };
    /// let Some(permit) = guard.reserve(&action).await.permit() else { return Ok(()) };
    /// let saved = permit.keep().to_string();
    /// // Later, perhaps after a restart: the chat SDK's list shows that bob was added.
    /// assert_eq!(guard.commit_permit(saved.parse()?, Done::All).await, Committed::InTime);
    /// assert_eq!(guard.commit_permit(saved.parse()?, Done::All).await, Committed::NotKept);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn commit_permit(&self, id: PermitId, done: Done) -> Committed {
        self.catch_up().await;
        finish::note_finished(&self.inner.core, id);
        let committed = finish::finish(&self.inner.core, id, None, done).ended(&self.inner.core).await;
        self.follow().await;
        committed
    }

    /// Gives the room of a permit back by its id: the action did not happen. Says whether the permit was kept.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::Action;
    ///
    /// let (ada, bob) = (guard.user("ada")?, guard.user("bob")?);
    /// let action = Action::AddFriend { user: ada.id(), peer: bob.id() };
    /// let Some(permit) = guard.reserve(&action).await.permit() else { return Ok(()) };
    /// let id = permit.keep();
    /// // Later: the chat SDK's list shows that it did not happen.
    /// assert!(guard.release_permit(id).await);
    /// assert!(!guard.release_permit(id).await);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn release_permit(&self, id: PermitId) -> bool {
        self.catch_up().await;
        let (core, now) = (&self.inner.core, self.now());
        finish::note_finished(core, id);
        let released = core.carry(STORE_WAIT, move |tx| finish::release_by_id(tx, id, now)).await;
        self.follow().await;
        released.unwrap_or(false)
    }

    /// Counts an action that has happened without a permit, such as one seen in a chat SDK callback.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::{Action, GroupId, GroupType};
    ///
    /// let ada = guard.user("ada")?;
    /// // Ada left a group on another screen.
    /// let left = Action::LeaveGroup { user: ada.id(), group: GroupId::new("book-club")?, kind: GroupType::Public };
    /// guard.record(&left).await;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "count")]
    #[doc(alias = "track")]
    pub async fn record(&self, action: &Action) {
        self.catch_up().await;
        let core = &self.inner.core;
        count::count(core, happened(core, action)).await;
        self.follow().await;
    }

    /// As [`Self::record`] for a happening that may be reported more than once: `key` names it, for instance the
    /// sequence number of a group notice. It is counted the first time only, also after a restart. Keys are
    /// remembered to the end of the next billing month.
    ///
    /// Says whether it was counted now.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::{Action, GroupId, GroupType};
    ///
    /// let ada = guard.user("ada")?;
    /// let left = Action::LeaveGroup { user: ada.id(), group: GroupId::new("book-club")?, kind: GroupType::Public };
    /// // The notice is delivered again after a reconnect.
    /// assert!(guard.record_once("book-club/17", &left).await);
    /// assert!(!guard.record_once("book-club/17", &left).await);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "idempotent")]
    #[doc(alias = "deduplicate")]
    pub async fn record_once(&self, key: &str, action: &Action) -> bool {
        self.catch_up().await;
        let core = &self.inner.core;
        let key = core.pseudonyms.happening(key);
        let counted = count::count_once(core, key, happened(core, action)).await;
        self.follow().await;
        counted
    }

    /// Takes over what the chat SDK's own lists say, which is better than counting along.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::{Action, Observation, UserId};
    ///
    /// let ada = UserId::new("ada")?;
    /// guard.observe(&Observation::Friends { user: ada, count: 2_990 }).await;
    /// let verdict = guard.check(&Action::AddFriend { user: ada, peer: UserId::new("bob")? });
    /// assert_eq!(verdict.tightest.and_then(|limit| limit.used), Some(2_990));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "set_usage")]
    pub async fn observe(&self, observation: &Observation) {
        self.catch_up().await;
        let core = &self.inner.core;
        count::count(core, observation.seen(&core.pseudonyms, core.now(), &core.zone)).await;
        self.follow().await;
    }
}

/// The counter changes of an action that has happened now.
fn happened(core: &Core, action: &Action) -> Vec<CounterOp> {
    let demands = action.demands(&core.pseudonyms);
    action.happened(&demands, &core.pseudonyms, core.now(), &core.zone)
}
