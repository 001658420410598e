//! Finishing a permit: what happened is counted, the rest of the room goes back.

use std::time::Duration;

use super::warn::Warner;
use crate::client::by_line::ByLine;
use crate::client::core::{Carried, Core, STORE_WAIT};
use crate::client::tx::Tx;
use crate::model::{
    CounterKey, GroupId, HeldSince, HoldItem, Max, Moment, Owner, PermitTerms, Timestamp, Wait, members,
};
use crate::store::{Commit, PermitId, Reserve, StoreError};

/// How much of an action happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum Done {
    /// All of it.
    All,
    /// This much of the number that the action names: 47 of the 60 members to add. An action that names no number
    /// happens or does not: every amount above zero is all of it.
    Amount(u64),
    /// All of it, and the group that it created has this id: its initial members are counted from here on.
    Created(GroupId),
}

/// Whether a permit that was committed still held its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum Committed {
    /// The room that was held is now used.
    InTime,
    /// The permit had lapsed and its room may have gone to another action. The action has happened, so it is
    /// counted all the same; usage may now lie above the limit. Also the answer to a permit that is finished by its id
    /// while the store fails: it is counted once the store is back, if it is kept there.
    AfterExpiry,
    /// No permit of this id is kept: it was finished before, or dropped, or is older than the end of the next billing
    /// month. Nothing was counted.
    NotKept,
}

/// A permit as the process knows it that asked for it.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) terms: PermitTerms,
    /// Since when, by each line it was held on.
    pub(super) since: ByLine<HeldSince>,
    /// How often time had been taken back when it was asked for.
    pub(super) taken_back: u64,
}

/// The count of what happened under a permit, on its way.
pub(super) struct Finishing {
    counted: Carried<Committed>,
    known_wait: Option<Wait>,
}

impl Finishing {
    /// How it ended.
    pub(super) async fn ended(self, core: &Core) -> Committed {
        // A store that has not counted it yet holds the room until then.
        let known_wait = self.known_wait;
        core.carried(STORE_WAIT, self.counted).await.unwrap_or_else(|| match known_wait {
            Some(wait) if !wait.is_over(core.clock.elapsed()) => Committed::InTime,
            _ => Committed::AfterExpiry,
        })
    }
}

