//! Pseudonyms of ids that were asked for lately: looking one up costs a short keyed hash instead of an HMAC.
//!
//! An entry is found and told by 64 bits of that hash, under a key that is as secret as the salt: who may choose ids
//! cannot make one pass for another, and by chance one in 2 ^ 44 does among a million. Ids themselves are not kept.
//! Reading and filing take no lock; an entry of which half was overwritten fits no id.

use siphasher::sip::SipHasher13;

use crate::lockless::{AtomicBool, AtomicU64, Ordering};
use crate::model::Pseudonym;
use crate::paged::{Follow, Pages, is_second};

/// Entries of a page.
const PAGE: usize = 32;

/// An id's pseudonym.
#[derive(Debug, Default)]
struct Entry {
    high: AtomicU64,
    low: AtomicU64,
    /// What tells the id, mixed with the other two. Zero where there is none.
    check: AtomicU64,
}

#[derive(Debug, Default)]
#[repr(align(64))]
struct Page([Entry; PAGE]);

/// Pseudonyms of ids that were asked for lately.
#[derive(Debug)]
pub(super) struct Aliases {
    keys: [u64; 2],
    pages: Pages<Page, 128>,
    /// Whether pages are being changed. Nobody waits for that: what is not filed is worked out again.
    busy: AtomicBool,
}

impl Entry {
    fn get(&self) -> [u64; 3] {
        [&self.high, &self.low, &self.check].map(|word| word.load(Ordering::Relaxed))
    }

    fn put(&self, [high, low, check]: [u64; 3]) {
        self.high.store(high, Ordering::Relaxed);
        self.low.store(low, Ordering::Relaxed);
        self.check.store(check, Ordering::Relaxed);
    }
}

/// Never the same for two pairs that share one of the two, and not zero for what nothing was put into.
const fn mixed(high: u64, low: u64) -> u64 {
    !(high.rotate_left(23) ^ low)
}

impl Page {
    /// The entries in the order in which `told` is looked for. The page goes by its highest bits.
    #[allow(clippy::cast_possible_truncation, reason = "cut to a page's length")]
    fn from(&self, told: u64) -> impl Iterator<Item = &Entry> {
        let (before, after) = self.0.split_at(told as usize % PAGE);
        after.iter().chain(before)
    }

    /// The pseudonym of what is told by that; the entry to file it in, where there is a free one.
    fn find(&self, told: u64) -> Result<Pseudonym, Option<&Entry>> {
        for entry in self.from(told) {
            let [high, low, check] = entry.get();
            if check == told ^ mixed(high, low) {
                return Ok(Pseudonym((u128::from(high) << 64 | u128::from(low)).to_be_bytes()));
            }
            if check == 0 {
                return Err(Some(entry));
            }
        }
        Err(None)
    }

    /// Takes over from `old` what belongs to the first or to the second page after a split to `depth`.
    fn take_over(&self, old: &Self, depth: u32, second: bool) {
        for entry in &self.0 {
            entry.put([0; 3]);
        }
        for words in old.0.iter().map(Entry::get) {
            let [high, low, check] = words;
            let told = check ^ mixed(high, low);
            if check != 0
                && is_second(told, depth) == second
                && let Err(Some(free)) = self.find(told)
            {
                free.put(words);
            }
        }
    }
}

impl Aliases {
    pub(super) fn new(keys: [u64; 2]) -> Self {
        Self { keys, pages: Pages::default(), busy: AtomicBool::new(false) }
    }

    fn page(&self, told: u64) -> Option<&Page> {
        self.pages.page(self.pages.turn(), told)
    }

    /// The pseudonym of `id`, by `work_out` where it is not known. `kind` tells users and groups apart.
    pub(super) fn get(&self, kind: u64, id: &[u8], work_out: impl FnOnce() -> Pseudonym) -> Pseudonym {
        let [first, second] = self.keys;
        let told = SipHasher13::new_with_keys(first ^ kind, second).hash(id);
        if let Some(known) = self.page(told).and_then(|page| page.find(told).ok()) {
            return known;
        }
        let pseudonym = work_out();
        self.file(told, pseudonym);
        pseudonym
    }

    #[cold]
    fn file(&self, told: u64, Pseudonym(bytes): Pseudonym) {
        let whole = u128::from_be_bytes(bytes);
        #[allow(clippy::cast_possible_truncation, reason = "each is its half")]
        let (high, low) = ((whole >> 64) as u64, whole as u64);
        let words = [high, low, told ^ mixed(high, low)];
        // A page may have to be split several times until something of it goes into each half.
        while let Some(page) = self.page(told) {
            match page.find(told) {
                Ok(_) => return,
                Err(Some(free)) => return free.put(words),
                Err(None) => {}
            }
            if !self.grow(told) {
                // The oldest are no worse to lose than others.
                return page.from(told).take(1).for_each(|entry| entry.put(words));
            }
        }
        let _ = self.alone(|| {
            let _ = self.pages.page_made(told);
        });
        if let Some(Err(Some(free))) = self.page(told).map(|page| page.find(told)) {
            free.put(words);
        }
    }

    /// Has the page of `told` followed by two.
    fn grow(&self, told: u64) -> bool {
        let grown = self.alone(|| {
            // Another may have done it meanwhile.
            let full = |page: &Page| matches!(page.find(told), Err(None));
            self.page(told).is_some_and(|page| !full(page))
                || self.pages.follow(told, &Follow::Split, |old, [first, second], depth| {
                    first.take_over(old, depth, false);
                    second.take_over(old, depth, true);
                })
        });
        grown.unwrap_or(false)
    }

    /// Does what one thread at a time may do; `None` where another one is doing such a thing.
    fn alone<T>(&self, change: impl FnOnce() -> T) -> Option<T> {
        self.busy.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).ok()?;
        let done = change();
        self.busy.store(false, Ordering::Release);
        Some(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudonym(n: u32) -> Pseudonym {
        Pseudonym(u128::from(n).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835).to_be_bytes())
    }

    #[test]
    #[allow(clippy::cast_precision_loss, reason = "a page is short")]
    fn an_id_is_worked_out_once_and_is_never_another() {
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
        assert_eq!(worked_out, 100);
        for n in (0..3).flat_map(|_| 0..50_000) {
            ask(0, n, &mut worked_out);
        }
        assert_eq!(worked_out, 50_050, "nothing is lost while pages are split");
        let used = 50_050.0 / f64::from(aliases.pages.made()) / PAGE as f64;
        assert!(used > 0.6, "{used}");
    }

    #[test]
    fn threads_that_file_at_once_never_mix_two_ids_up() {
        let aliases = Aliases::new([3, 4]);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    for n in (0..200_000_u32).map(|n| n.wrapping_mul(31) % 7_000) {
                        assert_eq!(aliases.get(0, &n.to_be_bytes(), || pseudonym(n)), pseudonym(n));
                    }
                });
            }
        });
    }
}
