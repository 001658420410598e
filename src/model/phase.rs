//! Whether a person is looking at the app, which decides how long data counts as fresh.

use std::time::Duration;

use super::instant::Timestamp;
use super::named::named_enum;

named_enum! {
    /// Whether a person is looking at the app. It decides how long a document is fresh when the endpoint does not say.
    #[derive(Default)]
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum AppPhase as "app_phase" {
        /// A person is: 5 minutes.
        #[default]
        Foreground = "foreground",
        /// The app runs in the background: 25 hours, so that one background refresh a day suffices.
        Background = "background",
    }
}

impl AppPhase {
    /// How long a document is fresh when the endpoint does not say.
    pub const fn fresh_for(self) -> Duration {
        match self {
            Self::Foreground => Duration::from_secs(5 * 60),
            Self::Background => Duration::from_secs(25 * 60 * 60),
        }
    }

    /// How long a document is fresh: as long as the endpoint said, else as long as this phase allows.
    pub fn freshness(self, said_secs: Option<u64>) -> Duration {
        said_secs.map_or(self.fresh_for(), Duration::from_secs)
    }

    /// From when on a document that was current at `fetched_at` is no longer fresh.
    pub fn fresh_until(self, fetched_at: Timestamp, said_secs: Option<u64>) -> Timestamp {
        fetched_at.plus(self.freshness(said_secs))
    }

    /// Whether a document that was current at `fetched_at` is fresh at `now`: the one answer, for syncs and decisions.
    /// A document from the future is stale: it was fetched while the clock ran ahead.
    pub fn is_fresh(self, fetched_at: Timestamp, said_secs: Option<u64>, now: Timestamp) -> bool {
        fetched_at <= now && now.since(fetched_at) < self.freshness(said_secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_says_how_long_else_the_phase() {
        use AppPhase::{Background, Foreground};
        for (phase, said, secs) in [
            (Foreground, Some(60), 60),
            (Background, Some(60), 60),
            (Background, Some(0), 0),
            (Foreground, None, 300),
            (Background, None, 90_000),
        ] {
            assert_eq!(phase.freshness(said), Duration::from_secs(secs), "{phase:?} {said:?}");
            let fresh =
                |age| phase.is_fresh(Timestamp::from_secs(1_000), said, Timestamp::from_secs(1_000 + age));
            assert!(secs == 0 || fresh(i64::try_from(secs).unwrap() - 1));
            assert!(!fresh(i64::try_from(secs).unwrap()));
            assert!(!fresh(-1), "a copy from the future is stale");
        }
        let forever = Timestamp::from_secs(i64::from(i32::MAX));
        assert!(Foreground.is_fresh(Timestamp::from_secs(1), Some(u64::MAX), forever));
    }
}
