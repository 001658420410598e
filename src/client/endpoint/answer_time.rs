//! What an answer teaches of the time.

use std::time::Duration;

use crate::model::{Elapsed, Timestamp};
use crate::net::{Response, age, date};

/// An answer that a cache held for longer than this teaches nothing: `Age` is a number that anything on the way can
/// write, and it moves the time by as much.
const MAX_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// The times in an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AnswerTime {
    /// The endpoint's clock when it made the answer.
    pub(crate) date: Option<Timestamp>,
    /// How long caches on the way held the answer.
    pub(crate) age: Duration,
    /// The wall clock when the answer was received.
    pub(crate) wall: Timestamp,
    /// Elapsed time when the answer was received.
    pub(crate) elapsed: Elapsed,
}

impl AnswerTime {
    pub(super) fn of(response: &Response, wall: Timestamp, elapsed: Elapsed) -> Self {
        Self { date: date(response.headers()), age: age(response.headers()), wall, elapsed }
    }

    /// The endpoint's time at the moment of the receipt; `None` where the answer teaches nothing.
    pub(crate) fn taught(&self) -> Option<Timestamp> {
        self.date.filter(|_| self.age <= MAX_AGE).map(|date| date.plus(self.age))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_age_is_added_and_beyond_a_day_nothing_is_taught() {
        let lesson = |date, age| AnswerTime {
            date,
            age: Duration::from_secs(age),
            wall: Timestamp::MIN,
            elapsed: Elapsed(0),
        };
        let noon = Timestamp::from_secs(1_000_000);
        assert_eq!(lesson(Some(noon), 40).taught(), Some(Timestamp::from_secs(1_000_040)));
        assert_eq!(lesson(Some(noon), 86_400).taught(), Some(Timestamp::from_secs(1_086_400)));
        assert_eq!(lesson(Some(noon), 86_401).taught(), None);
        assert_eq!(lesson(None, 0).taught(), None);
    }
}
