//! One counter and the rules of counting: what a report does, what an addition does, what a permit holds.
//!
//! Every store and the shell call these rules; nothing repeats them.

use serde::{Deserialize, Serialize};

use super::additions::Additions;
use super::counter_key::{CounterKey, UsageOrigin};
use super::feature::GroupType;
use super::instant::Timestamp;
use super::limit::{LimitId, Max, Window};
use super::moment::{Elapsed, Moment, Wait};

/// Who gave a counter a maximum of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CeilingOrigin {
    /// The group was given it when it was made or enlarged.
    Group,
    /// Inferred from a refusal of the provider while a document of this revision was held (0: none was). A later
    /// revision replaces it.
    Inferred {
        /// The revision of the document that was held then.
        revision: u64,
    },
}

/// A maximum that belongs to this one counter, below the plan's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ceiling {
    /// The maximum.
    pub max: u64,
    /// Who gave it.
    pub origin: CeilingOrigin,
}

/// A counter's value and what is known about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// The last value that somebody with an overview reported.
    pub base: u64,
    /// When `base` was true; `None` while nobody has reported.
    pub as_of: Option<Timestamp>,
    /// Who reported `base`.
    pub origin: UsageOrigin,
    /// What this install added (or removed) after `as_of`.
    pub added: i64,
    /// Held by permits that are neither committed nor released.
    pub reserved: u64,
    /// When the last of the permits lapses; after it nothing is reserved.
    pub reserved_until: Elapsed,
    /// The maximum of this one counter, which may lie below the plan's.
    pub ceiling: Option<Ceiling>,
    /// For a group's members: the group's type, where it is known.
    pub group_type: Option<GroupType>,
}

impl Default for Counter {
    fn default() -> Self {
        Self {
            base: 0,
            as_of: None,
            origin: UsageOrigin::Counted,
            added: 0,
            reserved: 0,
            reserved_until: Elapsed(0),
            ceiling: None,
            group_type: None,
        }
    }
}

impl Counter {
    /// What is used: the reported value and what was added since, never below zero.
    pub const fn used(&self) -> u64 {
        self.base.saturating_add_signed(self.added)
    }

    /// Who reported the value; unknown while there was neither a report nor a start to count from.
    pub const fn known_origin(&self) -> UsageOrigin {
        match self.as_of {
            Some(_) => self.origin,
            None => UsageOrigin::Unknown,
        }
    }

    /// What live permits hold at `now`.
    pub fn reserved_at(&self, now: Elapsed) -> u64 {
        if now < self.reserved_until { self.reserved } else { 0 }
    }

    /// Whether `amount` more fits below `max`, beside what is used and held.
    pub const fn fits(&self, amount: u64, max: Max) -> bool {
        max.fits(self.used().saturating_add(self.reserved).saturating_add(amount))
    }

    /// This counter with the room that `amount` takes until `wait` is over. A permit that makes room makes it when
    /// it is committed, not before.
    #[must_use]
    pub fn holding(self, amount: i64, wait: &Wait) -> Self {
        match u64::try_from(amount) {
            Ok(amount @ 1..) => Self {
                reserved: self.reserved.saturating_add(amount),
                reserved_until: self.reserved_until.max(wait.end()),
                ..self
            },
            _ => self,
        }
    }

    /// This counter without `amount` that a permit held.
    #[must_use]
    pub fn released(self, amount: i64) -> Self {
        Self { reserved: self.reserved.saturating_sub(u64::try_from(amount).unwrap_or(0)), ..self }
    }
}

/// A change of one counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CounterOp {
    /// This install did something: `delta` is added at `at`. It counts on top of the report held, also when that
    /// report's `as_of` is not before `at`: nothing added is ever lost. A level never falls below zero.
    Add {
        /// The counter.
        key: CounterKey,
        /// How much; negative when something was removed.
        delta: i64,
        /// When it happened.
        at: Timestamp,
    },
    /// The chat SDK's own list, read now: it contains everything that was counted until now.
    Observe {
        /// The counter.
        key: CounterKey,
        /// The value.
        value: u64,
        /// Now.
        at: Timestamp,
    },
    /// A group made at `at`, whose value is counted from the start.
    Start {
        /// The counter.
        key: CounterKey,
        /// The value.
        value: u64,
        /// When it was made.
        at: Timestamp,
    },
    /// A refusal of the provider shows this value, now.
    Infer {
        /// The counter.
        key: CounterKey,
        /// The value.
        value: u64,
        /// Now.
        at: Timestamp,
    },
    /// The billing endpoint reports the value as it was at `as_of`. Additions up to `as_of` are contained in it,
    /// later ones stay on top. A report older than the one held is ignored.
    Report {
        /// The counter.
        key: CounterKey,
        /// The value.
        value: u64,
        /// When it was true.
        as_of: Timestamp,
    },
    /// The counter's own maximum; `None` forgets it.
    Ceiling {
        /// The counter.
        key: CounterKey,
        /// The maximum.
        ceiling: Option<Ceiling>,
    },
    /// The type of the group whose members are counted.
    GroupType {
        /// The counter of the group's members.
        key: CounterKey,
        /// The type.
        group_type: GroupType,
    },
}

impl CounterOp {
    /// The counter that is changed.
    pub const fn key(&self) -> CounterKey {
        match *self {
            Self::Add { key, .. }
            | Self::Observe { key, .. }
            | Self::Start { key, .. }
            | Self::Infer { key, .. }
            | Self::Report { key, .. }
            | Self::Ceiling { key, .. }
            | Self::GroupType { key, .. } => key,
        }
    }
}

/// When room was taken for an action: by the clock and in the store's order of writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldSince {
    /// Trusted time.
    pub at: Timestamp,
    /// The store's sequence number at that write.
    pub seq: u64,
}

