//! Pages by hash: a table that grows by a page at a time (extendible hashing).
//!
//! A directory says by the first bits of a hash which page it belongs to. A full page is followed by two others, between
//! which one more bit decides, and is used again for the next. Nothing is copied but the page and, now and then, the
//! directory. Reading takes no lock. One thread at a time may change which pages there are: the caller sees to that.

use super::Numbered;
use crate::lockless::{AtomicU32, AtomicUsize, OnceLock, Ordering};

/// The most bits that a directory looks at.
const DEEPEST: u32 = 24;

/// What an entry of a directory says: how many bits lead to the page, and its number.
const DEPTH_BITS: u32 = 5;
const _: () = assert!(DEEPEST < 1 << DEPTH_BITS);

/// The first segment has one page.
const FIRST: u32 = 1;

/// Pages that are found by the first bits of a hash.
#[derive(Debug)]
pub(crate) struct Pages<P, const LARGEST: u32> {
    /// By how many bits they look at. Former ones are together not larger than the one in use.
    directories: [OnceLock<Box<[AtomicU32]>>; DEEPEST as usize + 1],
    /// How many bits the directory in use looks at, and how often a page was followed.
    turn: AtomicUsize,
    /// By their numbers.
    numbered: Numbered<P, FIRST, LARGEST>,
    /// How many pages there are.
    made: AtomicU32,
    /// A page that was followed and is free, and one; zero while there is none.
    spare: AtomicU32,
}

/// What is to come after a page.
pub(crate) enum Follow {
    /// One page for the same bits.
    Same,
    /// Two pages, between which the next bit decides.
    Split,
}

const fn entry(number: u32, depth: u32) -> u32 {
    number << DEPTH_BITS | depth
}

const fn number_of(entry: u32) -> u32 {
    entry >> DEPTH_BITS
}

const fn depth_of(entry: u32) -> u32 {
    entry & ((1 << DEPTH_BITS) - 1)
}

/// Whether the last of the first `depth` bits of a hash is set: after a split it belongs to the second page then.
pub(crate) const fn is_second(hash: u64, depth: u32) -> bool {
    first_bits(hash, depth) & 1 != 0
}

/// The first `depth` bits of a hash.
#[allow(clippy::cast_possible_truncation, reason = "24 bits at most")]
const fn first_bits(hash: u64, depth: u32) -> usize {
    // In two steps: no bits at all is a shift by all of them.
    (hash >> 1 >> (63 - depth)) as usize
}

fn directory(len: usize) -> Box<[AtomicU32]> {
    let mut entries = Vec::new();
    entries.resize_with(len, AtomicU32::default);
    entries.into()
}

impl<P: Default, const LARGEST: u32> Default for Pages<P, LARGEST> {
    fn default() -> Self {
        Self {
            directories: std::array::from_fn(|_| OnceLock::new()),
            turn: AtomicUsize::new(0),
            numbered: Numbered::default(),
            made: AtomicU32::new(0),
            spare: AtomicU32::new(0),
        }
    }
}

impl<P: Default, const LARGEST: u32> Pages<P, LARGEST> {
    /// What changes when a page is followed. Whoever does not find something looks again if it has changed meanwhile.
    #[inline]
    pub(crate) fn turn(&self) -> usize {
        self.turn.load(Ordering::Acquire)
    }

    #[allow(clippy::cast_possible_truncation, reason = "the lowest bits")]
    const fn depth(turn: usize) -> u32 {
        turn as u32 & ((1 << DEPTH_BITS) - 1)
    }

    fn directory(&self, depth: u32) -> &[AtomicU32] {
        self.directories[depth as usize].get_or_init(|| directory(1 << depth))
    }

    /// The page of `hash`, as of `turn`; `None` where there is no page at all.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "a few instructions in the most frequent read")]
    pub(crate) fn page(&self, turn: usize, hash: u64) -> Option<&P> {
        let depth = Self::depth(turn);
        let directory = self.directories.get(depth as usize)?.get()?;
        let entry = directory.get(first_bits(hash, depth))?.load(Ordering::Acquire);
        self.numbered.get(number_of(entry))
    }

    /// The page of `hash`, for the one that changes pages; the first one is made.
    pub(crate) fn page_made(&self, hash: u64) -> &P {
        let entry = self.entry(hash);
        self.made.fetch_max(number_of(entry) + 1, Ordering::Relaxed);
        self.numbered.make(number_of(entry))
    }

    fn entry(&self, hash: u64) -> u32 {
        let depth = Self::depth(self.turn.load(Ordering::Relaxed));
        self.directory(depth)[first_bits(hash, depth)].load(Ordering::Relaxed)
    }

    /// As many pages as `2 ^ depth`, where there is none yet.
    pub(crate) fn spread(&self, depth: u32) {
        if self.made.load(Ordering::Relaxed) > 0 || depth > DEEPEST {
            return;
        }
        for (number, slot) in (0..).zip(self.directory(depth)) {
            let _ = self.numbered.make(number);
            slot.store(entry(number, depth), Ordering::Release);
        }
        self.made.store(1 << depth, Ordering::Relaxed);
        self.begin_turn(depth);
    }

