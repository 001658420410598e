//! Whether a held document is fresh, and whether to fetch.

use std::time::Duration;

use super::backoff::Jitter;
use crate::model::{AppPhase, Timestamp, named_enum};

named_enum! {
    /// When to fetch and when to answer from the held copy.
    #[derive(Default)]
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum FetchPolicy as "fetch_policy" {
        /// Never fetch.
        CacheOnly = "cache_only",
        /// Fetch now, for instance when a person pulls to refresh. A pause the endpoint asked for still holds.
        Fetch = "fetch",
        /// Fetch unless the held copy is fresh.
        FreshOrFetch = "fresh_or_fetch",
        /// Answer from the held copy at once. Where a fetch is due the answer says so, and the app fetches afterwards:
        /// nothing runs by itself.
        #[default]
        StaleWhileRevalidate = "stale_while_revalidate",
    }
}

/// How old the held copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct Staleness {
    /// Whether it may be used without asking the endpoint: what decisions go by.
    pub fresh: bool,
    /// The time since it was known to be current.
    pub age: Duration,
}

/// Judges a copy that was current at `fetched_at`, in `phase`. Both instants are trusted time; `fresh_for` is what the
/// endpoint said, in seconds. Decisions come to the same answer
/// ([`Entitlements::is_stale`](crate::model::Entitlements::is_stale)).
pub(crate) fn staleness(
    fetched_at: Timestamp,
    fresh_for: Option<u64>,
    phase: AppPhase,
    now: Timestamp,
) -> Staleness {
    Staleness { fresh: phase.is_fresh(fetched_at, fresh_for, now), age: now.since(fetched_at) }
}

/// Whether a fetch of the copy is due: it is stale, or soon will be.
///
/// The last tenth of its freshness is cut short by `jitter`, so that apps which fetched together (all woken by one
/// push) do not come back together.
pub(crate) fn is_due(
    fetched_at: Timestamp,
    fresh_for: Option<u64>,
    phase: AppPhase,
    jitter: Jitter,
    now: Timestamp,
) -> bool {
    let ahead = jitter.of(phase.freshness(fresh_for) / 10);
    !phase.is_fresh(fetched_at, fresh_for, now) || !phase.is_fresh(fetched_at, fresh_for, now.plus(ahead))
}

/// When a document that was just received or confirmed at `now` was current: `age` before, which is how long caches on
/// the way have held the answer (RFC 9111, 4.2.3).
///
/// Of that section's two estimates only `Age` is used. The other compares the answer's `Date` with the local clock,
/// and here that clock is the one that learns from the `Date`.
pub(crate) fn current_at(now: Timestamp, age: Duration) -> Timestamp {
    now.minus(age)
}

/// What to do for one request of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FetchDecision {
    /// Answer from the held copy.
    UseCache,
    /// Answer from the held copy, and fetch afterwards.
    UseCacheAndRevalidate,
    /// Fetch, and answer with the result.
    FetchThenUse,
    /// There is no copy, and none may be fetched.
    NoDocument,
}

/// Decides by the policy and whether a fetch of the held copy is due; `None` when there is no copy.
pub(crate) const fn decide(policy: FetchPolicy, due: Option<bool>) -> FetchDecision {
    match (policy, due) {
        (FetchPolicy::CacheOnly, None) => FetchDecision::NoDocument,
        (FetchPolicy::CacheOnly, Some(_))
        | (FetchPolicy::FreshOrFetch | FetchPolicy::StaleWhileRevalidate, Some(false)) => {
            FetchDecision::UseCache
        }
        (FetchPolicy::StaleWhileRevalidate, Some(true)) => FetchDecision::UseCacheAndRevalidate,
        (FetchPolicy::Fetch | FetchPolicy::FreshOrFetch | FetchPolicy::StaleWhileRevalidate, _) => {
            FetchDecision::FetchThenUse
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    #[test]
    fn jitter_brings_the_fetch_forward_and_leaves_the_copy_fresh() {
        let most = Jitter::from_random(u32::MAX);
        let due = |jitter, now| is_due(s(0), Some(1000), AppPhase::Foreground, jitter, s(now));
        assert!(!due(most, 900) && due(most, 901));
        assert!(!due(Jitter::NONE, 999) && due(Jitter::NONE, 1000));
        assert!(staleness(s(0), Some(1000), AppPhase::Foreground, s(999)).fresh);
    }

    #[test]
    fn a_copy_from_the_future_is_stale_and_due() {
        let held = staleness(s(11), Some(60), AppPhase::Foreground, s(10));
        assert_eq!(held, Staleness { fresh: false, age: Duration::ZERO });
        assert!(is_due(s(11), Some(60), AppPhase::Foreground, Jitter::from_random(u32::MAX), s(10)));
    }

    #[test]
    fn the_time_in_a_cache_counts_against_freshness() {
        let at = current_at(s(1_000), Duration::from_secs(295));
        assert!(staleness(at, Some(300), AppPhase::Foreground, s(1_004)).fresh);
        assert!(!staleness(at, Some(300), AppPhase::Foreground, s(1_005)).fresh);
        let ancient = current_at(s(1_000), Duration::from_secs(u64::MAX));
        assert!(!staleness(ancient, None, AppPhase::Background, s(100_000)).fresh);
    }

    #[test]
    fn every_policy_meets_every_copy() {
        use FetchDecision::{FetchThenUse, NoDocument, UseCache, UseCacheAndRevalidate};
        for (policy, none, due, fresh) in [
            (FetchPolicy::CacheOnly, NoDocument, UseCache, UseCache),
            (FetchPolicy::Fetch, FetchThenUse, FetchThenUse, FetchThenUse),
            (FetchPolicy::FreshOrFetch, FetchThenUse, FetchThenUse, UseCache),
            (FetchPolicy::StaleWhileRevalidate, FetchThenUse, UseCacheAndRevalidate, UseCache),
        ] {
            assert_eq!(decide(policy, None), none, "{policy:?}");
            assert_eq!(decide(policy, Some(true)), due, "{policy:?}");
            assert_eq!(decide(policy, Some(false)), fresh, "{policy:?}");
        }
    }
}
