//! Lines by key: what a table of counters and one of users have in common.
//!
//! Reading takes no lock. There is one writer at a time, who holds [`Free`].

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::index::Index;
use super::lines::Lines;
use crate::client::line::Words;

/// The words of a line that are its key.
pub(super) const KEY: usize = 3;

/// The mark of a line that is in use.
const USED: u32 = 1 << 31;

/// Generations of indices, each with twice the room of the one before; the last has room for more lines than there can
/// be. There are two of each: one is read while the other is filled.
const GENERATIONS: usize = 28;
const SLOTS: usize = 2 * GENERATIONS;
const SLOT_BITS: u32 = 8;
const _: () = assert!(SLOTS < 1 << SLOT_BITS);

/// The key of a line.
pub(super) type Key = [u64; KEY];

/// Lines that can be found by their key.
///
/// A full index is followed by another one, into which what is there is filed before anybody reads it. Whoever does not
/// find a key looks again if that has happened meanwhile. Together the former indices are hardly larger than the one in
/// use.
#[derive(Debug)]
pub(super) struct Rows<B> {
    indices: [OnceLock<Index>; SLOTS],
    /// Which index is in use, and how often that has changed.
    turn: AtomicUsize,
    lines: Lines<B>,
}

/// Which lines of a table can be given to a new key, and how much of the index is taken.
#[derive(Debug, Default)]
pub(super) struct Free {
    lines: Vec<u32>,
    next: u32,
    taken: usize,
}

impl<B: Default> Default for Rows<B> {
    fn default() -> Self {
        Self {
            indices: [const { OnceLock::new() }; SLOTS],
            turn: AtomicUsize::new(0),
            lines: Lines::default(),
        }
    }
}

/// Spreads keys over the index, whatever they have in common. Who may choose ids cannot choose pseudonyms.
const fn hash([high, low, kind]: Key) -> u64 {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mixed = (high ^ low.rotate_left(32)).wrapping_add(kind.wrapping_mul(ODD)).wrapping_mul(ODD);
    (mixed ^ mixed >> 32).wrapping_mul(ODD)
}

fn key_of(words: &Words) -> Option<Key> {
    let [high, low, kind, ..] = words.words;
    (words.marks & USED != 0).then_some([high, low, kind])
}

impl<B: Default> Rows<B> {
    fn slot(turn: usize) -> usize {
        turn & ((1 << SLOT_BITS) - 1)
    }

    fn index(&self) -> &Index {
        self.indices_at(Self::slot(self.turn.load(Ordering::Acquire)))
    }

    fn indices_at(&self, slot: usize) -> &Index {
        self.indices[slot].get_or_init(|| Index::of_generation(slot / 2))
    }

    /// What is in the line of `key`, with what `beside` reads.
    pub(super) fn get<T>(&self, key: Key, beside: impl Fn(&Words, &B) -> T) -> Option<(Words, T)> {
        let mut turn = self.turn.load(Ordering::Acquire);
        loop {
            let found = self.indices_at(Self::slot(turn)).find(hash(key), |number| {
                let (line, more) = self.lines.get(number)?;
                let (words, read) =
                    line.read(|words| (key_of(words) == Some(key)).then(|| beside(words, more)));
                read.map(|read| (words, read))
            });
            if found.is_some() {
                return found;
            }
            let now = self.turn.load(Ordering::Acquire);
            if now == turn {
                return None;
            }
            turn = now;
        }
    }

    /// The number of the line of `key`; for the writer, who alone changes the index.
    fn number(&self, key: Key) -> Option<u32> {
        self.index().find(hash(key), |number| {
            let (line, _) = self.lines.get(number)?;
            let (words, ()) = line.read(|_| ());
            (key_of(&words) == Some(key)).then_some(number)
        })
    }

    /// Replaces what is in the line of `key`, or begins one.
    pub(super) fn put(&self, free: &mut Free, words: &Words, beside: impl FnOnce(&B)) {
        let words = Words { marks: words.marks | USED, ..*words };
        let [high, low, kind, ..] = words.words;
        let key = [high, low, kind];
        if let Some((line, more)) = self.number(key).and_then(|number| self.lines.get(number)) {
            return line.write(&words, || beside(more));
        }
        if free.taken >= self.index().room() {
            let used = free.next as usize - free.lines.len();
            // Where a quarter of it would be free again, one of the same size.
            self.make_room(free, used / 3 * 4 + 1);
        }
        let number = free.lines.pop().unwrap_or_else(|| {
            free.next += 1;
            free.next - 1
        });
        let (line, more) = self.lines.make(number);
        line.write(&words, || beside(more));
        free.taken += usize::from(self.index().insert(hash(key), number));
    }

