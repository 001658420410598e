//! Whether a held document is fresh, and whether to fetch.

use std::time::Duration;

use super::backoff::Jitter;
use crate::model::Timestamp;

/// When to fetch and when to answer from the held copy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FetchPolicy {
    /// Never fetch.
    CacheOnly,
    /// Fetch now, for instance when a person pulls to refresh. A pause the endpoint asked for still holds.
    Fetch,
    /// Fetch unless the held copy is fresh.
    FreshOrFetch,
    /// Answer from the held copy at once. Where it is stale the answer says so, and the app fetches afterwards:
    /// nothing runs by itself.
    #[default]
    StaleWhileRevalidate,
}

/// Whether a person is looking at the app. It decides how long a document is fresh when the endpoint does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AppPhase {
    /// Somebody is: 5 minutes.
    #[default]
    Foreground,
    /// Nobody is: 25 hours, so that one background refresh a day suffices.
    Background,
}

impl AppPhase {
    /// How long a document is fresh when the endpoint does not say.
    pub const fn fresh_for(self) -> Duration {
        match self {
            Self::Foreground => Duration::from_secs(5 * 60),
            Self::Background => Duration::from_secs(25 * 60 * 60),
        }
    }
}

/// How old the held copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staleness {
    /// Whether it may be used without asking the endpoint.
    pub fresh: bool,
    /// The time since the endpoint last confirmed it.
    pub age: Duration,
}

/// Judges a copy that the endpoint last confirmed at `fetched_at`. Both instants are trusted time.
///
/// `fresh_for_secs` is what the endpoint said. A fresh time is shortened by up to a tenth, by `jitter`, so that apps
/// which fetched together (all woken by one push) do not come back together. A copy from the future is stale:
/// it was fetched while the clock ran ahead.
pub fn staleness(
    fetched_at: Timestamp,
    fresh_for_secs: Option<u64>,
    phase: AppPhase,
    jitter: Jitter,
    now: Timestamp,
) -> Staleness {
    let said = fresh_for_secs.map_or(phase.fresh_for(), Duration::from_secs);
    let fresh_for = said.saturating_sub(jitter.of(said / 10));
    let age = now.since(fetched_at);
    Staleness { fresh: fetched_at <= now && age < fresh_for, age }
}

/// What to do for one request of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchDecision {
    /// Answer from the held copy.
    UseCache,
    /// Answer from the held copy, and fetch afterwards.
    UseCacheAndRevalidate,
    /// Fetch, and answer with the result.
    FetchThenUse,
    /// There is no copy, and none may be fetched.
    Nothing,
}

/// Decides by the policy and the held copy, `None` when there is none.
pub fn decide(policy: FetchPolicy, held: Option<Staleness>) -> FetchDecision {
    match (policy, held) {
        (FetchPolicy::CacheOnly, None) => FetchDecision::Nothing,
        (FetchPolicy::CacheOnly, Some(_)) => FetchDecision::UseCache,
        (FetchPolicy::FreshOrFetch | FetchPolicy::StaleWhileRevalidate, Some(held)) if held.fresh => {
            FetchDecision::UseCache
        }
        (FetchPolicy::StaleWhileRevalidate, Some(_)) => FetchDecision::UseCacheAndRevalidate,
        (FetchPolicy::Fetch | FetchPolicy::FreshOrFetch | FetchPolicy::StaleWhileRevalidate, _) => {
            FetchDecision::FetchThenUse
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh(said: Option<u64>, phase: AppPhase, jitter: Jitter, age_secs: i64) -> bool {
        let fetched = Timestamp::from_secs(1_000_000);
        staleness(fetched, said, phase, jitter, Timestamp::from_secs(1_000_000 + age_secs)).fresh
    }

    #[test]
    fn the_endpoint_says_how_long_else_the_phase() {
        use AppPhase::{Background, Foreground};
        for (said, phase, lasts) in [
            (Some(60), Foreground, 60),
            (Some(60), Background, 60),
            (None, Foreground, 300),
            (None, Background, 90_000),
        ] {
            assert!(fresh(said, phase, Jitter::NONE, lasts - 1), "{said:?} {phase:?}");
            assert!(!fresh(said, phase, Jitter::NONE, lasts), "{said:?} {phase:?}");
        }
        assert!(!fresh(Some(0), Background, Jitter::NONE, 0));
        assert!(fresh(Some(u64::MAX), Foreground, Jitter::from_random(u32::MAX), i64::from(i32::MAX)));
    }

    #[test]
    fn jitter_shortens_by_a_tenth_at_most() {
        let most = Jitter::from_random(u32::MAX);
        assert!(fresh(Some(1000), AppPhase::Foreground, most, 900));
        assert!(!fresh(Some(1000), AppPhase::Foreground, most, 901));
    }

    #[test]
    fn a_copy_from_the_future_is_stale() {
        let early = Timestamp::from_secs(10);
        let held = staleness(Timestamp::from_secs(11), Some(60), AppPhase::Foreground, Jitter::NONE, early);
        assert_eq!(held, Staleness { fresh: false, age: Duration::ZERO });
    }

    #[test]
    fn every_policy_meets_every_copy() {
        use FetchDecision::{FetchThenUse, Nothing, UseCache, UseCacheAndRevalidate};
        let copy = |fresh| Some(Staleness { fresh, age: Duration::from_secs(9) });
        for (policy, none, stale, fresh) in [
            (FetchPolicy::CacheOnly, Nothing, UseCache, UseCache),
            (FetchPolicy::Fetch, FetchThenUse, FetchThenUse, FetchThenUse),
            (FetchPolicy::FreshOrFetch, FetchThenUse, FetchThenUse, UseCache),
            (FetchPolicy::StaleWhileRevalidate, FetchThenUse, UseCacheAndRevalidate, UseCache),
        ] {
            assert_eq!(decide(policy, None), none, "{policy:?}");
            assert_eq!(decide(policy, copy(false)), stale, "{policy:?}");
            assert_eq!(decide(policy, copy(true)), fresh, "{policy:?}");
        }
    }
}
