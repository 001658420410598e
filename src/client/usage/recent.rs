//! Which happenings this process counted lately.

use std::collections::{HashSet, VecDeque};

/// How many keys are remembered. The store remembers all of them.
const MOST: usize = 1_024;

/// The keys of the latest happenings. Memory that stands in for a failing store does not know those that the store has
/// noted: without this one that is told again would count twice until the store is back.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    known: HashSet<[u8; 16]>,
    oldest_first: VecDeque<[u8; 16]>,
}

impl Recent {
    pub(crate) fn contains(&self, key: &[u8; 16]) -> bool {
        self.known.contains(key)
    }

    pub(crate) fn note(&mut self, key: [u8; 16]) {
        if !self.known.insert(key) {
            return;
        }
        self.oldest_first.push_back(key);
        if self.oldest_first.len() > MOST
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_keys_are_remembered_and_no_more() {
        let mut recent = Recent::default();
        let key = |n: u128| n.to_be_bytes();
        for n in 0..=MOST as u128 {
            recent.note(key(n));
            recent.note(key(n));
        }
        assert!(!recent.contains(&key(0)));
        assert!(recent.contains(&key(1)) && recent.contains(&key(MOST as u128)));
        assert_eq!(recent.known.len(), MOST);
    }
}
