//! Billing days and months in the billing zone, and plan periods anchored to the day of purchase.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, date};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, ToSpan};

use super::instant::Timestamp;

/// The zone in which billing days and months turn.
///
/// No source states the provider's zone. UTC+08:00 is an inference: its daily statistics are in Beijing time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingZone {
    zone: TimeZone,
    name: String,
}

/// A text that names no zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "billing_zone: `{text}` is neither a fixed offset such as +08:00 nor an IANA zone such as Asia/Shanghai"
)]
pub struct UnknownZone {
    /// The text that was given.
    pub text: String,
}

impl Default for BillingZone {
    fn default() -> Self {
        Self { zone: TimeZone::fixed(Offset::constant(8)), name: "+08:00".to_owned() }
    }
}

impl FromStr for BillingZone {
    type Err = UnknownZone;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownZone { text: text.to_owned() };
        let zone = match text.as_bytes().first() {
            Some(b'+' | b'-') => TimeZone::fixed(parse_offset(text).ok_or_else(unknown)?),
            Some(_) => TimeZone::get(text).map_err(|_| unknown())?,
            None => return Err(unknown()),
        };
        Ok(Self { zone, name: text.to_owned() })
    }
}

/// `+08:00`, `-03:30`, `+0800` or `+08`, up to 14 hours either way, as zones in use are.
fn parse_offset(text: &str) -> Option<Offset> {
    let (sign, rest) = text.split_at_checked(1)?;
    let digits: String = match rest.split_once(':') {
        Some((hours, minutes)) if hours.len() == 2 && minutes.len() == 2 => format!("{hours}{minutes}"),
        Some(_) => return None,
        None if rest.len() == 2 => format!("{rest}00"),
        None => rest.to_owned(),
    };
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = digits[2..].parse().ok()?;
    let seconds = (hours * 60 + minutes) * 60;
    if minutes > 59 || seconds > 14 * 3600 {
        return None;
    }
    Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()
}

impl fmt::Display for BillingZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl BillingZone {
    /// The calendar date at `at` in this zone.
    pub fn date(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at.to_jiff()).date()
    }

    /// Calendar date and time of day at `at` in this zone.
    pub(crate) fn datetime(&self, at: Timestamp) -> DateTime {
        self.zone.to_datetime(at.to_jiff())
    }

    /// The billing day that `at` falls into.
    pub fn day(&self, at: Timestamp) -> BillingDay {
        BillingDay::of(self.date(at))
    }

    /// The billing month that `at` falls into.
    pub fn month(&self, at: Timestamp) -> BillingMonth {
        BillingMonth::of(self.date(at))
    }

    /// The first instant of `day` in this zone, also where the zone skips midnight.
    pub fn start_of(&self, day: Date) -> Timestamp {
        day.to_zoned(self.zone.clone()).map_or(Timestamp::MAX, |zoned| Timestamp::from(zoned.timestamp()))
    }

    /// The instant at which the `n`th period after `anchor` begins, at the anchor's time of day.
    ///
    /// Where the anchor's day of the month does not exist, the month's last day is taken. Every period is
    /// computed from the anchor, so it does not drift: 31 Jan, 28 or 29 Feb, 31 Mar.
    pub fn months_after(&self, anchor: Timestamp, n: u32) -> Timestamp {
        let local = self.zone.to_datetime(anchor.to_jiff());
        // More months than a span holds lead beyond the calendar, like any that do.
        Span::new()
            .try_months(n)
            .and_then(|months| local.checked_add(months))
            .ok()
            .and_then(|moved| moved.to_zoned(self.zone.clone()).ok())
            .map_or(Timestamp::MAX, |zoned| Timestamp::from(zoned.timestamp()))
    }
}

/// A day in the billing zone, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct BillingDay(i32);

/// A calendar month in the billing zone, as months since January of year 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct BillingMonth(i32);

const EPOCH: Date = date(1970, 1, 1);

impl BillingDay {
    /// The day of a calendar date.
    pub fn of(date: Date) -> Self {
        Self((date - EPOCH).get_days())
    }

    /// Days since 1970-01-01: a stable number to store.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// From [`Self::number`].
    pub const fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// The calendar date.
    pub fn date(self) -> Date {
        EPOCH.saturating_add(i64::from(self.0).days())
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
        let bad = || BadMonth { text: text.to_owned() };
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

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_month_turns_in_the_billing_zone_not_in_utc() {
        let zone = BillingZone::default();
        assert_eq!(zone.month(at("2024-07-31T15:59:59.999Z")).to_string(), "2024-07");
        assert_eq!(zone.month(at("2024-07-31T16:00:00Z")).to_string(), "2024-08");
        assert_eq!(zone.day(at("2024-07-31T16:00:00Z")).to_string(), "2024-08-01");
    }

    #[test]
    fn a_plan_anchored_to_the_31st_does_not_drift() {
        let zone: BillingZone = "+00:00".parse().unwrap();
        let anchor = at("2024-01-31T10:30:00Z");
        let starts: Vec<_> = (0..4).map(|n| zone.months_after(anchor, n).to_string()).collect();
        assert_eq!(
            starts,
            ["2024-01-31T10:30:00Z", "2024-02-29T10:30:00Z", "2024-03-31T10:30:00Z", "2024-04-30T10:30:00Z"]
        );
    }

    #[test]
    fn zones_are_offsets_or_iana_names() {
        for good in ["+08:00", "-0330", "+14:00", "Asia/Shanghai", "America/New_York", "UTC"] {
            assert_eq!(good.parse::<BillingZone>().unwrap().to_string(), good);
        }
        for bad in ["", "+8", "+25:00", "+14:01", "+08:60", "Moon/Base", "8", "+é0"] {
            assert!(bad.parse::<BillingZone>().is_err(), "{bad}");
        }
    }

    #[test]
    fn months_parse_strictly() {
        assert_eq!("2024-08".parse::<BillingMonth>().unwrap().days(), 31);
        for bad in ["2024-13", "2024-00", "24-08", "2024-8", "2024", "", "1969-12", "+024-08"] {
            assert!(bad.parse::<BillingMonth>().is_err(), "{bad}");
        }
    }
}
