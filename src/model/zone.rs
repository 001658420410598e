//! The billing zone: where days and months turn. A fixed offset is integer arithmetic; an IANA name needs the feature
//! `zones`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};

use super::calendar;
use super::echo::echo;
use super::instant::Timestamp;
use super::period::{BillingDay, BillingMonth};

/// The zone in which billing days and months turn: a fixed offset, or with the feature `zones` an IANA name.
///
/// No source states the provider's zone. UTC+08:00 is an inference: its daily statistics are in Beijing time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingZone {
    rule: Rule,
    name: Cow<'static, str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    /// So many milliseconds ahead of UTC.
    Fixed(i64),
    /// Offsets that change over time.
    #[cfg(feature = "zones")]
    Named(jiff::tz::TimeZone),
}

/// A text that names no zone, or none that this build knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownZone {
    /// Neither an offset nor an IANA name.
    #[error(
        "billing_zone: `{text}` is neither a fixed offset such as +08:00 nor an IANA zone such as Asia/Shanghai"
    )]
    NotAZone {
        /// The text that was given.
        text: String,
    },
    /// It may be an IANA name, and this build of planguard holds no database of them.
    #[error(
        "billing_zone: `{text}` is no fixed offset, and IANA zones need planguard's feature `zones`; pass an offset such as +08:00, or build with that feature"
    )]
    NoDatabase {
        /// The text that was given.
        text: String,
    },
}

const SECOND: i64 = 1_000;
const DAY: i64 = 86_400 * SECOND;

/// The last year in which instants lie.
const LAST_YEAR: i64 = 9_999;

impl Default for BillingZone {
    fn default() -> Self {
        Self { rule: Rule::Fixed(8 * 3_600 * SECOND), name: Cow::Borrowed("+08:00") }
    }
}

impl FromStr for BillingZone {
    type Err = UnknownZone;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rule = match text.as_bytes().first() {
            Some(b'+' | b'-') => {
                let seconds = offset(text).ok_or_else(|| UnknownZone::NotAZone { text: echo(text) })?;
                Rule::Fixed(seconds * SECOND)
            }
            _ if text == "UTC" => Rule::Fixed(0),
            _ => named(text)?,
        };
        Ok(Self { rule, name: Cow::Owned(text.to_owned()) })
    }
}

#[cfg(feature = "zones")]
fn named(text: &str) -> Result<Rule, UnknownZone> {
    let zone = jiff::tz::TimeZone::get(text);
    zone.map(Rule::Named).map_err(|_| UnknownZone::NotAZone { text: echo(text) })
}

#[cfg(not(feature = "zones"))]
fn named(text: &str) -> Result<Rule, UnknownZone> {
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'+');
    let text_is_name = text.bytes().next().is_some_and(|first| first.is_ascii_alphabetic());
    Err(if text_is_name && text.bytes().all(in_name) {
        UnknownZone::NoDatabase { text: echo(text) }
    } else {
        UnknownZone::NotAZone { text: echo(text) }
    })
}

/// The seconds ahead of UTC of `+08:00`, `-03:30`, `+0800` or `+08`, up to 14 hours either way, as zones in use are.
fn offset(text: &str) -> Option<i64> {
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
    let hours: i64 = digits[..2].parse().ok()?;
    let minutes: i64 = digits[2..].parse().ok()?;
    let seconds = (hours * 60 + minutes) * 60;
    if minutes > 59 || seconds > 14 * 3_600 {
        return None;
    }
    Some(if sign == "-" { -seconds } else { seconds })
}

impl fmt::Display for BillingZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Days since 1970-01-01 and milliseconds of that day, so far ahead of UTC.
const fn local(at: Timestamp, ahead: i64) -> (i64, i64) {
    let millis = at.as_millis() + ahead;
    (millis.div_euclid(DAY), millis.rem_euclid(DAY))
}

impl BillingZone {
    /// UTC, for times that are shown without a billing zone.
    pub(crate) const UTC: Self = Self { rule: Rule::Fixed(0), name: Cow::Borrowed("UTC") };

    /// Whether it is a fixed offset, whose name is one.
    pub(crate) fn is_offset(&self) -> bool {
        self.name.starts_with(['+', '-'])
    }

    /// The calendar date at `at` in this zone.
    pub fn date(&self, at: Timestamp) -> Date {
        match &self.rule {
            Rule::Fixed(ahead) => calendar::date_of(local(at, *ahead).0),
            #[cfg(feature = "zones")]
            Rule::Named(zone) => zone.to_datetime(at.to_jiff()).date(),
        }
    }

    /// Calendar date and time of day at `at` in this zone.
    pub(crate) fn datetime(&self, at: Timestamp) -> DateTime {
        match &self.rule {
            Rule::Fixed(ahead) => {
                let (day, millis) = local(at, *ahead);
                let part = |unit: i64, of: i64| i8::try_from(millis / unit % of).unwrap_or_default();
                let second = part(SECOND, 60);
                let time = Time::new(part(3_600 * SECOND, 24), part(60 * SECOND, 60), second, 0);
                calendar::date_of(day).to_datetime(time.unwrap_or(Time::MIN))
            }
            #[cfg(feature = "zones")]
            Rule::Named(zone) => zone.to_datetime(at.to_jiff()),
        }
    }

    /// The billing day that `at` falls into.
    pub fn day(&self, at: Timestamp) -> BillingDay {
        match &self.rule {
            // Instants lie in the years 1970 to 9999, so that their days fit.
            Rule::Fixed(ahead) => {
                BillingDay::from_number(i32::try_from(local(at, *ahead).0).unwrap_or(i32::MAX))
            }
            #[cfg(feature = "zones")]
            Rule::Named(_) => BillingDay::of(self.date(at)),
        }
    }

