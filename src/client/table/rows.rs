//! Lines by key: what a table of counters and one of users have in common.
//!
//! Reading takes no lock. There is one writer at a time, who holds [`Free`].

use super::index::{self, Index};
use crate::client::line::{Line, Words};
use crate::paged::Numbered;

/// The mark of a line that is in use.
const USED: u32 = 1 << 31;

/// The key of a line: its first words.
pub(super) type Key<const K: usize> = [u64; K];

/// Lines that can be found by their key of `K` words.
#[derive(Debug)]
pub(super) struct Rows<B, const K: usize> {
    index: Index,
    lines: Numbered<Line, 64, 4096>,
    beside: Numbered<B, 64, 4096>,
}

/// What is beside one line: there is nothing until it is made.
pub(super) struct Beside<'a, B> {
    all: &'a Numbered<B, 64, 4096>,
    number: u32,
}

/// Which lines of a table can be given to a new key.
#[derive(Debug, Default)]
pub(super) struct Free {
    lines: Vec<u32>,
    next: u32,
}

impl<B, const K: usize> Default for Rows<B, K> {
    fn default() -> Self {
        Self { index: Index::default(), lines: Numbered::default(), beside: Numbered::default() }
    }
}

impl<'a, B> Beside<'a, B> {
    #[inline]
    pub(super) fn get(&self) -> Option<&'a B> {
        self.all.get(self.number)
    }
}

/// Spreads keys over the index, whatever they have in common. Who may choose ids cannot choose pseudonyms.
#[inline]
fn hash<const K: usize>(key: &Key<K>) -> u64 {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let kind = key.get(2).copied().unwrap_or_default();
    let mixed = (key[0] ^ key[1].rotate_left(32)).wrapping_add(kind.wrapping_mul(ODD)).wrapping_mul(ODD);
    (mixed ^ mixed >> 32).wrapping_mul(ODD)
}

/// Whether a line is in use and has that key. Word by word: a comparison of arrays goes through the stack.
#[inline]
fn has_key<const K: usize>(words: &Words, key: &Key<K>) -> bool {
    let other = words.words.iter().zip(key).fold(0, |other, (word, wanted)| other | (word ^ wanted));
    other == 0 && words.marks & USED != 0
}

#[inline]
fn key_of<const K: usize>(words: &Words) -> Option<Key<K>> {
    (words.marks & USED != 0).then(|| std::array::from_fn(|nth| words.words[nth]))
}

