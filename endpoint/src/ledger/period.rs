//! Days and months as the numbers that columns hold: 20261126 and 202611, which a person can read in the database.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use planguard::time::BillingMonth;
use serde::{Deserialize, Deserializer, de};

/// Which day and month an instant is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// The instant, in milliseconds since 1970.
    pub at: i64,
    /// The day, in the billing zone.
    pub date: Date,
    /// The month, in the billing zone.
    pub month: BillingMonth,
}

impl When {
    /// The day and month of an instant.
    pub fn new(zone: &TimeZone, at: i64) -> Self {
        let instant = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
        let date = zone.to_datetime(instant).date();
        Self { at, date, month: BillingMonth::of(date) }
    }

    /// The column of the day.
    pub fn day(self) -> i64 {
        day_number(self.date)
    }

    /// The bit of the day within its month.
    pub fn bit(self) -> i64 {
        1 << (self.date.day() - 1)
    }
}

/// 2026-11-26 as 20261126.
pub fn day_number(date: Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

/// November 2026 as 202611.
pub fn month_number(month: BillingMonth) -> i64 {
    day_number(month.first_date()) / 100
}

/// Reads a day such as `"2026-11-01"` from a configuration.
pub(crate) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| de::Error::custom("not a day in quotes, such as \"2026-11-01\""))
}
