//! Which line a key is in: numbers of lines, in pages by hash, read without a lock.

use crate::lockless::{AtomicU32, Ordering};
use crate::paged::{Follow, Pages, is_second};

const EMPTY: u32 = 0;
/// What was left: a tag without a line.
const GONE: u32 = 1 << LINE_BITS;

/// An entry is a line's number and one, and above it a few bits of the hash: what fits by chance is seldom looked at.
const LINE_BITS: u32 = 27;
const LINE: u32 = (1 << LINE_BITS) - 1;

/// How many lines there can be.
pub(super) const MOST: u32 = LINE - 1;

/// Entries of a page, with the word that counts them.
const PAGE: usize = 64;
/// How many of them may be taken.
const FULL: u32 = 52;
/// So many lines are expected in a page on average where their number is known in advance.
const EXPECTED: usize = 44;

/// The first word counts the entries that are taken, for the writer.
#[derive(Debug)]
#[repr(align(64))]
struct Page([AtomicU32; PAGE]);

impl Default for Page {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU32::new(EMPTY)))
    }
}

/// Where in a page a hash is looked for first. The page goes by the highest bits.
#[allow(clippy::cast_possible_truncation, reason = "cut to a page's length")]
const fn start(hash: u64) -> usize {
    1 + (((hash >> 16 & 0xFFFF) as usize * (PAGE - 1)) >> 16)
}

const fn after(at: usize) -> usize {
    if at == PAGE - 1 { 1 } else { at + 1 }
}

/// The bits of a hash that an entry keeps.
#[allow(clippy::cast_possible_truncation, reason = "five bits are kept")]
const fn tag(hash: u64) -> u32 {
    ((hash >> 8) as u32) << LINE_BITS
}

impl Page {
    fn taken(&self) -> &AtomicU32 {
        &self.0[0]
    }

    /// There must be room.
    fn insert(&self, hash: u64, line: u32) {
        let mut at = start(hash);
        loop {
            let held = self.0[at].load(Ordering::Relaxed);
            if held == EMPTY {
                self.taken().fetch_add(1, Ordering::Relaxed);
            }
            if held == EMPTY || held == GONE {
                return self.0[at].store(tag(hash) | (line + 1), Ordering::Release);
            }
            at = after(at);
        }
    }

    fn clear(&self) {
        for entry in &self.0 {
            // Whoever misses something here sees that the page was followed.
            entry.store(EMPTY, Ordering::Release);
        }
    }

    fn lines(&self) -> impl Iterator<Item = u32> {
        let lines = self.0[1..].iter().map(|entry| entry.load(Ordering::Relaxed) & LINE);
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
            if let Some(Page(entries)) = self.0.page(turn, hash) {
                let (mut at, tag) = (start(hash), tag(hash));
                loop {
                    let entry = entries[at].load(Ordering::Acquire);
                    if entry == EMPTY {
                        break;
                    }
                    if entry & !LINE == tag
                        && entry & LINE != 0
                        && let Some(found) = is((entry & LINE) - 1)
                    {
                        return Some(found);
                    }
                    at = after(at);
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
            let page = self.0.page_made(hash);
            if page.taken().load(Ordering::Relaxed) < FULL {
                return page.insert(hash, line);
            }
            let kept = page.lines().count();
            // Where most of it was left, there is room enough.
            let by = if kept <= FULL as usize / 2 { Follow::Same } else { Follow::Split };
            let followed = self.0.follow(hash, &by, |old, next, depth| {
                for page in next {
                    page.clear();
                }
                for line in old.lines() {
                    if let Some(hash) = hash_of(line) {
                        next[usize::from(is_second(hash, depth))].insert(hash, line);
                    }
                }
            });
            if !followed {
                assert!(kept < PAGE - 2, "too many lines have one hash");
                return page.insert(hash, line);
            }
        }
    }

    /// Takes `line` off, which is filed under `hash`.
    pub(super) fn remove(&self, hash: u64, line: u32) {
        let Page(entries) = self.0.page_made(hash);
        let mut at = start(hash);
        loop {
            match entries[at].load(Ordering::Relaxed) {
                EMPTY => return,
                held if held & LINE == line + 1 => return entries[at].store(GONE, Ordering::Release),
                _ => at = after(at),
            }
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
        for line in 0..50 {
            index.insert(at_the_end, line, |_| Some(at_the_end));
        }
        let find = |line| index.find(at_the_end, |seen| (seen == line).then_some(seen));
        assert!((0..50).all(|line| find(line) == Some(line)) && find(50).is_none());
        index.remove(at_the_end, 7);
        index.remove(at_the_end, 77);
        assert!(find(7).is_none() && find(49).is_some());
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
