//! Tries to sign in to the page: an address has few wrong ones in a minute.

use std::collections::BTreeMap;
use std::net::IpAddr;

use parking_lot::Mutex;

use crate::limits::network;

/// Wrong tries that one address has in a minute.
const TRIES: u32 = 10;

/// Addresses that are remembered at once.
const ADDRESSES: usize = 10_000;

const MINUTE_MS: i64 = 60_000;

/// Wrong tries to sign in, by address and minute.
#[derive(Debug, Default)]
pub(crate) struct SignIns {
    tried: Mutex<BTreeMap<Option<IpAddr>, (i64, u32)>>,
}

impl SignIns {
    /// Whether an address, or one IPv6 network of 64 bits, may try; a try that fails is then noted by [`Self::failed`].
    pub(crate) fn may(&self, from: Option<IpAddr>, now: i64) -> bool {
        let (minute, from) = (now / MINUTE_MS, from.map(network));
        let mut known = self.tried.lock();
        if known.len() >= ADDRESSES {
            known.retain(|_, (of, _)| *of == minute);
        }
        match known.get(&from) {
            Some((of, tries)) => *of != minute || *tries < TRIES,
            // From so many addresses at once it is one who tries.
            None => known.len() < ADDRESSES,
        }
    }

    /// Notes a try that failed.
    pub(crate) fn failed(&self, from: Option<IpAddr>, now: i64) {
        let (minute, from) = (now / MINUTE_MS, from.map(network));
        let mut known = self.tried.lock();
        let entry = known.entry(from).or_insert((minute, 0));
        *entry = if entry.0 == minute { (minute, entry.1.saturating_add(1)) } else { (minute, 1) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_ten_wrong_tries_a_minute() {
        let tries = SignIns::default();
        let (one, other) = (Some(IpAddr::from([192, 0, 2, 1])), Some(IpAddr::from([192, 0, 2, 2])));
        for _ in 0..TRIES {
            assert!(tries.may(one, 0));
            tries.failed(one, 0);
        }
        assert!(!tries.may(one, MINUTE_MS - 1));
        assert!(tries.may(other, 0) && tries.may(one, MINUTE_MS));
    }

    #[test]
    fn an_ipv6_network_has_the_tries_of_one_address() {
        let tries = SignIns::default();
        let of = |network: u16, host: u16| Some(IpAddr::from([0x2001, 0xdb8, 0, network, 0, 0, 0, host]));
        for host in 0..10 {
            assert!(tries.may(of(7, host), 0));
            tries.failed(of(7, host), 0);
        }
        assert!(!tries.may(of(7, 10), 0) && tries.may(of(8, 10), 0));
        assert_eq!(tries.tried.lock().len(), 1, "nor does it take the room of others");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let tries = SignIns::default();
        let try_at = |n: u32, now| {
            let from = Some(IpAddr::from(n.to_be_bytes()));
            let may = tries.may(from, now);
            if may {
                tries.failed(from, now);
            }
            may
        };
        let all = u32::try_from(ADDRESSES).unwrap();
        assert!((0..all).all(|n| try_at(n, 0)));
        assert!(!try_at(all, 0) && try_at(0, 0));
        assert!(try_at(all, MINUTE_MS));
        assert_eq!(tries.tried.lock().len(), 1);
    }
}
