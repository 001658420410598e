//! Which line a key is in: an open-addressing table of line numbers that is read without a lock.

use std::sync::atomic::{AtomicU32, Ordering};

const EMPTY: u32 = 0;
const GONE: u32 = u32::MAX;
const SMALLEST: usize = 64;

/// One index of a table. It never grows: a full one is followed by another.
#[derive(Debug)]
pub(super) struct Index {
    /// A line's number and one, or [`EMPTY`] or [`GONE`].
    entries: Box<[AtomicU32]>,
    shift: u32,
}

impl Index {
    /// The one of that generation, each of which is twice as large as the one before.
    pub(super) fn of_generation(nth: usize) -> Self {
        let len = SMALLEST << nth;
        let mut entries = Vec::new();
        entries.resize_with(len, || AtomicU32::new(EMPTY));
        Self { entries: entries.into(), shift: 64 - len.trailing_zeros() }
    }

    /// How many lines it has room for: at most three entries in five are taken.
    pub(super) const fn room(&self) -> usize {
        self.entries.len() / 5 * 3
    }

    /// How many lines the one of that generation has room for.
    pub(super) const fn room_of_generation(nth: usize) -> usize {
        (SMALLEST << nth) / 5 * 3
    }

    /// Takes everything off.
    pub(super) fn clear(&self) {
        for entry in &self.entries {
            entry.store(EMPTY, Ordering::Relaxed);
        }
    }

    /// The first line on the way of `hash` that `is` the one looked for.
    pub(super) fn find<T>(&self, hash: u64, mut is: impl FnMut(u32) -> Option<T>) -> Option<T> {
        let mask = self.entries.len() - 1;
        let mut at = self.start(hash);
        loop {
            match self.entries[at].load(Ordering::Acquire) {
                EMPTY => return None,
                GONE => {}
                number => {
                    if let Some(found) = is(number - 1) {
                        return Some(found);
                    }
                }
            }
            at = (at + 1) & mask;
        }
    }

    /// Files `line` under `hash`. There must be room, and one writer. Says whether it took an entry that was empty.
    pub(super) fn insert(&self, hash: u64, line: u32) -> bool {
        let mask = self.entries.len() - 1;
        let mut at = self.start(hash);
        loop {
            let held = self.entries[at].load(Ordering::Relaxed);
            if held == EMPTY || held == GONE {
                self.entries[at].store(line + 1, Ordering::Release);
                return held == EMPTY;
            }
            at = (at + 1) & mask;
        }
    }

    /// Takes `line` off, which is filed under `hash`.
    pub(super) fn remove(&self, hash: u64, line: u32) {
        let mask = self.entries.len() - 1;
        let mut at = self.start(hash);
        loop {
            match self.entries[at].load(Ordering::Relaxed) {
                EMPTY => return,
                held if held == line + 1 => return self.entries[at].store(GONE, Ordering::Release),
                _ => at = (at + 1) & mask,
            }
        }
    }

    /// The high bits, which are the best mixed.
    #[allow(clippy::cast_possible_truncation, reason = "no more bits than the length has")]
    const fn start(&self, hash: u64) -> usize {
        (hash >> self.shift) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filed_is_found_until_it_is_taken_off() {
        let index = Index::of_generation(2);
        assert_eq!(index.room(), Index::room_of_generation(2));
        // All on one way, at the end of the table.
        let hash = u64::MAX;
        for line in 0..50 {
            assert!(index.insert(hash, line));
        }
        let find = |line| index.find(hash, |seen| (seen == line).then_some(seen));
        assert!((0..50).all(|line| find(line) == Some(line)) && find(50).is_none());
        index.remove(hash, 7);
        index.remove(hash, 77);
        assert!(find(7).is_none() && find(49).is_some());
        assert!(!index.insert(hash, 60), "the entry that was left is taken again");
        assert_eq!(find(60), Some(60));
    }
}
