//! How far the time that an event says of itself is believed.

use std::time::Duration;

/// How far beyond our clock an event may be dated. Clocks differ; what is dated later happened when it came in.
pub const AHEAD: Duration = Duration::from_secs(10 * 60);

/// How old an event may be. A repetition is known for as long as that, so that nothing older can count twice.
pub const OLDEST: Duration = Duration::from_secs(32 * 24 * 3_600);

/// When an event counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belief {
    /// When it says.
    Its(i64),
    /// It says a time to come: when it came in.
    Arrival(i64),
    /// Not at all.
    TooOld,
}

/// When an event counts that says `its` time and comes in at `now`.
pub fn believe(its: i64, now: i64) -> Belief {
    let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    if its > now.saturating_add(millis(AHEAD)) {
        Belief::Arrival(now)
    } else if its < now.saturating_sub(millis(OLDEST)) {
        Belief::TooOld
    } else {
        Belief::Its(its)
    }
}

impl Belief {
    /// The instant it counts at.
    pub fn at(self) -> Option<i64> {
        match self {
            Self::Its(at) | Self::Arrival(at) => Some(at),
            Self::TooOld => None,
        }
    }
}
