//! How much of each limit is used: counters, where their values came from, and what is reserved on top.

use rpds::HashTrieMapSync;
use serde::{Deserialize, Serialize};

use super::instant::Timestamp;
use super::limit::{LimitId, Window};
use super::period::{BillingDay, BillingMonth, BillingZone};

/// A pseudonym of a user or group: a keyed hash with a per-install salt. The id itself is never kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pseudonym(pub [u8; 16]);

impl Pseudonym {
    /// Lower-case hexadecimal, as usage events carry it.
    pub fn to_hex(self) -> String {
        use std::fmt::Write as _;
        self.0.iter().fold(String::with_capacity(32), |mut text, byte| {
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// Whose counter it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// The whole app.
    App,
    /// One user.
    User(Pseudonym),
    /// One group.
    Group(Pseudonym),
}

/// One counter: a limit, whose, and in which window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CounterKey {
    /// The limit that bounds the counter.
    pub limit: LimitId,
    /// Whose counter.
    pub subject: Subject,
    /// The billing day's or month's number for a windowed limit, 0 for a level.
    pub bucket: i32,
}

impl CounterKey {
    /// The counter of `limit` for `subject` in the window that `now` falls into.
    pub fn at(limit: LimitId, subject: Subject, now: Timestamp, zone: &BillingZone) -> Self {
        let bucket = match limit.window() {
            Window::Level => 0,
            Window::Day => zone.day(now).number(),
            Window::Month => zone.month(now).number(),
        };
        Self { limit, subject, bucket }
    }
}

/// Who said how much is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsageOrigin {
    /// Nobody yet; only what this install counted itself.
    Counted,
    /// The chat SDK's own lists, through `observe`.
    Observed,
    /// The billing endpoint.
    Endpoint,
}

/// A counter's value and what is known about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// When the last of the permits expires; after it nothing is reserved.
    pub reserved_until: Timestamp,
    /// For a group's members: the maximum the group itself was given, which may lie below the plan's.
    pub own_max: Option<u64>,
}

impl Default for Counter {
    fn default() -> Self {
        Self {
            base: 0,
            as_of: None,
            origin: UsageOrigin::Counted,
            added: 0,
            reserved: 0,
            reserved_until: Timestamp::MIN,
            own_max: None,
        }
    }
}

impl Counter {
    /// What is used: the reported value and what was added since, never below zero.
    pub const fn used(&self) -> u64 {
        self.base.saturating_add_signed(self.added)
    }

    /// What live permits hold at `now`.
    pub fn reserved_at(&self, now: Timestamp) -> u64 {
        if now < self.reserved_until { self.reserved } else { 0 }
    }
}

/// All counters, as one immutable value: changing it makes a new one that shares what did not change.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    counters: HashTrieMapSync<CounterKey, Counter>,
}

impl Usage {
    /// The counter at `key`; zero when nothing was ever counted there.
    pub fn get(&self, key: &CounterKey) -> Counter {
        self.counters.get(key).copied().unwrap_or_default()
    }

    /// This usage with one counter replaced.
    #[must_use]
    pub fn with(&self, key: CounterKey, counter: Counter) -> Self {
        Self { counters: self.counters.insert(key, counter) }
    }

    /// This usage without one counter.
    #[must_use]
    pub fn without(&self, key: &CounterKey) -> Self {
        Self { counters: self.counters.remove(key) }
    }

    /// This usage without the days and months that lie before `month`; levels stay.
    #[must_use]
    pub fn since(&self, month: BillingMonth) -> Self {
        let first_day = BillingDay::of(month.first_date()).number();
        let current = |key: &CounterKey| match key.limit.window() {
            Window::Level => true,
            Window::Day => key.bucket >= first_day,
            Window::Month => key.bucket >= month.number(),
        };
        self.iter().filter(|(key, _)| current(key)).map(|(key, counter)| (*key, *counter)).collect()
    }

    /// Every counter, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&CounterKey, &Counter)> {
        self.counters.iter()
    }
}

impl FromIterator<(CounterKey, Counter)> for Usage {
    fn from_iter<I: IntoIterator<Item = (CounterKey, Counter)>>(counters: I) -> Self {
        Self { counters: counters.into_iter().collect() }
    }
}
