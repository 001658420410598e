//! Where the past begins: what lies in the months before it may be forgotten.

use super::instant::Timestamp;
use super::period::{BillingDay, BillingMonth};

/// Everything of the months before `month` is past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horizon {
    /// The first month that is not past.
    pub month: BillingMonth,
    /// Its first day.
    pub day: BillingDay,
    /// Before this instant it was an earlier month in every zone.
    pub instant: Timestamp,
}

impl Horizon {
    /// The horizon at the beginning of `month`.
    pub fn new(month: BillingMonth) -> Self {
        let day = BillingDay::of(month.first_date());
        // No zone is further east than 14 hours.
        let instant = Timestamp::from_secs(i64::from(day.number()) * 86_400 - 14 * 3600);
        Self { month, day, instant }
    }
}
