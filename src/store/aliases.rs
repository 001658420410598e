//! Pseudonyms of ids that were asked for lately: looking one up costs a short keyed hash instead of an HMAC.
//!
//! An entry is found by 64 bits of that hash at most and told by 64 others, under a key that is as secret as the salt:
//! who may choose ids cannot make one pass for another. Ids themselves are not kept. Reading and filing take no lock; an
//! entry of which half was overwritten fits no id.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use siphasher::sip128::{Hasher128, SipHasher13};

use crate::model::Pseudonym;

/// Sets of the first table; each next one has twice as many, and is taken when half of the one before is taken:
/// of a fuller one many sets have no room left.
const FIRST: usize = 256;
const TABLES: usize = 14;

/// The entries of one set, which is one cache line.
const WAYS: usize = 2;

/// An id's pseudonym.
#[derive(Debug, Default)]
#[repr(align(32))]
struct Entry {
    high: AtomicU64,
    low: AtomicU64,
    /// What tells the id, mixed with the other two.
    check: AtomicU64,
}

#[derive(Debug, Default)]
#[repr(align(64))]
struct Set([Entry; WAYS]);

/// Pseudonyms of ids that were asked for lately.
#[derive(Debug)]
pub(super) struct Aliases {
    keys: [u64; 2],
    tables: [OnceLock<Box<[Set]>>; TABLES],
    current: AtomicUsize,
    filled: AtomicUsize,
}

impl Entry {
    fn get(&self, told: u64) -> Option<Pseudonym> {
        let (high, low) = (self.high.load(Ordering::Relaxed), self.low.load(Ordering::Relaxed));
        let fits = self.check.load(Ordering::Relaxed) == told ^ mixed(high, low);
        fits.then(|| Pseudonym((u128::from(high) << 64 | u128::from(low)).to_be_bytes()))
    }

    fn put(&self, told: u64, Pseudonym(bytes): Pseudonym) {
        let whole = u128::from_be_bytes(bytes);
        #[allow(clippy::cast_possible_truncation, reason = "each is its half")]
        let (high, low) = ((whole >> 64) as u64, whole as u64);
        self.high.store(high, Ordering::Relaxed);
        self.low.store(low, Ordering::Relaxed);
        self.check.store(told ^ mixed(high, low), Ordering::Relaxed);
    }

    fn is_empty(&self) -> bool {
        self.check.load(Ordering::Relaxed) == 0
    }
}

/// Never the same for two pairs that share one of the two, and not zero for what nothing was put into.
const fn mixed(high: u64, low: u64) -> u64 {
    !(high.rotate_left(23) ^ low)
}

impl Aliases {
    pub(super) fn new(keys: [u64; 2]) -> Self {
        Self {
            keys,
            tables: [const { OnceLock::new() }; TABLES],
            current: AtomicUsize::new(0),
            filled: AtomicUsize::new(0),
        }
    }

    /// The pseudonym of `id`, by `work_out` where it is not known. `kind` tells users and groups apart.
    pub(super) fn get(&self, kind: u64, id: &[u8], work_out: impl FnOnce() -> Pseudonym) -> Pseudonym {
        let [first, second] = self.keys;
        let hash = {
            use std::hash::Hasher as _;
            let mut hasher = SipHasher13::new_with_keys(first ^ kind, second);
            hasher.write(id);
            hasher.finish128()
        };
        let nth = self.current.load(Ordering::Relaxed);
        let sets = self.tables[nth].get_or_init(|| {
            let mut sets = Vec::new();
            sets.resize_with(FIRST << nth, Set::default);
            sets.into()
        });
        // The number of sets is a power of two.
        #[allow(clippy::cast_possible_truncation, reason = "cut to the number of sets right after")]
        let Set(entries) = &sets[hash.h1 as usize & (sets.len() - 1)];
        if let Some(known) = entries.iter().find_map(|entry| entry.get(hash.h2)) {
            return known;
        }
        let pseudonym = work_out();
        let free = entries.iter().find(|entry| entry.is_empty());
        if free.is_some() {
            self.fill(nth, sets.len());
        }
        let way = usize::from(hash.h1 >> 63 != 0);
        free.unwrap_or(&entries[way]).put(hash.h2, pseudonym);
        pseudonym
    }

    /// One more entry of the table `nth` is taken; of a full one nothing is looked up any more.
    #[cold]
    fn fill(&self, nth: usize, sets: usize) {
        let filled = self.filled.fetch_add(1, Ordering::Relaxed) + 1;
        let next = nth + 1;
        if filled > sets * WAYS / 2 && next < TABLES {
            let moved = self.current.compare_exchange(nth, next, Ordering::Relaxed, Ordering::Relaxed);
            if moved.is_ok() {
                self.filled.store(0, Ordering::Relaxed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudonym(n: u32) -> Pseudonym {
        Pseudonym(u128::from(n).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835).to_be_bytes())
    }

    #[test]
    fn an_id_is_worked_out_once_while_there_is_room_and_is_never_another() {
        let aliases = Aliases::new([1, 2]);
        let ask = |kind, n: u32, of: &mut u32| {
            let found = aliases.get(kind, &n.to_be_bytes(), || {
                *of += 1;
                pseudonym(n ^ u32::try_from(kind).unwrap())
            });
            assert_eq!(found, pseudonym(n ^ u32::try_from(kind).unwrap()));
        };
        let mut worked_out = 0;
        for _ in 0..3 {
            for n in 0..50 {
                ask(0, n, &mut worked_out);
                ask(1 << 20, n, &mut worked_out);
            }
        }
        assert!((100..110).contains(&worked_out), "{worked_out}");
        for n in 0..50_000 {
            ask(0, n, &mut worked_out);
        }
        assert!(aliases.current.load(Ordering::Relaxed) > 1, "the table grows with what is asked for");
        // A larger table begins empty.
        for n in (0..3).flat_map(|_| 0..50_000) {
            ask(0, n, &mut worked_out);
        }
        assert!(worked_out < 200_000, "each is worked out a few times at most: {worked_out}");
        let mut again = 0;
        for n in 0..50_000 {
            ask(0, n, &mut again);
        }
        assert!(again < 10_000, "{again}");
    }

    #[test]
    fn threads_that_file_at_once_never_mix_two_ids_up() {
        let aliases = Aliases::new([3, 4]);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    for n in (0..200_000_u32).map(|n| n.wrapping_mul(31) % 700) {
                        assert_eq!(aliases.get(0, &n.to_be_bytes(), || pseudonym(n)), pseudonym(n));
                    }
                });
            }
        });
    }
}
