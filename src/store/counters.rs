//! The room of counters and permits.

use super::values::PermitId;
use super::{Pass, StoreError};
use crate::model::{
    Counter, CounterKey, CounterOp, Elapsed, HeldSince, HoldItem, Moment, Owner, PermitTerms, Timestamp, Wait,
};

/// Room asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserve {
    /// The permit's name, drawn by the caller.
    pub permit: PermitId,
    /// The guard instance that holds it: the next of its role takes over what it left.
    pub owner: Owner,
    /// Where room is needed. Several items may draw on one counter.
    pub items: Vec<HoldItem>,
    /// For how long.
    pub wait: Wait,
    /// Now.
    pub now: Moment,
    /// In a replay the room is held whatever the bound says.
    pub pass: Pass,
}

/// The answer to asking for room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReserveAnswer {
    /// Every item had room; all are held.
    Held {
        /// When it began.
        since: HeldSince,
        /// The permit held room already, which this took over.
        again: bool,
    },
    /// This item had no room; nothing is held.
    Full {
        /// The position in the items given.
        item: usize,
        /// The counter as it stands.
        counter: Counter,
    },
    /// The store is lost, and memory may not grant this item meanwhile ([`WhenLost`](super::WhenLost)); nothing is held.
    Lost {
        /// The position in the items given.
        item: usize,
    },
}

/// A permit that is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The permit's name.
    pub permit: PermitId,
    /// What it counts. The action has happened, so it is counted though the permit lapsed or is not known any more.
    pub items: Vec<(CounterKey, i64)>,
    /// Since when the room was held: the action is dated then.
    pub held: HeldSince,
    /// Now.
    pub now: Elapsed,
}

/// Counters and the room that permits hold in them.
pub trait Counters {
    /// Changes counters, in order.
    fn apply(&mut self, ops: &[CounterOp]) -> Result<(), StoreError>;

    /// The counter as it stands at `now`, lapsed permits excluded.
    fn counter(&mut self, key: &CounterKey, now: Elapsed) -> Result<Counter, StoreError>;

    /// Holds room in every item, or in none ([`first_full`](crate::model::first_full) decides). Lapsed permits are
    /// released first. A permit that is held already is replaced if the new items fit.
    fn reserve(&mut self, reserve: &Reserve) -> Result<ReserveAnswer, StoreError>;

    /// Turns a permit into usage ([`Account::commit`](crate::model::Account::commit)); `false` when it had lapsed or
    /// is not known: its items are counted all the same.
    fn commit(&mut self, commit: &Commit) -> Result<bool, StoreError>;

    /// Gives a permit back; one that is not known is ignored.
    fn release(&mut self, permit: PermitId) -> Result<(), StoreError>;

    /// Keeps what a permit counts, under its name, to be finished by it. Dated `at`; forgotten with its month.
    fn keep_terms(&mut self, permit: PermitId, terms: &PermitTerms, at: Timestamp) -> Result<(), StoreError>;

    /// Takes what a permit counts; `None` when it was taken before, or never kept.
    fn take_terms(&mut self, permit: PermitId) -> Result<Option<PermitTerms>, StoreError>;

    /// Notes a happening under its key; `false` when it was noted before. Keys are forgotten with their month.
    fn note_happening(&mut self, key: [u8; 16], at: Timestamp) -> Result<bool, StoreError>;
}
