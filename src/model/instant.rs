//! Instants: UTC milliseconds, everywhere.

use std::fmt;
use std::time::Duration;

use super::echo::echo;

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z.
///
/// ```
/// use planguard::time::Timestamp;
/// let t: Timestamp = "2024-08-01T00:00:00Z".parse()?;
/// assert_eq!(t.as_millis(), 1_722_470_400_000);
/// assert_eq!(t.to_string(), "2024-08-01T00:00:00Z");
/// # Ok::<(), planguard::time::BadInstant>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Timestamp(i64);

/// A text that is not an RFC 3339 instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("instant: `{text}` is not an RFC 3339 instant such as 2024-08-01T00:00:00Z: {why}")]
pub struct BadInstant {
    /// The text that was given.
    pub text: String,
    /// What the parser objected to.
    pub why: String,
}

impl Timestamp {
    /// 9999-12-30T22:00:00Z, the last instant that calendars here can place. Later input is clamped to it.
    pub const MAX: Self = Self(253_402_207_200_000);
    /// 1970-01-01T00:00:00Z. Earlier input is clamped to it: no plan is older than the service.
    pub const MIN: Self = Self(0);

    /// From milliseconds since the epoch, clamped into [`Self::MIN`]..=[`Self::MAX`].
    pub const fn from_millis(millis: i64) -> Self {
        if millis < Self::MIN.0 {
            Self::MIN
        } else if millis > Self::MAX.0 {
            Self::MAX
        } else {
            Self(millis)
        }
    }

    /// From seconds since the epoch, clamped like [`Self::from_millis`].
    pub const fn from_secs(secs: i64) -> Self {
        Self::from_millis(secs.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// This instant moved later, saturating at [`Self::MAX`].
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// This instant moved earlier, saturating at [`Self::MIN`].
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.0.saturating_sub(millis))
    }

    /// The time from `earlier` to this instant; zero when `earlier` is not earlier.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    pub(crate) fn to_jiff(self) -> jiff::Timestamp {
        // The constructor keeps every value inside jiff's range.
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(instant: jiff::Timestamp) -> Self {
        Self::from_millis(instant.as_millisecond())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_jiff(), f)
    }
}

impl std::str::FromStr for Timestamp {
    type Err = BadInstant;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>()
            .map(Self::from)
            .map_err(|_| BadInstant { text: echo(text), why: why_not(text).to_owned() })
    }
}

/// What is wrong with a text that is no instant. The parser's own words for every error it knows come to 60 KB, which the
/// module for mini programs would hold for this alone.
fn why_not(text: &str) -> &'static str {
    let (date, time) = text.split_at_checked(10).unwrap_or((text, ""));
    if date.parse::<jiff::civil::Date>().is_err() {
        "it does not begin with a date that exists"
    } else if !time.starts_with(['T', 't', ' ']) {
        "there is no time of day after the date"
    } else if !time.contains(['Z', 'z', '+', '-']) {
        "the offset from UTC is missing"
    } else {
        "the time of day or the offset from UTC does not exist"
    }
}

/// On the wire an instant is RFC 3339 text.
impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_no_instant_is_refused_with_what_is_missing() {
        let why = |text: &str| text.parse::<Timestamp>().unwrap_err().why;
        for text in ["", "now", "2024-02-30T00:00:00Z", "24-08-01T00:00:00Z", "2024年08月01日"] {
            assert!(why(text).contains("date"), "{text}: {}", why(text));
        }
        assert!(why("2024-08-01").contains("time of day"));
        assert!(why("2024-08-01T00:00:00").contains("offset"));
        assert!(why("2024-08-01T25:00:00Z").contains("does not exist"));
    }
}
