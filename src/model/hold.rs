//! Room held in several counters for one action, until it is used, given back or lapsed.

use super::active_user::Counted;
use super::counter::{Counter, HeldSince};
use super::counter_key::CounterKey;
use super::limit::LimitId;
use super::moment::{Elapsed, Wait};
use super::period::{BillingDay, BillingMonth};

/// Room held in several counters for one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// What is held, and where.
    pub items: Vec<(CounterKey, i64)>,
    /// Until when.
    pub wait: Wait,
    /// When it began.
    pub since: HeldSince,
}

impl Hold {
    /// What this holds of `key` at `now`, added to `counter`.
    #[must_use]
    pub fn add_to(&self, counter: Counter, key: &CounterKey, now: Elapsed) -> Counter {
        if self.wait.is_over(now) {
            return counter;
        }
        let of_key = self.items.iter().filter(|(held, _)| held == key);
        of_key.fold(counter, |counter, (_, amount)| counter.holding(*amount, &self.wait))
    }

    /// Whether room is held in a window that has not begun by `day` and `month`.
    pub fn is_ahead(&self, day: BillingDay, month: BillingMonth) -> bool {
        self.items.iter().any(|(key, _)| key.is_ahead(day, month))
    }

    /// Time was corrected: what is held ahead is held in the windows that have begun. Who has a place in them already
    /// takes no second one: `counted` says where the user is counted whose login holds this. Nothing may be left to hold.
    #[must_use]
    pub fn begun_by(mut self, day: BillingDay, month: BillingMonth, counted: Counted) -> Self {
        self.items.retain(|(key, _)| match key.limit {
            LimitId::FreeMau | LimitId::MaxUsers => !counted.this_month,
            LimitId::FreeDau => !counted.today,
            _ => true,
        });
        for (key, _) in &mut self.items {
            *key = key.begun_by(day, month);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::{Subject, Timestamp};

    #[test]
    fn room_is_held_until_the_wait_is_over() {
        let key = CounterKey { limit: LimitId::FriendsPerUser, subject: Subject::App, bucket: 0 };
        let wait = Wait::new(Elapsed(1_000), Duration::from_secs(60));
        let since = HeldSince { at: Timestamp::from_millis(1), seq: 1 };
        let hold = Hold { items: vec![(key, 2), (key, -5)], wait, since };
        let counter = hold.add_to(Counter::default(), &key, Elapsed(2_000));
        assert_eq!((counter.reserved, counter.reserved_until), (2, Elapsed(61_000)));
        assert_eq!(hold.add_to(Counter::default(), &key, Elapsed(61_000)), Counter::default());
    }
}
