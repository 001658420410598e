//! Two readings of one moment: trusted time, which can be corrected, and elapsed time, which only passes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::instant::Timestamp;

/// Milliseconds of a monotonic clock that all processes of one boot share.
///
/// Waits (pauses, permits, tickets, leases) are measured by it: trusted time stands still after a clock was set
/// back, and a wait on it would have no end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Elapsed(pub u64);

impl Elapsed {
    /// This reading, `duration` later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }

    /// What has passed since `earlier`; zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// A wait of a fixed length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Wait {
    /// When it began.
    pub begun: Elapsed,
    /// How long it lasts, in milliseconds.
    pub length_ms: u64,
}

impl Wait {
    /// A wait of `length` from `begun` on.
    pub fn new(begun: Elapsed, length: Duration) -> Self {
        Self { begun, length_ms: u64::try_from(length.as_millis()).unwrap_or(u64::MAX) }
    }

    /// Whether the wait is over. A reading before it began belongs to another boot: whoever waited then is gone,
    /// and no wait is longer than its own length.
    pub const fn is_over(&self, now: Elapsed) -> bool {
        now.0 < self.begun.0 || now.0 - self.begun.0 >= self.length_ms
    }

    /// What is left of it; zero when it is over.
    pub const fn left(&self, now: Elapsed) -> Duration {
        if self.is_over(now) {
            return Duration::ZERO;
        }
        Duration::from_millis(self.length_ms - (now.0 - self.begun.0))
    }

    /// How long it lasts.
    pub const fn length(&self) -> Duration {
        Duration::from_millis(self.length_ms)
    }

    /// When it ends.
    pub const fn end(&self) -> Elapsed {
        Elapsed(self.begun.0.saturating_add(self.length_ms))
    }
}

/// Both readings of one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Trusted time: dates what happens.
    pub at: Timestamp,
    /// Elapsed time: measures waits.
    pub elapsed: Elapsed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_never_longer_than_its_length() {
        let wait = Wait::new(Elapsed(1_000), Duration::from_secs(60));
        assert!(!wait.is_over(Elapsed(1_000)));
        assert_eq!(wait.left(Elapsed(31_000)), Duration::from_secs(30));
        assert!(wait.is_over(Elapsed(61_000)));
        // After a reboot the reading starts again.
        assert!(wait.is_over(Elapsed(999)));
        let endless = Wait::new(Elapsed(5), Duration::MAX);
        assert_eq!((endless.end(), endless.is_over(Elapsed(u64::MAX - 1))), (Elapsed(u64::MAX), false));
    }
}
