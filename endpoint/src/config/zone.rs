//! The zone that months and days of billing are counted in.

use jiff::tz::{Offset, TimeZone};
use planguard::time::BillingZone;
use serde::{Deserialize, Deserializer, de};

/// A billing zone: an offset such as `+08:00` (the default), or an IANA name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone, for arithmetic with days and months.
    pub fn time_zone(&self) -> &TimeZone {
        &self.0
    }

    /// The same zone as planguard's rules take it.
    pub fn billing(&self) -> BillingZone {
        let name = match (self.0.iana_name(), self.0.to_fixed_offset()) {
            (Some(name), _) => name.to_owned(),
            (None, Ok(offset)) => {
                let minutes = offset.seconds() / 60;
                let sign = if minutes < 0 { '-' } else { '+' };
                format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
            (None, Err(_)) => String::new(),
        };
        // Both read the same names; a test holds them to it.
        name.parse().unwrap_or_default()
    }

    /// Reads an offset or an IANA name.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(offset) = offset(text) {
            return Some(Self(TimeZone::fixed(offset)));
        }
        TimeZone::get(text).ok().map(Self)
    }
}

/// `+08:00` or `-03:30`.
fn offset(text: &str) -> Option<Offset> {
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let number = |text: &str, max: i32| {
        let number: i32 = text.parse().ok()?;
        (text.len() == 2 && (0..=max).contains(&number)).then_some(number)
    };
    let seconds = number(hours, 14)? * 3600 + number(minutes, 59)? * 60;
    Offset::from_seconds(sign * seconds).ok()
}

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::fixed(Offset::constant(8)))
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let why = || de::Error::custom("billing_zone: neither an offset such as `+08:00` nor an IANA name");
        Self::parse(&text).ok_or_else(why)
    }
}

#[cfg(test)]
mod tests {
    use super::Zone;

    #[test]
    fn planguard_counts_in_the_same_zone() {
        for name in ["+08:00", "-03:30", "+00:00", "Asia/Shanghai", "America/New_York", "UTC"] {
            let zone = Zone::parse(name).unwrap();
            for at in ["2026-03-08T07:30:00Z", "2026-11-30T16:30:00Z", "2026-12-31T23:59:59Z"] {
                let jiff: jiff::Timestamp = at.parse().unwrap();
                let ours: planguard::time::Timestamp = at.parse().unwrap();
                let date = zone.time_zone().to_datetime(jiff).date().to_string();
                assert_eq!(zone.billing().date(ours).to_string(), date, "{name} at {at}");
            }
        }
    }
}
