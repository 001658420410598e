//! How often callers may ask: by address before anything else is done, and by credential once it is known.

use std::net::IpAddr;
use std::num::NonZeroU32;

use axum::http::StatusCode;
use governor::clock::{Clock as _, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::config::Limits;
use crate::problem::Problem;

/// On the monotonic clock: one that is set back would shut everybody out.
type Keyed<K> = RateLimiter<K, HashMapStateStore<K>, MonotonicClock, NoOpMiddleware<std::time::Instant>>;

/// The limits of one process: each of several on one database counts the calls that it gets.
#[derive(Debug)]
pub struct RateLimits {
    addresses: Keyed<IpAddr>,
    credentials: Keyed<String>,
}

impl RateLimits {
    /// Those of the configuration.
    pub fn new(limits: &Limits) -> Self {
        let quota = |a_minute: u32| Quota::per_minute(NonZeroU32::new(a_minute).unwrap_or(NonZeroU32::MIN));
        Self {
            addresses: keyed(quota(limits.calls_per_minute_of_address)),
            credentials: keyed(quota(limits.calls_per_minute_of_credential)),
        }
    }

    /// Counts a call from an address.
    ///
    /// # Errors
    /// 429 with `Retry-After` where there were too many.
    pub fn address(&self, address: IpAddr) -> Result<(), Problem> {
        count(&self.addresses, &network(address), "from this address")
    }

    /// Counts a call with a credential, by its id.
    ///
    /// # Errors
    /// 429 with `Retry-After` where there were too many.
    pub fn credential(&self, id: &str) -> Result<(), Problem> {
        count(&self.credentials, &id.to_owned(), "with this credential")
    }

    /// Forgets callers whose calls no longer count.
    pub fn forget(&self) {
        self.addresses.retain_recent();
        self.addresses.shrink_to_fit();
        self.credentials.retain_recent();
    }
}

fn keyed<K: std::hash::Hash + Eq + Clone>(quota: Quota) -> Keyed<K> {
    RateLimiter::new(quota, HashMapStateStore::default(), MonotonicClock)
}

fn count<K: std::hash::Hash + Eq + Clone>(limiter: &Keyed<K>, key: &K, whose: &str) -> Result<(), Problem> {
    limiter.check_key(key).map_err(|until| {
        let wait = until.wait_time_from(MonotonicClock.now());
        let secs = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let detail = format!("too many calls {whose}; send the same again later");
        Problem::new(StatusCode::TOO_MANY_REQUESTS, detail).retry_after(secs.max(1))
    })
}

/// Of an IPv6 address the network: a household has all the addresses in it.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RateLimits, network};
    use crate::config::Limits;

    #[test]
    fn the_call_after_the_last_is_refused_for_that_caller_alone() {
        let limits =
            Limits { calls_per_minute_of_address: 2, calls_per_minute_of_credential: 1, ..Limits::default() };
        let rates = RateLimits::new(&limits);
        let [one, other] = ["192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap()];
        assert!(rates.address(one).is_ok() && rates.address(one).is_ok());
        assert_eq!(rates.address(one).unwrap_err().status(), 429);
        assert!(rates.address(other).is_ok());
        assert!(rates.credential("a").is_ok() && rates.credential("b").is_ok());
        assert_eq!(rates.credential("a").unwrap_err().status(), 429);
        rates.forget();
        assert_eq!(rates.address(one).unwrap_err().status(), 429, "only what no longer counts");
    }

    #[test]
    fn an_ipv6_network_is_one_caller() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }
}