impl<B: Default, const K: usize> Rows<B, K> {
    const fn beside(&self, number: u32) -> Beside<'_, B> {
        Beside { all: &self.beside, number }
    }

    /// What is in the line of `key`, with what `beside` reads.
    #[inline]
    pub(super) fn get<T>(
        &self,
        key: Key<K>,
        beside: impl Fn(&Words, &Beside<'_, B>) -> T,
    ) -> Option<(Words, T)> {
        self.index.find(hash(&key), |number| {
            let line = self.lines.get(number)?;
            let (words, read) =
                line.read(|words| has_key(words, &key).then(|| beside(words, &self.beside(number))));
            read.map(|read| (words, read))
        })
    }

    fn key_at(&self, number: u32) -> Option<Key<K>> {
        key_of(&self.lines.get(number)?.read(|_| ()).0)
    }

    /// The number of the line of `key`.
    fn number(&self, key: &Key<K>) -> Option<u32> {
        self.index.find(hash(key), |number| (self.key_at(number)? == *key).then_some(number))
    }

    /// Replaces what is in the line of `key`, or begins one. `beside` writes what is beside it: `None` where there is
    /// nothing, unless it is `needed`.
    ///
    /// # Panics
    /// Beyond a hundred million lines.
    pub(super) fn put(&self, free: &mut Free, words: &Words, needed: bool, beside: impl FnOnce(Option<&B>)) {
        let words = Words { marks: words.marks | USED, ..*words };
        let key: Key<K> = std::array::from_fn(|nth| words.words[nth]);
        let known = self.number(&key);
        let number = known.or_else(|| free.lines.pop()).unwrap_or_else(|| {
            assert!(free.next < index::MOST, "there are too many lines");
            free.next += 1;
            free.next - 1
        });
        let more = if needed { Some(self.beside.make(number)) } else { self.beside.get(number) };
        self.lines.make(number).write(&words, || beside(more));
        if known.is_none() {
            self.index.insert(hash(&key), number, |number| self.key_at(number).as_ref().map(hash));
        }
    }

    /// Takes the line of `key` away.
    pub(super) fn remove(&self, free: &mut Free, key: Key<K>, beside: impl FnOnce(Option<&B>)) {
        let Some(number) = self.number(&key) else { return };
        self.index.remove(hash(&key), number);
        if let Some(line) = self.lines.get(number) {
            line.write(&Words::default(), || beside(self.beside.get(number)));
        }
        free.lines.push(number);
    }

    /// Makes room for so many lines in all, where there are none yet.
    pub(super) fn expect(&self, lines: usize) {
        self.index.expect(lines);
    }

    /// Every line that is in use, in the order in which they were begun.
    pub(super) fn each<T>(
        &self,
        beside: impl Fn(&Words, &Beside<'_, B>) -> T,
        mut visit: impl FnMut(&Words, T),
    ) {
        let mut number = 0;
        while let Some(line) = self.lines.get(number) {
            let (words, read) =
                line.read(|words| key_of::<K>(words).map(|_| beside(words, &self.beside(number))));
            if let Some(read) = read {
                visit(&words, read);
            }
            number += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(n: u64) -> Words {
        Words { marks: 0, words: [n << 40, n, n % 3, n, 0, 0, 0] }
    }

    fn value(rows: &Rows<(), 3>, n: u64) -> Option<u64> {
        rows.get([n << 40, n, n % 3], |_, _| ()).map(|(words, ())| words.words[3])
    }

    #[test]
    fn a_table_grows_and_loses_nothing() {
        let (rows, mut free) = (Rows::<(), 3>::default(), Free::default());
        for n in 1..10_000 {
            rows.put(&mut free, &row(n), false, |_| {});
        }
        assert!((1..10_000).all(|n| value(&rows, n) == Some(n)) && value(&rows, 0).is_none());
        for n in (1..10_000).step_by(2) {
            rows.remove(&mut free, [n << 40, n, n % 3], |_| {});
        }
        assert!((1..10_000).all(|n| value(&rows, n).is_some() == n.is_multiple_of(2)));
        let (mut seen, used) = (0, free.next);
        rows.each(|_, _| (), |_, ()| seen += 1);
        assert_eq!(seen, 4_999);
        for n in 20_000..25_000 {
            rows.put(&mut free, &row(n), false, |_| {});
        }
        assert_eq!(used, free.next, "lines that were left are used again");
        assert!((20_000..25_000).all(|n| value(&rows, n) == Some(n)));
        rows.put(&mut free, &row(30_000), false, |_| {});
        assert_eq!((used + 1, value(&rows, 30_000)), (free.next, Some(30_000)));
    }

    #[test]
    fn one_key_that_comes_and_goes_fills_no_table_up() {
        let (rows, mut free) = (Rows::<(), 3>::default(), Free::default());
        for n in 1..200_000 {
            rows.put(&mut free, &row(n), false, |_| {});
            rows.remove(&mut free, [n << 40, n, n % 3], |_| {});
        }
        let pages = rows.index.pages();
        assert!(pages <= 2 && free.next == 1, "{pages}");
    }

    #[test]
    fn nothing_is_beside_a_line_until_it_is_needed() {
        use std::sync::atomic::{AtomicU64, Ordering};

        let (rows, mut free) = (Rows::<AtomicU64, 3>::default(), Free::default());
        let key = |n: u64| [n << 40, n, n % 3];
        let beside = |n| {
            let read = |_: &Words, beside: &Beside<'_, AtomicU64>| {
                beside.get().map(|more| more.load(Ordering::Relaxed))
            };
            rows.get(key(n), read).unwrap().1
        };
        for n in 0..5_000 {
            rows.put(&mut free, &row(n), false, |more| assert!(more.is_none()));
        }
        assert_eq!(beside(7), None);
        rows.put(&mut free, &row(7), true, |more| more.unwrap().store(70, Ordering::Relaxed));
        assert_eq!((beside(7), beside(8), beside(4_999)), (Some(70), Some(0), None));
    }
}
