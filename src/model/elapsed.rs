//! Readings of a monotonic clock.

use std::time::Duration;

/// A reading of a clock that only runs forwards, in milliseconds from an arbitrary start.
///
/// Waits run on it: a wall clock can be set, and trusted time can stand still. All processes of one boot of the machine
/// share the start; a restart of the machine begins anew, so a reading is never kept over a restart.
///
/// ```
/// use std::time::Duration;
/// use planguard::Elapsed;
/// let begun = Elapsed(1_000);
/// let due = begun.plus(Duration::from_secs(2));
/// assert_eq!(due.since(begun), Duration::from_secs(2));
/// assert_eq!(begun.since(due), Duration::ZERO);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Elapsed(pub u64);

impl Elapsed {
    /// The reading `duration` later, saturating.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }

    /// The time from `earlier` to this reading; zero when `earlier` is not earlier.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}
