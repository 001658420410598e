//! Elapsed time: how long something has lasted, whatever the wall clock says.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A reading of a monotonic clock, in milliseconds. Nobody can set it.
///
/// Readings compare across the processes of one boot and start again from zero with the next one. Time that the
/// machine sleeps counts where the platform's clock has it.
///
/// ```
/// use std::time::Duration;
/// use planguard::Elapsed;
/// let begun = Elapsed(5_000);
/// assert_eq!(begun.plus(Duration::from_secs(2)).since(begun), Duration::from_secs(2));
/// assert!(!Elapsed::lapsed(begun, Duration::from_secs(60), Elapsed(30_000)));
/// assert!(Elapsed::lapsed(begun, Duration::from_secs(60), Elapsed(200)));   // another boot
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Elapsed(pub u64);

impl Elapsed {
    /// This reading `duration` later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }

    /// The time from `earlier` to this reading; zero when `earlier` is not earlier.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// Whether a wait of `length` that began at `begun` is over at `now`.
    ///
    /// A reading before `begun` is of another boot: whoever waited is gone, and so is the wait.
    pub fn lapsed(begun: Self, length: Duration, now: Self) -> bool {
        now < begun || now >= begun.plus(length)
    }
}

/// A wait that is kept over a restart by its length, not by its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Wait {
    /// When it began.
    pub begun: Elapsed,
    /// How long it lasts, in milliseconds.
    pub length_ms: u64,
}

impl Wait {
    /// A wait of `length` from `now` on.
    pub fn begin(now: Elapsed, length: Duration) -> Self {
        Self { begun: now, length_ms: millis(length) }
    }

    /// Whether it is over, by [`Elapsed::lapsed`].
    pub fn is_over(self, now: Elapsed) -> bool {
        Elapsed::lapsed(self.begun, Duration::from_millis(self.length_ms), now)
    }

    /// How much of it is left; zero once it is over.
    pub fn left(self, now: Elapsed) -> Duration {
        if self.is_over(now) {
            return Duration::ZERO;
        }
        self.begun.plus(Duration::from_millis(self.length_ms)).since(now)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_wait_ends_after_its_length_and_with_the_boot() {
        let wait = Wait::begin(Elapsed(90_000), MINUTE);
        let table = [(90_000, 60_000), (149_999, 1), (150_000, 0), (900_000, 0), (89_999, 0), (0, 0)];
        for (now, left) in table {
            assert_eq!(wait.left(Elapsed(now)), Duration::from_millis(left), "at {now}");
            assert_eq!(wait.is_over(Elapsed(now)), left == 0, "at {now}");
        }
    }

    #[test]
    fn no_reading_overflows() {
        assert_eq!(Elapsed(u64::MAX).plus(MINUTE), Elapsed(u64::MAX));
        assert_eq!(Elapsed(1).since(Elapsed(2)), Duration::ZERO);
        assert!(!Wait::begin(Elapsed(1), Duration::MAX).is_over(Elapsed(u64::MAX - 1)));
    }
}
