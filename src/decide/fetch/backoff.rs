//! How long to wait after a failure: capped exponential backoff with jitter.

use std::time::Duration;

/// A random fraction, drawn by the caller so that decisions stay pure: in \[0, 1), in steps of 2⁻³².
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Jitter(u32);

impl Jitter {
    /// No jitter at all.
    #[cfg(any(test, feature = "testing"))]
    pub const NONE: Self = Self(0);

    /// From 32 random bits.
    pub const fn from_random(bits: u32) -> Self {
        Self(bits)
    }

    /// This fraction of `span`, to the millisecond.
    pub fn of(self, span: Duration) -> Duration {
        let share = (span.as_millis().saturating_mul(u128::from(self.0))) >> 32;
        Duration::from_millis(u64::try_from(share).unwrap_or(u64::MAX))
    }
}

/// A capped exponential backoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Backoff {
    /// The longest wait after the first failure; it doubles with every further one.
    pub base: Duration,
    /// The longest wait of all.
    pub cap: Duration,
}

impl Backoff {
    /// For the billing endpoint: 5 s, doubling, at most 15 min.
    pub(crate) const ENDPOINT: Self =
        Self { base: Duration::from_secs(5), cap: Duration::from_secs(15 * 60) };

    /// The wait after `failures` failures in a row; zero when there was none.
    ///
    /// Half of it is fixed, half is jitter: clients that failed together come back spread out, and none comes back
    /// at once.
    pub(crate) fn after(self, failures: u32, jitter: Jitter) -> Duration {
        let Some(doublings) = failures.checked_sub(1) else { return Duration::ZERO };
        let longest = self.base.saturating_mul(2_u32.saturating_pow(doublings)).min(self.cap);
        longest / 2 + jitter.of(longest / 2)
    }
}

/// An endpoint can ask for an hour at most: a slip in its `Retry-After` must not silence an app for a year.
pub(crate) const MAX_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);

/// The least span over which clients that were given the same `Retry-After` are spread.
const LEAST_SPREAD: Duration = Duration::from_secs(5);

/// The wait for a `Retry-After` of `wish`: at least that long (the cap aside), and up to a tenth longer, so that the
/// clients that were sent away together do not come back in the same instant.
pub(crate) fn asked_for(wish: Duration, jitter: Jitter) -> Duration {
    let wait = wish.min(MAX_RETRY_AFTER);
    wait + jitter.of((wait / 10).max(LEAST_SPREAD))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALMOST_ONE: Jitter = Jitter::from_random(u32::MAX);

    #[test]
    fn waits_double_up_to_the_cap() {
        let waits =
            |jitter| [0, 1, 2, 3, 8, 9, u32::MAX].map(|n| Backoff::ENDPOINT.after(n, jitter).as_millis());
        assert_eq!(waits(Jitter::NONE), [0, 2_500, 5_000, 10_000, 320_000, 450_000, 450_000]);
        assert_eq!(waits(ALMOST_ONE), [0, 4_999, 9_999, 19_999, 639_999, 899_999, 899_999]);
        assert_eq!(Backoff::ENDPOINT.after(1, Jitter::from_random(1 << 31)).as_millis(), 3_750);
    }

    #[test]
    fn a_retry_after_is_kept_to_and_spread_over_a_tenth() {
        let secs = |wish, jitter| asked_for(Duration::from_secs(wish), jitter).as_secs();
        assert_eq!([1, 120, 86_400].map(|wish| secs(wish, Jitter::NONE)), [1, 120, 3_600]);
        assert_eq!([1, 120, 86_400].map(|wish| secs(wish, ALMOST_ONE)), [5, 131, 3_959]);
        assert_eq!(secs(u64::MAX, ALMOST_ONE), 3_959);
    }

    #[test]
    fn absurd_durations_do_not_overflow() {
        let forever = Backoff { base: Duration::MAX, cap: Duration::MAX };
        assert!(forever.after(u32::MAX, ALMOST_ONE) <= Duration::MAX);
    }
}