/// A counter as a store keeps it: the value, and what a late report needs to be taken rightly. What permits hold is
/// kept with the permits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The value, without what permits hold.
    pub counter: Counter,
    /// When what was added on top of the last report happened.
    pub additions: Additions,
    /// The store's sequence number at the last report that was taken.
    pub reported_seq: u64,
}

impl Account {
    /// Applies one change in the store's write number `seq`.
    pub fn apply(&mut self, op: &CounterOp, seq: u64) {
        match *op {
            CounterOp::Add { key, delta, at } => self.add(key.limit, delta, at),
            CounterOp::Observe { value, at, .. } => self.contain_all(value, at, UsageOrigin::Observed, seq),
            CounterOp::Start { value, at, .. } => self.start(value, at, seq),
            CounterOp::Infer { value, at, .. } => self.contain_all(value, at, UsageOrigin::Inferred, seq),
            CounterOp::Report { value, as_of, .. } => self.report(value, as_of, seq),
            CounterOp::Ceiling { ceiling, .. } => self.counter.ceiling = ceiling,
            CounterOp::GroupType { group_type, .. } => self.counter.group_type = Some(group_type),
        }
    }

    /// Counts what a permit held. A report taken since the room was taken, and true of a time not before that,
    /// contains the action already.
    pub fn commit(&mut self, limit: LimitId, amount: i64, held: HeldSince) {
        let later = self.reported_seq > held.seq
            // What is replayed together has one number; then the time tells.
            || (self.reported_seq == held.seq && self.counter.as_of > Some(held.at));
        let contained = later && self.counter.as_of >= Some(held.at);
        if !contained {
            self.add(limit, amount, held.at);
        }
    }

    fn add(&mut self, limit: LimitId, delta: i64, at: Timestamp) {
        let below = i64::try_from(self.counter.used()).unwrap_or(i64::MAX).saturating_neg();
        let delta = if limit.window() == Window::Level { delta.max(below) } else { delta };
        // On top of the report held, whatever the clock says.
        let at = match self.counter.as_of {
            Some(as_of) if at <= as_of => as_of.plus(std::time::Duration::from_millis(1)),
            _ => at,
        };
        self.additions.file(at, delta);
        self.counter.added = self.counter.added.saturating_add(delta);
    }

    /// A list read since the group was made knows more than its start.
    fn start(&mut self, value: u64, at: Timestamp, seq: u64) {
        if self.counter.as_of.is_none_or(|as_of| as_of < at) {
            if self.counter.as_of.is_some() {
                // Known from before it was made: what is known is about another group, which had this id.
                self.additions.forget_until(at.minus(std::time::Duration::from_millis(1)));
                self.counter.ceiling = None;
            }
            self.take(value, at, UsageOrigin::Counted, seq);
        }
    }

    fn contain_all(&mut self, value: u64, at: Timestamp, origin: UsageOrigin, seq: u64) {
        self.additions = Additions::default();
        self.take(value, self.counter.as_of.map_or(at, |held| held.max(at)), origin, seq);
    }

    fn report(&mut self, value: u64, as_of: Timestamp, seq: u64) {
        if self.counter.as_of.is_some_and(|held| as_of < held) {
            return;
        }
        self.additions.forget_until(as_of);
        self.take(value, as_of, UsageOrigin::Endpoint, seq);
    }

    fn take(&mut self, value: u64, as_of: Timestamp, origin: UsageOrigin, seq: u64) {
        self.counter.base = value;
        self.counter.as_of = Some(as_of);
        self.counter.origin = origin;
        self.counter.added = self.additions.sum();
        self.reported_seq = seq;
    }

    /// Time was corrected to `now`: nothing in this account happened later than that.
    pub fn clamp(&mut self, now: Timestamp) {
        self.counter.as_of = self.counter.as_of.min(Some(now));
        self.additions.clamp(now);
    }
}

/// One counter that a reservation needs room in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldItem {
    /// The counter.
    pub key: CounterKey,
    /// How much is added when the permit is committed; negative makes room at commit, not before.
    pub amount: i64,
    /// The bound; `Unlimited` where the limit is not enforced.
    pub max: Max,
}

/// The first item that has no room, with its counter; several items may draw on one counter.
///
/// # Errors
/// What `counter_at` fails with.
pub fn first_full<E>(
    items: &[HoldItem],
    mut counter_at: impl FnMut(&CounterKey) -> Result<Counter, E>,
) -> Result<Option<(usize, Counter)>, E> {
    let positive = |item: &HoldItem| u64::try_from(item.amount).unwrap_or(0);
    for (position, item) in items.iter().enumerate() {
        if positive(item) == 0 {
            continue;
        }
        let counter = counter_at(&item.key)?;
        let total = items[..=position]
            .iter()
            .filter(|other| other.key == item.key)
            .map(positive)
            .fold(0, u64::saturating_add);
        if !counter.fits(total, item.max) {
            return Ok(Some((position, counter)));
        }
    }
    Ok(None)
}

impl HeldSince {
    /// Since this moment, in the store's write number `seq`.
    pub const fn new(moment: Moment, seq: u64) -> Self {
        Self { at: moment.at, seq }
    }

    /// As [`Self::new`] for a hold that is replayed together with other works, all under the number `seq`. What one of
    /// them reported before it is of that number already; what comes after it must count as later.
    pub const fn replayed(moment: Moment, seq: u64, reported_before: bool) -> Self {
        Self { at: moment.at, seq: if reported_before { seq } else { seq.saturating_sub(1) } }
    }
}

#[cfg(test)]
#[path = "counter_tests.rs"]
mod tests;
