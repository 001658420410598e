//! Lines by key: what a table of counters and one of users have in common.
//!
//! Reading takes no lock. There is one writer at a time, who holds [`Free`].

use std::sync::Arc;

use super::index::Index;
use super::lines::Lines;
use crate::client::line::Words;

/// The words of a line that are its key.
pub(super) const KEY: usize = 3;

/// The mark of a line that is in use.
const USED: u32 = 1 << 31;

/// The key of a line.
pub(super) type Key = [u64; KEY];

/// Lines that can be found by their key. Cloned it is the same table, with the index as it is now.
#[derive(Debug)]
pub(super) struct Rows<B> {
    index: Arc<Index>,
    lines: Arc<Lines<B>>,
}

/// Which lines of a table can be given to a new key, and how much of the index is taken.
#[derive(Debug, Default)]
pub(super) struct Free {
    lines: Vec<u32>,
    next: u32,
    taken: usize,
}

impl<B> Clone for Rows<B> {
    fn clone(&self) -> Self {
        Self { index: Arc::clone(&self.index), lines: Arc::clone(&self.lines) }
    }
}

impl<B> Default for Rows<B> {
    fn default() -> Self {
        Self { index: Arc::new(Index::with_room(0)), lines: Arc::default() }
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
    /// What is in the line of `key`, with what `beside` reads.
    pub(super) fn get<T>(&self, key: Key, beside: impl Fn(&Words, &B) -> T) -> Option<(Words, T)> {
        self.index.find(hash(key), |number| {
            let (line, more) = self.lines.get(number)?;
            let (words, read) = line.read(|words| (key_of(words) == Some(key)).then(|| beside(words, more)));
            read.map(|read| (words, read))
        })
    }

    /// The number of the line of `key`.
    fn number(&self, key: Key) -> Option<u32> {
        self.index.find(hash(key), |number| {
            let (line, _) = self.lines.get(number)?;
            let (words, ()) = line.read(|_| ());
            (key_of(&words) == Some(key)).then_some(number)
        })
    }

    /// Replaces what is in the line of `key`, or begins one. Gives the table back whose index has room for it, where
    /// this one's has none.
    pub(super) fn put(&self, free: &mut Free, words: &Words, beside: impl FnOnce(&B)) -> Option<Self> {
        let words = Words { marks: words.marks | USED, ..*words };
        let [high, low, kind, ..] = words.words;
        let key = [high, low, kind];
        if let Some((line, more)) = self.number(key).and_then(|number| self.lines.get(number)) {
            line.write(&words, || beside(more));
            return None;
        }
        let grown = (free.taken >= self.index.room()).then(|| self.grown(free));
        let number = free.lines.pop().unwrap_or_else(|| {
            free.next += 1;
            free.next - 1
        });
        let (line, more) = self.lines.make(number);
        line.write(&words, || beside(more));
        let index = grown.as_ref().map_or(&self.index, |grown| &grown.index);
        free.taken += usize::from(index.insert(hash(key), number));
        grown
    }

    /// Takes the line of `key` away.
    pub(super) fn remove(&self, free: &mut Free, key: Key, beside: impl FnOnce(&B)) {
        let Some(number) = self.number(key) else { return };
        self.index.remove(hash(key), number);
        if let Some((line, more)) = self.lines.get(number) {
            line.write(&Words::default(), || beside(more));
        }
        free.lines.push(number);
    }

    /// The same lines with an index that has twice the room.
    fn grown(&self, free: &mut Free) -> Self {
        let used = free.next as usize - free.lines.len();
        let index = Index::with_room(used * 2);
        free.taken = 0;
        for number in 0..free.next {
            if let Some(key) = self.lines.get(number).and_then(|(line, _)| key_of(&line.read(|_| ()).0)) {
                index.insert(hash(key), number);
                free.taken += 1;
            }
        }
        Self { index: Arc::new(index), lines: Arc::clone(&self.lines) }
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
        let (mut rows, mut free) = (Rows::<()>::default(), Free::default());
        let early = rows.clone();
        for n in 1..10_000 {
            rows = rows.put(&mut free, &row(n), |()| {}).unwrap_or(rows);
        }
        assert!((1..10_000).all(|n| value(&rows, n) == Some(n)) && value(&rows, 0).is_none());
        assert_eq!(value(&early, 1), Some(1), "an old index still finds what it was made with");
        for n in (1..10_000).step_by(2) {
            rows.remove(&mut free, [n << 40, n, n % 3], |()| {});
        }
        assert!((1..10_000).all(|n| value(&rows, n).is_some() == n.is_multiple_of(2)));
        let (mut seen, mut used) = (0, free.next);
        rows.each(|_, ()| (), |_, ()| seen += 1);
        assert_eq!(seen, 4_999);
        for n in 20_000..25_000 {
            rows = rows.put(&mut free, &row(n), |()| {}).unwrap_or(rows);
        }
        assert_eq!(used, free.next, "lines that were left are used again");
        assert!((20_000..25_000).all(|n| value(&rows, n) == Some(n)));
        used += 1;
        rows = rows.put(&mut free, &row(30_000), |()| {}).unwrap_or(rows);
        assert_eq!((used, value(&rows, 30_000)), (free.next, Some(30_000)));
    }
}
