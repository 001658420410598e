//! governor, a limiter per key: a rate limit of one user is counted up with each question. It keeps no level that a
//! list of the chat SDK could correct, says no reason and survives no restart.

use std::hash::Hash;
use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

pub(crate) struct Limiter<K: Hash + Eq + Clone>(DefaultKeyedRateLimiter<K>);

impl<K: Hash + Eq + Clone> Limiter<K> {
    /// With a state for each of `keys`.
    pub(crate) fn new(keys: &[K]) -> Self {
        let limiter = RateLimiter::keyed(Quota::per_second(NonZeroU32::MAX));
        for key in keys {
            assert!(limiter.check_key(key).is_ok());
        }
        Self(limiter)
    }

    pub(crate) fn check(&self, key: &K) -> bool {
        self.0.check_key(key).is_ok()
    }
}
