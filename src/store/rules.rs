//! The rules every backend shares, as pure functions: what a report does to a counter, when a reservation has
//! room, when a lease is free, what a login changes in the ledger, and what is old enough to forget.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::port::{CountedLogin, Lease, LeaseEnd, ReserveItem};
use crate::model::{
    ActiveUser, BillingDay, BillingMonth, Counter, CounterKey, LimitId, Timestamp, UsageOrigin, Window,
};

/// How long the time of an addition is remembered. A report older than this contains all that was forgotten:
/// the provider's own figures lag by a day, so two days leave room.
const ADDITIONS_KEPT: Duration = Duration::from_secs(48 * 3600);

/// A lease that claims to run or to have ended further ahead than this was written under a clock that has since
/// been taken back; it binds nobody, or the user would be locked out until that time comes round again.
const LEASE_HORIZON: Duration = Duration::from_secs(3600);

/// A counter as it is kept, without what permits hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    pub(super) base: u64,
    pub(super) as_of: Option<Timestamp>,
    pub(super) origin: UsageOrigin,
    pub(super) added: i64,
    pub(super) own_max: Option<u64>,
}

impl Default for Tally {
    fn default() -> Self {
        Self { base: 0, as_of: None, origin: UsageOrigin::Counted, added: 0, own_max: None }
    }
}

/// What permits hold of one counter, and until when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) amount: u64,
    pub(super) until: Timestamp,
}

impl Held {
    pub(super) fn and(self, amount: i64, until: Timestamp) -> Self {
        match u64::try_from(amount) {
            Ok(amount) if amount > 0 => {
                Self { amount: self.amount.saturating_add(amount), until: self.until.max(until) }
            }
            // A permit that makes room makes it when it is committed.
            _ => self,
        }
    }
}

impl Tally {
    /// The time an addition is filed under. An addition that arrives after a report is on top of it, whatever
    /// its clock says, so that nothing added is ever lost.
    pub(super) fn file_under(&self, at: Timestamp) -> Timestamp {
        match self.as_of {
            Some(as_of) if at <= as_of => as_of.plus(Duration::from_millis(1)),
            _ => at,
        }
    }

    /// Additions filed before this no longer need their time when one is made at `at`.
    pub(super) fn forget_times_before(at: Timestamp) -> Timestamp {
        at.minus(ADDITIONS_KEPT)
    }

    pub(super) fn add(&mut self, delta: i64) {
        self.added = self.added.saturating_add(delta);
    }

    /// A report older than the one held is ignored.
    pub(super) fn accepts(&self, as_of: Timestamp) -> bool {
        self.as_of.is_none_or(|held| as_of >= held)
    }

    /// Takes a report; `later` is what was added after `as_of`.
    pub(super) fn report(&mut self, value: u64, as_of: Timestamp, origin: UsageOrigin, later: i64) {
        *self = Self { base: value, as_of: Some(as_of), origin, added: later, own_max: self.own_max };
    }

    pub(super) fn counter(&self, held: Held) -> Counter {
        Counter {
            base: self.base,
            as_of: self.as_of,
            origin: self.origin,
            added: self.added,
            reserved: held.amount,
            reserved_until: held.until,
            own_max: self.own_max,
        }
    }
}

/// The first item that has no room, with its counter; several items may draw on one counter.
pub(super) fn first_full<E>(
    items: &[ReserveItem],
    mut counter_at: impl FnMut(&CounterKey) -> Result<Counter, E>,
) -> Result<Option<(usize, Counter)>, E> {
    let positive = |item: &ReserveItem| u64::try_from(item.amount).unwrap_or(0);
    for (position, item) in items.iter().enumerate() {
        let amount = positive(item);
        if amount == 0 {
            continue;
        }
        let counter = counter_at(&item.key)?;
        let total = items[..position]
            .iter()
            .filter(|earlier| earlier.key == item.key)
            .map(positive)
            .chain([counter.reserved, amount])
            .fold(counter.used(), u64::saturating_add);
        if !item.max.fits(total) {
            return Ok(Some((position, counter)));
        }
    }
    Ok(None)
}

/// Whether a lease stands in the way of a new login at `now`.
pub(super) fn blocks(lease: &Lease, now: Timestamp, settle_for: Duration) -> bool {
    let believable = now.plus(LEASE_HORIZON);
    match lease.ended {
        None => now < lease.until && lease.until <= believable,
        Some(LeaseEnd::Succeeded(at) | LeaseEnd::Failed(at, _)) => {
            now < at.plus(settle_for) && at <= believable
        }
        // Nobody got an answer that could be shared, so the next one may try at once.
        Some(LeaseEnd::Abandoned(_)) => false,
    }
}

/// Counts a login: the last month and day only ever rise, so a clock set back reopens nothing.
pub(super) fn count(known: ActiveUser, day: BillingDay, month: BillingMonth) -> (ActiveUser, CountedLogin) {
    let counted = CountedLogin {
        new_in_month: known.month.is_none_or(|last| last < month),
        new_on_day: known.day.is_none_or(|last| last < day),
    };
    let entry =
        ActiveUser { month: known.month.max(Some(month)), day: known.day.max(Some(day)), uncertain: None };
    (entry, counted)
}

/// The counters that a counted login raises.
pub(super) fn raised_by(
    counted: CountedLogin,
    day: BillingDay,
    month: BillingMonth,
) -> impl Iterator<Item = CounterKey> {
    let app = |limit, bucket| CounterKey { limit, subject: crate::model::Subject::App, bucket };
    let month = counted.new_in_month.then(|| app(LimitId::FreeMau, month.number()));
    let day = counted.new_on_day.then(|| app(LimitId::FreeDau, day.number()));
    month.into_iter().chain(day)
}

/// Where the past begins: everything of the months before it may be forgotten.
#[derive(Clone, Copy, Debug)]
pub(super) struct Horizon {
    pub(super) month: BillingMonth,
    pub(super) day: BillingDay,
    /// Before this instant it was an earlier month in every zone.
    pub(super) instant: Timestamp,
    /// Before this instant the times of additions are no longer needed.
    pub(super) additions: Timestamp,
}

impl Horizon {
    pub(super) fn new(month: BillingMonth) -> Self {
        let day = BillingDay::of(month.first_date());
        // No zone is further east than 14 hours.
        let instant = Timestamp::from_secs(i64::from(day.number()) * 86_400 - 14 * 3600);
        Self { month, day, instant, additions: instant.minus(ADDITIONS_KEPT) }
    }

    /// Whether a counter belongs to a window that is over.
    pub(super) fn past(&self, key: &CounterKey) -> bool {
        match key.limit.window() {
            Window::Level => false,
            Window::Day => key.bucket < self.day.number(),
            Window::Month => key.bucket < self.month.number(),
        }
    }
}