    /// Has the page of `hash` followed by what `fill` makes: of the page, of those after it (the same one twice, or that of
    /// the hashes with the next bit not set and that of the others), and of how many bits lead to them. They are in no
    /// particular state before. `false` where no further bit decides.
    pub(crate) fn follow(&self, hash: u64, by: &Follow, fill: impl FnOnce(&P, [&P; 2], u32)) -> bool {
        let before = self.entry(hash);
        let (old, depth) = (number_of(before), depth_of(before));
        let mut whole = Self::depth(self.turn.load(Ordering::Relaxed));
        let deeper = match by {
            Follow::Same => depth,
            Follow::Split if depth < DEEPEST => depth + 1,
            Follow::Split => return false,
        };
        if deeper > whole {
            let (narrow, wide) = (self.directory(whole), self.directory(deeper));
            for (at, slot) in wide.iter().enumerate() {
                slot.store(narrow[at / 2].load(Ordering::Relaxed), Ordering::Release);
            }
            whole = deeper;
        }
        let first = self.take();
        let second = if deeper == depth { first } else { self.take() };
        fill(self.numbered.make(old), [self.numbered.make(first), self.numbered.make(second)], deeper);
        let all = 1 << (whole - depth);
        let from = first_bits(hash, depth) * all;
        for (nth, slot) in self.directory(whole)[from..from + all].iter().enumerate() {
            let next = if nth < all.div_ceil(2) { first } else { second };
            slot.store(entry(next, deeper), Ordering::Release);
        }
        self.begin_turn(whole);
        // From here on whoever finds something missing in it looks again.
        self.spare.store(old + 1, Ordering::Relaxed);
        true
    }

    /// A page that is not in use.
    fn take(&self) -> u32 {
        let spare = self.spare.swap(0, Ordering::Relaxed);
        spare.checked_sub(1).unwrap_or_else(|| self.made.fetch_add(1, Ordering::Relaxed))
    }

    fn begin_turn(&self, depth: u32) {
        let turns = (self.turn.load(Ordering::Relaxed) >> DEPTH_BITS).wrapping_add(1);
        self.turn.store(turns << DEPTH_BITS | depth as usize, Ordering::Release);
    }

    /// How many pages there are.
    #[cfg(test)]
    pub(crate) fn made(&self) -> u32 {
        self.made.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use super::*;

    /// A page of what was put into it, for the tests: up to four hashes.
    #[derive(Debug, Default)]
    struct Four([AtomicU64; 4]);

    impl Four {
        fn all(&self) -> Vec<u64> {
            self.0.iter().map(|held| held.load(Ordering::Acquire)).filter(|held| *held != 0).collect()
        }

        fn set(&self, all: &[u64]) {
            for (nth, held) in self.0.iter().enumerate() {
                held.store(all.get(nth).copied().unwrap_or_default(), Ordering::Release);
            }
        }
    }

    fn put(pages: &Pages<Four, 8>, hash: u64) {
        loop {
            let page = pages.page_made(hash);
            let mut all = page.all();
            if all.len() < 4 {
                all.push(hash);
                return page.set(&all);
            }
            let split = pages.follow(hash, &Follow::Split, |old, [first, second], depth| {
                let (high, low) =
                    old.all().into_iter().partition::<Vec<_>, _>(|hash| is_second(*hash, depth));
                first.set(&low);
                second.set(&high);
            });
            assert!(split);
        }
    }

    #[test]
    fn what_is_put_into_pages_stays_in_the_page_that_is_found() {
        let (pages, mut random) = (Pages::<Four, 8>::default(), fastrand::Rng::with_seed(5));
        assert!(pages.page(pages.turn(), 7).is_none());
        let hashes: Vec<u64> = (0..2_000).map(|_| random.u64(1..)).collect();
        for (done, &hash) in hashes.iter().enumerate() {
            put(&pages, hash);
            let (turn, seen) = (pages.turn(), hashes[random.usize(..=done)]);
            assert!(pages.page(turn, seen).unwrap().all().contains(&seen));
        }
        let turn = pages.turn();
        assert!(hashes.iter().all(|hash| pages.page(turn, *hash).unwrap().all().contains(hash)));
        let made = f64::from(pages.made());
        assert!((2_000.0 / made / 4.0) > 0.6, "pages are filled to ln 2 on average: {made}");
    }

    #[test]
    fn a_page_that_is_followed_is_used_again() {
        let pages = Pages::<Four, 8>::default();
        put(&pages, 1);
        for _ in 0..100 {
            assert!(pages.follow(1, &Follow::Same, |old, [new, _], _| new.set(&old.all())));
        }
        assert_eq!((pages.made(), pages.page_made(1).all()), (2, vec![1]));
    }

    #[test]
    fn pages_are_spread_before_there_are_any() {
        let pages = Pages::<Four, 8>::default();
        pages.spread(5);
        assert_eq!(pages.made(), 32);
        put(&pages, u64::MAX);
        pages.spread(6);
        assert_eq!((pages.made(), pages.page_made(u64::MAX).all()), (32, vec![u64::MAX]));
        assert!(pages.page_made(0).all().is_empty());
    }
}
