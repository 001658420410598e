//! Lines by number. They never move, and more are added without anybody who reads taking notice.

use std::sync::OnceLock;

use crate::client::line::Line;

/// Lines of the first segment; each next one has twice as many, up to [`LARGEST`].
const FIRST: u32 = 64;

/// Lines of a segment at most, so that hardly anything is taken in advance.
const LARGEST: u32 = 8192;

/// Segments that double, before those of one size.
const DOUBLING: u32 = (LARGEST / FIRST).trailing_zeros();

/// Lines in the segments that double.
const DOUBLED: u32 = LARGEST - FIRST;

/// Segments of one size that are listed together.
const LISTED: usize = 256;

/// How many lines there can be.
#[allow(clippy::cast_possible_truncation, reason = "LISTED is 256")]
#[cfg(test)]
const MOST: u32 = DOUBLED + (LISTED * LISTED) as u32 * LARGEST;

/// Lines, and beside each what does not fit into it.
#[derive(Debug)]
struct Segment<B> {
    lines: Box<[Line]>,
    beside: Box<[B]>,
}

impl<B: Default> Segment<B> {
    fn of(len: u32) -> Self {
        let len = len as usize;
        let (mut lines, mut beside) = (Vec::new(), Vec::new());
        lines.resize_with(len, Line::default);
        beside.resize_with(len, B::default);
        Self { lines: lines.into(), beside: beside.into() }
    }
}

type List<T> = Box<[OnceLock<T>]>;

fn list<T>(len: usize) -> List<T> {
    let mut list = Vec::new();
    list.resize_with(len, OnceLock::new);
    list.into()
}

/// All lines of a table.
#[derive(Debug)]
pub(super) struct Lines<B> {
    doubling: List<Segment<B>>,
    lists: List<List<Segment<B>>>,
}

impl<B> Default for Lines<B> {
    fn default() -> Self {
        Self { doubling: list(DOUBLING as usize), lists: list(LISTED) }
    }
}

impl<B: Default> Lines<B> {
    /// A line and what is beside it; `None` where none was made yet.
    pub(super) fn get(&self, number: u32) -> Option<(&Line, &B)> {
        let (segment, within) = if number < DOUBLED {
            let (nth, within, _) = place(number);
            (self.doubling[nth].get()?, within)
        } else {
            let nth = (number - DOUBLED) / LARGEST;
            let list = self.lists.get(nth as usize / LISTED)?.get()?;
            (list[nth as usize % LISTED].get()?, ((number - DOUBLED) % LARGEST) as usize)
        };
        Some((segment.lines.get(within)?, segment.beside.get(within)?))
    }

    /// As [`Self::get`], and makes the line if there is none.
    ///
    /// # Panics
    /// Beyond half a thousand million lines, which is more than fits into memory.
    pub(super) fn make(&self, number: u32) -> (&Line, &B) {
        let (segment, within) = if number < DOUBLED {
            let (nth, within, len) = place(number);
            (self.doubling[nth].get_or_init(|| Segment::of(len)), within)
        } else {
            let nth = (number - DOUBLED) / LARGEST;
            let list = self.lists[nth as usize / LISTED].get_or_init(|| list(LISTED));
            let segment = list[nth as usize % LISTED].get_or_init(|| Segment::of(LARGEST));
            (segment, ((number - DOUBLED) % LARGEST) as usize)
        };
        (&segment.lines[within], &segment.beside[within])
    }
}

/// Which of the segments that double a line is in, where in it, and how many lines that one has.
fn place(number: u32) -> (usize, usize, u32) {
    let nth = (number / FIRST + 1).ilog2();
    let len = FIRST << nth;
    (nth as usize, (number - (len - FIRST)) as usize, len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::line::Words;

    #[test]
    fn every_number_has_a_line_of_its_own() {
        let lines = Lines::<()>::default();
        let marked = |n: u32| Words { marks: n, ..Words::default() };
        let numbers = || (0..3 * LARGEST).chain([MOST - 1]);
        for n in numbers() {
            lines.make(n).0.write(&marked(n), || {});
        }
        for n in numbers() {
            assert_eq!(lines.get(n).map(|(line, ())| line.read(|_| ()).0), Some(marked(n)));
        }
        assert!(lines.get(5 * LARGEST).is_none() && lines.get(MOST).is_none());
    }
}
