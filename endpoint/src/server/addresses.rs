//! How many connections each address has: one caller does not take all that there are.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::limits::network;

/// The connections of each address. Clones share them.
#[derive(Clone)]
pub(super) struct Addresses {
    most: usize,
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One connection of an address, until it is dropped.
pub(super) struct Held {
    addresses: Addresses,
    of: IpAddr,
}

impl Addresses {
    /// Up to so many of each.
    pub(super) fn new(most: usize) -> Self {
        Self { most, held: Arc::default() }
    }

    /// One more of an address; `None` where it has all that it may have.
    pub(super) fn hold(&self, address: IpAddr) -> Option<Held> {
        let of = network(address);
        let mut held = self.held.lock();
        let count = held.entry(of).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Held { addresses: self.clone(), of })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut held = self.addresses.held.lock();
        if let Some(count) = held.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Addresses;

    #[test]
    fn an_address_has_so_many_and_no_more_until_one_ends() {
        let addresses = Addresses::new(2);
        let [one, other] = ["192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap()];
        let first = addresses.hold(one).unwrap();
        let second = addresses.hold(one).unwrap();
        assert!(addresses.hold(one).is_none() && addresses.hold(other).is_some());
        drop(first);
        let third = addresses.hold(one).unwrap();
        assert!(addresses.hold(one).is_none());
        drop((second, third));
        assert!(addresses.held.lock().is_empty(), "nothing is kept of who is gone");
    }
}
