//! Billing days and months: calendar days and months as numbers that can be stored and compared.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, date};

use super::calendar;
use super::echo::echo;

/// A day in the billing zone, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct BillingDay(i32);

/// A calendar month in the billing zone, as months since January of year 0.
///
/// The running one is [`Planguard::billing_month`](crate::Planguard::billing_month); any other is read from text such as
/// `2024-08`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct BillingMonth(i32);

const EPOCH: Date = date(1970, 1, 1);

impl BillingDay {
    /// The day of a calendar date.
    pub fn of(date: Date) -> Self {
        // A `Date` lies in the years -9999 to 9999, so that its days fit.
        Self(i32::try_from(calendar::days_of(date)).unwrap_or_default())
    }

    /// Days since 1970-01-01: a stable number to store.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// From [`Self::number`].
    pub const fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// The calendar date; the first or the last that there is for a number beyond them.
    pub fn date(self) -> Date {
        calendar::date_of(i64::from(self.0))
    }

    /// The day after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The month this day belongs to.
    pub fn month(self) -> BillingMonth {
        BillingMonth::of(self.date())
    }
}

impl fmt::Display for BillingDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.date(), f)
    }
}

/// A text that is not a month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("month: `{text}` is not a month such as 2024-08")]
pub struct BadMonth {
    /// The text that was given.
    pub text: String,
}

impl BillingMonth {
    /// The month of a calendar date.
    pub fn of(date: Date) -> Self {
        Self(i32::from(date.year()) * 12 + i32::from(date.month()) - 1)
    }

    /// Months since January of year 0: a stable number to store.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// From [`Self::number`].
    pub const fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// The first calendar date of the month, clamped into the years 1970 to 9999.
    pub fn first_date(self) -> Date {
        let year = i16::try_from(self.0.div_euclid(12)).unwrap_or(9999).clamp(1970, 9999);
        let month = i8::try_from(self.0.rem_euclid(12)).unwrap_or(0) + 1;
        Date::new(year, month, 1).unwrap_or(EPOCH)
    }

    /// How many days the month has.
    pub fn days(self) -> u32 {
        u32::try_from(self.first_date().days_in_month()).unwrap_or(30)
    }

    /// The month after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The month that lies this many months before.
    #[must_use]
    pub const fn before(self, months: i32) -> Self {
        Self(self.0.saturating_sub(months))
    }
}

impl fmt::Display for BillingMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.first_date();
        write!(f, "{:04}-{:02}", first.year(), first.month())
    }
}

impl FromStr for BillingMonth {
    type Err = BadMonth;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadMonth { text: echo(text) };
        let (year, month) = text.split_once('-').ok_or_else(bad)?;
        if year.len() != 4 || month.len() != 2 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            return Err(bad());
        }
        let (year, month): (i16, i8) = (year.parse().map_err(|_| bad())?, month.parse().map_err(|_| bad())?);
        if year < 1970 {
            return Err(bad());
        }
        Date::new(year, month, 1).map(Self::of).map_err(|_| bad())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_parse_strictly() {
        assert_eq!("2024-08".parse::<BillingMonth>().unwrap().days(), 31);
        for bad in ["2024-13", "2024-00", "24-08", "2024-8", "2024", "", "1969-12", "+024-08"] {
            assert!(bad.parse::<BillingMonth>().is_err(), "{bad}");
        }
    }
}
