//! Things by number. They never move, and more are added while others are read.

use crate::lockless::OnceLock;

/// Segments that double, at most.
const DOUBLING: usize = 8;

/// Segments of one size that are listed together.
const LISTED: usize = 256;

type List<T> = Box<[OnceLock<T>]>;
type Segment<T> = Box<[T]>;

/// Things by number, in segments: the first has `FIRST` of them, each next one twice as many, up to `LARGEST`, so that
/// little is taken in advance. Both are powers of two.
#[derive(Debug)]
pub(crate) struct Numbered<T, const FIRST: u32, const LARGEST: u32> {
    doubling: [OnceLock<Segment<T>>; DOUBLING],
    lists: OnceLock<List<List<Segment<T>>>>,
}

fn list<T>(len: usize) -> List<T> {
    let mut list = Vec::new();
    list.resize_with(len, OnceLock::new);
    list.into()
}

fn segment<T: Default>(len: u32) -> Segment<T> {
    let mut segment = Vec::new();
    segment.resize_with(len as usize, T::default);
    segment.into()
}

impl<T, const FIRST: u32, const LARGEST: u32> Numbered<T, FIRST, LARGEST> {
    /// How many are in the segments that double.
    const DOUBLED: u32 = LARGEST - FIRST;

    /// How many there can be.
    #[allow(clippy::cast_possible_truncation, reason = "LISTED is 256")]
    #[cfg(test)]
    const MOST: u32 = Self::DOUBLED + (LISTED * LISTED) as u32 * LARGEST;

    /// Which of the segments that double has `number`, where in it, and how many that one has.
    fn place(number: u32) -> (usize, usize, u32) {
        let nth = (number / FIRST + 1).ilog2();
        let len = FIRST << nth;
        (nth as usize, (number - (len - FIRST)) as usize, len)
    }

    /// The one with that number; `None` where none was made yet.
    #[inline]
    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        let Some(beyond) = number.checked_sub(Self::DOUBLED) else {
            let (nth, within, _) = Self::place(number);
            return self.doubling[nth].get()?.get(within);
        };
        let nth = (beyond / LARGEST) as usize;
        let list = self.lists.get()?.get(nth / LISTED)?.get()?;
        list[nth % LISTED].get()?.get((beyond % LARGEST) as usize)
    }

    /// As [`Self::get`], and makes it if there is none.
    ///
    /// # Panics
    /// Beyond 65,536 segments of the largest size.
    pub(crate) fn make(&self, number: u32) -> &T
    where
        T: Default,
    {
        let Some(beyond) = number.checked_sub(Self::DOUBLED) else {
            let (nth, within, len) = Self::place(number);
            return &self.doubling[nth].get_or_init(|| segment(len))[within];
        };
        let nth = (beyond / LARGEST) as usize;
        let lists = self.lists.get_or_init(|| list(LISTED));
        let list = lists[nth / LISTED].get_or_init(|| list(LISTED));
        &list[nth % LISTED].get_or_init(|| segment(LARGEST))[(beyond % LARGEST) as usize]
    }
}

impl<T, const FIRST: u32, const LARGEST: u32> Default for Numbered<T, FIRST, LARGEST> {
    fn default() -> Self {
        const {
            assert!(FIRST.is_power_of_two() && LARGEST.is_power_of_two() && FIRST <= LARGEST);
            assert!((LARGEST / FIRST).trailing_zeros() as usize <= DOUBLING);
        }
        Self { doubling: std::array::from_fn(|_| OnceLock::new()), lists: OnceLock::new() }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn every_number_has_a_place_of_its_own() {
        type Numbers = Numbered<AtomicU32, 64, 4096>;
        let numbers = Numbers::default();
        let asked = || (0..3 * 4096).chain([Numbers::MOST - 1]);
        for n in asked() {
            numbers.make(n).store(n + 1, Ordering::Relaxed);
        }
        for n in asked() {
            assert_eq!(numbers.get(n).map(|held| held.load(Ordering::Relaxed)), Some(n + 1));
        }
        assert!(numbers.get(5 * 4096).is_none() && numbers.get(Numbers::MOST).is_none());
    }

    #[test]
    fn segments_may_all_have_one_size() {
        let numbers = Numbered::<AtomicU32, 8, 8>::default();
        assert!(numbers.get(0).is_none());
        numbers.make(8).store(1, Ordering::Relaxed);
        assert!(numbers.get(7).is_none() && numbers.get(15).is_some() && numbers.get(16).is_none());
    }
}
