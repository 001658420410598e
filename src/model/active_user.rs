//! One active user: counted in which periods, and whether a login of unknown end may have counted them.

use serde::{Deserialize, Serialize};

use super::counter::CounterOp;
use super::counter_key::{CounterKey, Subject};
use super::horizon::Horizon;
use super::instant::Timestamp;
use super::limit::LimitId;
use super::period::{BillingDay, BillingMonth};

/// What is known of one user in the period of the provider's counting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ActiveUser {
    /// The last billing month in which a login of this user succeeded.
    pub month: Option<BillingMonth>,
    /// The last billing day on which a login of this user succeeded.
    pub day: Option<BillingDay>,
    /// The latest login that was sent and whose end was never seen (the process died, the caller gave up): the
    /// provider may have counted the user, planguard cannot know.
    pub uncertain: Option<Timestamp>,
}

/// Whether this user is already counted, per kind of period. Both are kept: the catalog can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// In the billing month.
    pub this_month: bool,
    /// In the billing day.
    pub today: bool,
}

/// What a counted login changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CountedLogin {
    /// The user was not counted in this billing month before.
    pub new_in_month: bool,
    /// The user was not counted on this billing day before.
    pub new_on_day: bool,
}

impl ActiveUser {
    /// Whether this user is counted in `month` and on `day`.
    ///
    /// A period that lies before the last one counted is counted too: a clock set back reopens nothing.
    pub fn counted(&self, day: BillingDay, month: BillingMonth) -> Counted {
        Counted {
            this_month: self.month.is_some_and(|last| last >= month),
            today: self.day.is_some_and(|last| last >= day),
        }
    }

    /// Counts a login: the last month and day only rise.
    pub fn count(&mut self, day: BillingDay, month: BillingMonth) -> CountedLogin {
        let counted = self.counted(day, month);
        self.month = self.month.max(Some(month));
        self.day = self.day.max(Some(day));
        CountedLogin { new_in_month: !counted.this_month, new_on_day: !counted.today }
    }

    /// Whether a count lies in a period after `day` and `month`.
    pub fn is_ahead(&self, day: BillingDay, month: BillingMonth) -> bool {
        self.month > Some(month) || self.day > Some(day)
    }

    /// Time was corrected: a count in a period that has not begun yet is dropped. The provider counted the login
    /// somewhere, planguard cannot say where, so it becomes a login of unknown end, now.
    ///
    /// `listed` is the last month that has begun in whose list of active users this one is: that count stays.
    ///
    /// Says whether anything was dropped.
    pub fn correct(
        &mut self,
        now: Timestamp,
        day: BillingDay,
        month: BillingMonth,
        listed: Option<BillingMonth>,
    ) -> bool {
        let ahead = self.is_ahead(day, month);
        if ahead {
            self.month = self.month.filter(|last| *last <= month).max(listed);
            self.day = self.day.filter(|last| *last <= day);
            self.uncertain = Some(now);
        }
        self.uncertain = self.uncertain.min(Some(now)).filter(|_| self.uncertain.is_some());
        ahead
    }

    /// Whether a decision or a report at `horizon` or later still needs this entry.
    pub fn is_needed(&self, horizon: &Horizon) -> bool {
        self.month >= Some(horizon.month)
            || self.day >= Some(horizon.day)
            || self.uncertain >= Some(horizon.instant)
    }
}

impl CountedLogin {
    /// The changes of the app's counters that belong to it.
    pub fn counters(
        self,
        day: BillingDay,
        month: BillingMonth,
        at: Timestamp,
    ) -> impl Iterator<Item = CounterOp> {
        let one = move |limit, bucket| CounterOp::Add {
            key: CounterKey { limit, subject: Subject::App, bucket },
            delta: 1,
            at,
        };
        let month = self.new_in_month.then(|| one(LimitId::FreeMau, month.number()));
        let day = self.new_on_day.then(|| one(LimitId::FreeDau, day.number()));
        month.into_iter().chain(day)
    }
}

/// Names one login that was sent, so that its end clears its own note and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LoginId(pub u128);
