//! Which line a key is in: numbers of lines, in pages by hash, read without a lock.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::paged::{Follow, Pages, is_second};

const EMPTY: u32 = 0;

/// How many lines there can be.
pub(super) const MOST: u32 = (1 << MOST_BITS) - 1;
const MOST_BITS: u32 = 27;

/// Entries that are looked at together: half a cache line. Whether one fits is found without a branch for each, which a
/// processor would guess wrong and wait for memory to see.
const BUCKET: usize = 8;
const BUCKETS: usize = 8;

/// So many buckets from the first on are full at most.
const REACH: usize = 4;

/// So many lines are expected in a page on average where their number is known in advance.
const EXPECTED: usize = 42;

#[derive(Debug, Default)]
#[repr(align(64))]
struct Page([[AtomicU32; BUCKET]; BUCKETS]);

/// What an entry is made of: a line's number and one, and above it bits of the hash, as many as there is room for in a
/// table with so many pages. What fits by chance is seldom looked at.
#[derive(Clone, Copy)]
struct Code {
    line: u32,
    hash: u64,
}

impl Code {
    /// In a page to which `depth` bits lead. There are about 40 lines for each page: 2 ^ 9 leave room for much more.
    const fn of(hash: u64, depth: u32) -> Self {
        let bits = if depth + 9 < MOST_BITS { depth + 9 } else { MOST_BITS };
        Self { line: (1 << bits) - 1, hash }
    }

    /// The part above the line. The page goes by the highest bits of the hash, the bucket by others.
    #[allow(clippy::cast_possible_truncation, reason = "the middle of the hash")]
    const fn tag(self) -> u32 {
        (self.hash >> 8) as u32 & !self.line
    }

    const fn fits(self, line: u32) -> bool {
        line < self.line
    }

    const fn entry(self, line: u32) -> u32 {
        self.tag() | (line + 1)
    }

    /// What was left: no line, and not empty.
    const fn gone(self) -> u32 {
        self.line + 1
    }

    /// Whether an entry may be the one that is looked for: the same bits, and some line.
    const fn may_be(self, entry: u32) -> bool {
        (entry ^ self.tag()).wrapping_sub(1) < self.line
    }

    /// The buckets of a page in the order in which they are looked at.
    #[allow(clippy::cast_possible_truncation, reason = "cut to the buckets of a page")]
    fn way(self, Page(buckets): &Page) -> impl Iterator<Item = &[AtomicU32; BUCKET]> {
        let first = self.hash as usize % BUCKETS;
        (0..BUCKETS).map(move |nth| &buckets[(first + nth) % BUCKETS])
    }
}

impl Page {
    /// Files `line`; `false` where there is no room for it.
    fn insert(&self, code: Code, line: u32, reach: usize) -> bool {
        let free = |entry: &&AtomicU32| {
            let held = entry.load(Ordering::Relaxed);
            held == EMPTY || held == code.gone()
        };
        let found = code.way(self).take(reach).flatten().find(free);
        let room = found.filter(|_| code.fits(line));
        if let Some(entry) = room {
            entry.store(code.entry(line), Ordering::Release);
        }
        room.is_some()
    }

    fn clear(&self) {
        for entry in self.0.iter().flatten() {
            // Whoever misses something here sees that the page was followed.
            entry.store(EMPTY, Ordering::Release);
        }
    }

    /// The lines that are filed in it; `code` is of any hash.
    fn lines(&self, code: Code) -> impl Iterator<Item = u32> {
        let lines = self.0.iter().flatten().map(move |entry| entry.load(Ordering::Relaxed) & code.line);
        lines.filter_map(|line| line.checked_sub(1))
    }
}

/// The index of a table.
#[derive(Debug, Default)]
pub(super) struct Index(Pages<Page, 256>);

impl Index {
    /// The first line on the way of `hash` that `is` the one looked for.
    #[inline]
    pub(super) fn find<T>(&self, hash: u64, mut is: impl FnMut(u32) -> Option<T>) -> Option<T> {
        let mut turn = self.0.turn();
        loop {
            if let Some((page, depth)) = self.0.page(turn, hash) {
                let code = Code::of(hash, depth);
                for bucket in code.way(page) {
                    let entries: [u32; BUCKET] =
                        std::array::from_fn(|nth| bucket[nth].load(Ordering::Acquire));
                    let mut fit = 0_u32;
                    for (nth, entry) in entries.iter().enumerate() {
                        fit |= u32::from(code.may_be(*entry)) << nth;
                    }
                    while fit != 0 {
                        let entry = entries[fit.trailing_zeros() as usize % BUCKET];
                        if let Some(found) = is((entry & code.line) - 1) {
                            return Some(found);
                        }
                        fit &= fit - 1;
                    }
                    if entries.contains(&EMPTY) {
                        break;
                    }
                }
            }
            let now = self.0.turn();
            if now == turn {
                return None;
            }
            turn = now;
        }
    }