/// Counts what happened under a permit, whether or not anybody waits for it. `held` is `None` for one that is finished
/// by its id.
pub(super) fn finish(core: &Core, id: PermitId, held: Option<Held>, done: Done) -> Finishing {
    let (now, elapsed, zone) = (core.now(), core.clock.elapsed(), core.zone.clone());
    let (day, month) = core.periods(now);
    let created = match done {
        Done::Created(group) => Some(members(&core.pseudonyms, &group)),
        Done::All | Done::Amount(_) => None,
    };
    let amount = if let Done::Amount(amount) = done { Some(amount) } else { None };
    let taken_back = held.as_ref().is_some_and(|held| held.taken_back != core.taken_back());
    let known_wait = held.as_ref().map(|held| held.terms.wait);
    let warner = Warner::of(core);
    let counted = core.hand_in(move |tx| {
        let kept = tx.take_terms(id)?;
        let (mut terms, since) = match (&held, kept) {
            // Not kept here: by the memory that stands in for the store, or since it was finished by its id.
            (Some(_), None) if !tx.note_happening(by_id(id), now)? => return Ok(Committed::NotKept),
            (Some(held), kept) => {
                if tx.line() != 0 {
                    tx.note_happening(by_id(id), now)?;
                }
                let asked = kept.map_or(held.terms.asked, |kept| kept.asked);
                (PermitTerms { asked, ..held.terms.clone() }, held.since.on(&**tx))
            }
            (None, Some(terms)) => {
                tx.note_happening(by_id(id), now)?;
                let since = Some(terms.held);
                (terms, since)
            }
            // Memory that stands in for the store does not know what was kept before. The store counts it once it is back.
            (None, None) if tx.line() != 0 && tx.note_happening(by_id(id), now)? => {
                return Ok(Committed::AfterExpiry);
            }
            (None, None) => return Ok(Committed::NotKept),
        };
        terms.asked = terms.asked.min(now);
        let mut items = terms.counted(amount);
        // Time was corrected since: nothing happens on a day that is still to come.
        for (key, _) in items.iter_mut().filter(|(key, _)| key.is_ahead(day, month)) {
            *key = CounterKey::at(key.limit, key.subject, now, &zone);
        }
        let keys: Vec<_> = items.iter().map(|(key, _)| *key).collect();
        // Dated when it was asked for, should it be known nowhere.
        let unknown = HeldSince { at: terms.asked, seq: 0 };
        let mut commit = Commit { permit: id, items, held: since.unwrap_or(unknown), now: elapsed };
        if taken_back || commit.held.at > now {
            // Time was corrected since: lists that were read then are dated earlier now, and their order tells.
            commit.held.at = commit.held.at.min(now);
            for key in &keys {
                let as_of = tx.counter(key, commit.now)?.as_of;
                commit.held.at = as_of.map_or(commit.held.at, |as_of| as_of.min(commit.held.at));
            }
        }
        let effects = if amount == Some(0) { Vec::new() } else { terms.effects(created) };
        warner.around(tx, &keys, |tx| {
            let known = tx.commit(&commit)?;
            tx.apply(&effects)?;
            // Memory that stands in for the store does not know the permits of before; the store holds the
            // room of this one until its time is over.
            let in_time = known || (tx.line() != 0 && !terms.wait.is_over(commit.now));
            Ok(if in_time { Committed::InTime } else { Committed::AfterExpiry })
        })
    });
    Finishing { counted, known_wait }
}

/// Gives a permit's room back; says whether it was kept.
pub(super) fn release(tx: &mut Tx<'_>, id: PermitId) -> Result<bool, StoreError> {
    let kept = tx.take_terms(id)?.is_some();
    tx.release(id)?;
    Ok(kept)
}

/// As [`release`], by its id, at `now`.
pub(super) fn release_by_id(tx: &mut Tx<'_>, id: PermitId, now: Timestamp) -> Result<bool, StoreError> {
    let kept = release(tx, id)?;
    if kept {
        tx.note_happening(by_id(id), now)?;
    }
    Ok(kept)
}

/// Notes that a permit is finished by its id: dropping it then gives nothing back in memory, where its room may be
/// another's. A store that fails just then would hand that on to what stands in for it.
pub(super) fn note_finished(core: &Core, id: PermitId) {
    core.finished.lock().note(by_id(id));
}

/// Whether that was noted.
pub(super) fn is_finished(core: &Core, id: PermitId) -> bool {
    core.finished.lock().contains(&by_id(id))
}

/// Gives the room back of a permit that was dropped, which memory shows already.
pub(super) fn release_dropped(
    tx: &mut Tx<'_>,
    id: PermitId,
    owner: Owner,
    terms: &PermitTerms,
) -> Result<(), StoreError> {
    if release(tx, id)? || tx.line() != 0 {
        return Ok(());
    }
    // Finished by its id before: memory shows too little now. It reads these counters again.
    let items = terms.items.iter().map(|(key, _)| HoldItem { key: *key, amount: 0, max: Max::Unlimited });
    let now = Moment { at: terms.asked, elapsed: tx.elapsed() };
    let wait = Wait::new(now.elapsed, Duration::ZERO);
    let pass = tx.pass();
    tx.reserve(&Reserve { permit: id, owner, items: items.collect(), wait, now, pass })?;
    tx.release(id)
}

/// The happening that a permit was finished by its id: whoever holds the permit itself must not count it again.
const fn by_id(id: PermitId) -> [u8; 16] {
    id.0.to_be_bytes()
}