    /// Takes the line of `key` away.
    pub(super) fn remove(&self, free: &mut Free, key: Key, beside: impl FnOnce(&B)) {
        let Some(number) = self.number(key) else { return };
        self.index().remove(hash(key), number);
        if let Some((line, more)) = self.lines.get(number) {
            line.write(&Words::default(), || beside(more));
        }
        free.lines.push(number);
    }

    /// Goes on with another index that has room for so many lines: one of the same size where what fills this one up is
    /// mostly entries that were left.
    fn make_room(&self, free: &mut Free, lines: usize) {
        let turn = self.turn.load(Ordering::Relaxed);
        let mut slot = Self::slot(turn) ^ 1;
        while slot + 2 < SLOTS && Index::room_of_generation(slot / 2) < lines {
            slot = slot / 2 * 2 + 2;
        }
        let next = self.indices_at(slot);
        next.clear();
        free.taken = 0;
        for number in 0..free.next {
            if let Some(key) = self.lines.get(number).and_then(|(line, _)| key_of(&line.read(|_| ()).0)) {
                next.insert(hash(key), number);
                free.taken += 1;
            }
        }
        let turns = (turn >> SLOT_BITS).wrapping_add(1);
        self.turn.store(turns << SLOT_BITS | slot, Ordering::Release);
    }

    /// Makes room for so many lines in all, at once.
    pub(super) fn expect(&self, free: &mut Free, lines: usize) {
        if self.index().room() < lines {
            self.make_room(free, lines);
        }
    }

    /// Every line that is in use, in the order in which they were begun.
    pub(super) fn each<T>(&self, beside: impl Fn(&Words, &B) -> T, mut visit: impl FnMut(&Words, T)) {
        let mut number = 0;
        while let Some((line, more)) = self.lines.get(number) {
            let (words, read) = line.read(|words| key_of(words).map(|_| beside(words, more)));
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

    fn value(rows: &Rows<()>, n: u64) -> Option<u64> {
        rows.get([n << 40, n, n % 3], |_, ()| ()).map(|(words, ())| words.words[3])
    }

    #[test]
    fn a_table_grows_and_loses_nothing() {
        let (rows, mut free) = (Rows::<()>::default(), Free::default());
        for n in 1..10_000 {
            rows.put(&mut free, &row(n), |()| {});
        }
        assert!((1..10_000).all(|n| value(&rows, n) == Some(n)) && value(&rows, 0).is_none());
        for n in (1..10_000).step_by(2) {
            rows.remove(&mut free, [n << 40, n, n % 3], |()| {});
        }
        assert!((1..10_000).all(|n| value(&rows, n).is_some() == n.is_multiple_of(2)));
        let (mut seen, used) = (0, free.next);
        rows.each(|_, ()| (), |_, ()| seen += 1);
        assert_eq!(seen, 4_999);
        for n in 20_000..25_000 {
            rows.put(&mut free, &row(n), |()| {});
        }
        assert_eq!(used, free.next, "lines that were left are used again");
        assert!((20_000..25_000).all(|n| value(&rows, n) == Some(n)));
        rows.put(&mut free, &row(30_000), |()| {});
        assert_eq!((used + 1, value(&rows, 30_000)), (free.next, Some(30_000)));
    }

    #[test]
    fn room_that_is_expected_is_made_once() {
        let (rows, mut free) = (Rows::<()>::default(), Free::default());
        rows.put(&mut free, &row(1), |()| {});
        rows.expect(&mut free, 50_000);
        let made = rows.turn.load(Ordering::Relaxed);
        for n in 2..50_000 {
            rows.put(&mut free, &row(n), |()| {});
        }
        assert_eq!(rows.turn.load(Ordering::Relaxed), made);
        assert!((1..50_000).all(|n| value(&rows, n) == Some(n)));
        assert_eq!(rows.indices.iter().filter(|index| index.get().is_some()).count(), 2);
    }

    #[test]
    fn one_key_that_comes_and_goes_fills_no_table_up() {
        let (rows, mut free) = (Rows::<()>::default(), Free::default());
        for n in 1..200_000 {
            rows.put(&mut free, &row(n), |()| {});
            rows.remove(&mut free, [n << 40, n, n % 3], |()| {});
        }
        let used = rows.indices.iter().filter(|index| index.get().is_some()).count();
        assert!(used <= 2 && free.next == 1, "{used}");
    }
}