    /// Files `line` under `hash`. One writer; `hash_of` says under what a line is filed.
    ///
    /// # Panics
    /// Where more lines have one hash than a page has entries.
    pub(super) fn insert(&self, hash: u64, line: u32, hash_of: impl Fn(u32) -> Option<u64>) {
        loop {
            let (page, depth) = self.0.page_made(hash);
            let code = Code::of(hash, depth);
            if page.insert(code, line, REACH) {
                return;
            }
            let live = page.lines(code).count();
            // Where most of it was left, there is room enough.
            let few = live < BUCKET * REACH && code.fits(line);
            let by = if few { Follow::Same } else { Follow::Split };
            let followed = self.0.follow(hash, &by, |old, next, depth| {
                next.iter().for_each(|page| page.clear());
                for line in old.lines(code) {
                    if let Some(hash) = hash_of(line) {
                        let page = next[usize::from(is_second(hash, depth))];
                        let filed = page.insert(Code::of(hash, depth), line, BUCKETS);
                        debug_assert!(filed, "a page has room for what was in one");
                    }
                }
            });
            if !followed {
                let filed = page.insert(code, line, BUCKETS);
                assert!(filed, "too many lines have one hash");
                return;
            }
        }
    }

    /// Takes `line` off, which is filed under `hash`.
    pub(super) fn remove(&self, hash: u64, line: u32) {
        let (page, depth) = self.0.page_made(hash);
        let code = Code::of(hash, depth);
        let held = |entry: &&AtomicU32| entry.load(Ordering::Relaxed) == code.entry(line);
        if let Some(entry) = code.way(page).flatten().find(held) {
            entry.store(code.gone(), Ordering::Release);
        }
    }

    /// Makes pages for so many lines, where there are none yet.
    pub(super) fn expect(&self, lines: usize) {
        let pages = lines.div_ceil(EXPECTED).next_power_of_two();
        if pages > 1 {
            self.0.spread(pages.trailing_zeros());
        }
    }

    /// How many pages there are.
    #[cfg(test)]
    pub(super) fn pages(&self) -> u32 {
        self.0.made()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines are filed under what their numbers are multiplied to.
    fn hash(line: u32) -> u64 {
        u64::from(line + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    fn find(index: &Index, line: u32) -> Option<u32> {
        index.find(hash(line), |seen| (seen == line).then_some(seen))
    }

    #[test]
    fn what_is_filed_is_found_until_it_is_taken_off() {
        let index = Index::default();
        assert!(find(&index, 0).is_none());
        // All on one way, at the end of a page.
        let at_the_end = u64::MAX;
        for line in 0..30 {
            index.insert(at_the_end, line, |_| Some(at_the_end));
        }
        let find = |line| index.find(at_the_end, |seen| (seen == line).then_some(seen));
        assert!((0..30).all(|line| find(line) == Some(line)) && find(30).is_none());
        index.remove(at_the_end, 7);
        index.remove(at_the_end, 77);
        assert!(find(7).is_none() && find(29).is_some());
        index.insert(at_the_end, 60, |_| Some(at_the_end));
        assert_eq!(find(60), Some(60));
    }

    #[test]
    fn a_reader_never_misses_what_was_filed_while_pages_split() {
        const LINES: u32 = 30_000;
        let (index, filed) = (Index::default(), AtomicU32::new(0));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for line in 0..LINES {
                    index.insert(hash(line), line, |line| Some(hash(line)));
                    // Something comes and goes besides, so that pages are followed by the same ones too.
                    let passing = LINES + line;
                    index.insert(hash(passing), passing, |line| Some(hash(line)));
                    index.remove(hash(passing), passing);
                    filed.store(line + 1, Ordering::Release);
                }
            });
            let mut random = fastrand::Rng::with_seed(3);
            let mut seen = 0;
            while seen < LINES {
                seen = filed.load(Ordering::Acquire);
                let line = random.u32(..seen.max(1));
                assert!(seen == 0 || find(&index, line) == Some(line), "{line} of {seen}");
            }
        });
        assert!((0..LINES).all(|line| find(&index, line) == Some(line)));
        let passing = (LINES..2 * LINES).filter(|line| find(&index, *line).is_some()).count();
        assert_eq!(passing, 0);
    }

    #[test]
    fn pages_for_what_is_expected_are_made_at_once() {
        let index = Index::default();
        index.expect(20_000);
        let made = index.pages();
        for line in 0..20_000 {
            index.insert(hash(line), line, |line| Some(hash(line)));
        }
        assert!(index.pages() < made + made / 10, "{made} {}", index.pages());
        assert!((0..20_000).all(|line| find(&index, line) == Some(line)));
    }
}