    /// The billing month that `at` falls into.
    pub fn month(&self, at: Timestamp) -> BillingMonth {
        match &self.rule {
            Rule::Fixed(ahead) => {
                let (year, month, _) = calendar::civil(local(at, *ahead).0);
                BillingMonth::from_number(i32::try_from(year * 12 + month - 1).unwrap_or(i32::MAX))
            }
            #[cfg(feature = "zones")]
            Rule::Named(_) => BillingMonth::of(self.date(at)),
        }
    }

    /// The first instant of `day` in this zone, also where the zone skips midnight.
    pub fn start_of(&self, day: Date) -> Timestamp {
        match &self.rule {
            Rule::Fixed(ahead) => Timestamp::from_millis(calendar::days_of(day) * DAY - ahead),
            #[cfg(feature = "zones")]
            Rule::Named(zone) => {
                let first = day.to_zoned(zone.clone());
                first.map_or(Timestamp::MAX, |first| Timestamp::from(first.timestamp()))
            }
        }
    }

    /// The instant at which the `n`th period after `anchor` begins, at the anchor's time of day.
    ///
    /// Where the anchor's day of the month does not exist, the month's last day is taken. Every period is
    /// computed from the anchor, so it does not drift: 31 Jan, 28 or 29 Feb, 31 Mar.
    pub fn months_after(&self, anchor: Timestamp, n: u32) -> Timestamp {
        match &self.rule {
            Rule::Fixed(ahead) => {
                let (day, time) = local(anchor, *ahead);
                let (year, month, day) = calendar::civil(day);
                let months = year * 12 + month - 1 + i64::from(n);
                let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
                if year > LAST_YEAR {
                    return Timestamp::MAX;
                }
                let day = day.min(calendar::days_in_month(year, month));
                Timestamp::from_millis(calendar::days(year, month, day) * DAY + time - ahead)
            }
            #[cfg(feature = "zones")]
            Rule::Named(zone) => {
                let local = zone.to_datetime(anchor.to_jiff());
                // More months than a span holds lead beyond the calendar, like any that do.
                jiff::Span::new()
                    .try_months(n)
                    .and_then(|months| local.checked_add(months))
                    .and_then(|moved| moved.to_zoned(zone.clone()))
                    .map_or(Timestamp::MAX, |zoned| Timestamp::from(zoned.timestamp()))
            }
        }
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
        for good in ["+08:00", "-0330", "+14:00", "UTC"] {
            assert_eq!(good.parse::<BillingZone>().unwrap().to_string(), good);
        }
        for bad in ["", "+8", "+25:00", "+14:01", "+08:60", "8", "+é0", "Mond, 3", "\u{0}"] {
            let error = bad.parse::<BillingZone>().unwrap_err();
            assert_eq!(error, UnknownZone::NotAZone { text: bad.to_owned() });
        }
    }

    #[cfg(feature = "zones")]
    #[test]
    fn iana_names_are_looked_up() {
        for good in ["Asia/Shanghai", "America/New_York"] {
            assert_eq!(good.parse::<BillingZone>().unwrap().to_string(), good);
        }
        assert!("Moon/Base".parse::<BillingZone>().is_err());
    }

    #[cfg(not(feature = "zones"))]
    #[test]
    fn an_iana_name_without_a_database_says_what_to_do() {
        for name in ["Asia/Shanghai", "Etc/GMT+8", "Peking"] {
            let error = name.parse::<BillingZone>().unwrap_err();
            assert_eq!(error, UnknownZone::NoDatabase { text: name.to_owned() });
            let text = error.to_string();
            assert!(
                text.starts_with("billing_zone: ") && text.contains("`zones`") && text.contains("+08:00")
            );
        }
    }

    /// Both rules, asked about the same offset, at the edges of days, months and the calendar.
    #[cfg(feature = "zones")]
    #[test]
    fn a_fixed_offset_agrees_with_jiff() {
        for text in ["+08:00", "-03:30", "+14:00", "-14:00", "+00:00"] {
            let fixed: BillingZone = text.parse().unwrap();
            let seconds = i32::try_from(offset(text).unwrap()).unwrap();
            let offset = jiff::tz::Offset::from_seconds(seconds).unwrap();
            let named = BillingZone { rule: Rule::Named(jiff::tz::TimeZone::fixed(offset)), ..fixed.clone() };
            let ends = [0, 1, Timestamp::MAX.as_millis() - 1, Timestamp::MAX.as_millis()];
            let days = (0..20_000).map(|day| day * DAY * 146 + day % 3 - 1);
            for at in ends.into_iter().chain(days).map(Timestamp::from_millis) {
                for at in [at, Timestamp::from_millis(at.as_millis() - i64::from(seconds) * SECOND)] {
                    assert_eq!(fixed.date(at), named.date(at), "{text} {at}");
                    assert_eq!(fixed.day(at), named.day(at), "{text} {at}");
                    assert_eq!(fixed.month(at), named.month(at), "{text} {at}");
                    let (a, b) = (fixed.datetime(at), named.datetime(at));
                    assert_eq!(
                        (a.date(), a.hour(), a.minute(), a.second()),
                        (b.date(), b.hour(), b.minute(), b.second())
                    );
                    assert_eq!(fixed.start_of(fixed.date(at)), named.start_of(named.date(at)), "{text} {at}");
                    for n in [0, 1, 11, 13, 4_801, 95_999, u32::MAX] {
                        assert_eq!(fixed.months_after(at, n), named.months_after(at, n), "{text} {at} {n}");
                    }
                }
            }
        }
    }
}
