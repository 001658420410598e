//! governor, one limiter for all: a rate limit is counted up with each question. It knows no user.

use std::num::NonZeroU32;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

pub(crate) struct Limiter(DefaultDirectRateLimiter);

impl Limiter {
    pub(crate) fn new() -> Self {
        Self(RateLimiter::direct(Quota::per_second(NonZeroU32::MAX)))
    }

    pub(crate) fn check(&self) -> bool {
        self.0.check().is_ok()
    }
}
