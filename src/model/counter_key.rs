//! Whose counter of which limit in which window, and who reports its value.

use serde::{Deserialize, Serialize};

use super::horizon::Horizon;
use super::instant::Timestamp;
use super::limit::{LimitId, Window};
use super::period::{BillingDay, BillingMonth};
use super::zone::BillingZone;

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
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
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
    /// The user or group whose counter it is, or the app.
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

    /// As [`Self::at`], on this billing day of this billing month.
    pub const fn within(limit: LimitId, subject: Subject, day: BillingDay, month: BillingMonth) -> Self {
        let bucket = match limit.window() {
            Window::Level => 0,
            Window::Day => day.number(),
            Window::Month => month.number(),
        };
        Self { limit, subject, bucket }
    }

    /// Whether the counter belongs to a window that is over before `horizon`.
    pub fn is_past(&self, horizon: &Horizon) -> bool {
        match self.limit.window() {
            Window::Level => false,
            Window::Day => self.bucket < horizon.day.number(),
            Window::Month => self.bucket < horizon.month.number(),
        }
    }

    /// Whether the counter belongs to a window that begins after `day` and `month`: to one that has not begun yet.
    pub fn is_ahead(&self, day: BillingDay, month: BillingMonth) -> bool {
        match self.limit.window() {
            Window::Level => false,
            Window::Day => self.bucket > day.number(),
            Window::Month => self.bucket > month.number(),
        }
    }

    /// This counter, or that of `day` and `month` if its own window has not begun by then.
    #[must_use]
    pub fn begun_by(self, day: BillingDay, month: BillingMonth) -> Self {
        let bucket = match self.limit.window() {
            Window::Level => self.bucket,
            Window::Day => self.bucket.min(day.number()),
            Window::Month => self.bucket.min(month.number()),
        };
        Self { bucket, ..self }
    }
}

/// Who said how much is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum UsageOrigin {
    /// Never reported, nor counted from the start: what this install counted is only part of it.
    Unknown,
    /// This install, from the start: a group that it created itself.
    Counted,
    /// The chat SDK's own lists, through `observe`.
    Observed,
    /// The billing endpoint.
    Endpoint,
    /// A refusal of the provider showed it.
    Inferred,
}

impl UsageOrigin {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Counted => "counted",
            Self::Observed => "observed",
            Self::Endpoint => "endpoint",
            Self::Inferred => "inferred",
        }
    }
}
