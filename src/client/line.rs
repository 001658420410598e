//! One cache line that is changed in place and read without a lock.
//!
//! A number of its own is odd while the line is being written; whoever reads compares it before and after (a sequence
//! lock). There is one writer at a time: the caller sees to that, or takes its turn.

use crate::lockless::{AtomicU32, AtomicU64, Ordering, fence, spin_loop, yield_now};

/// How often a reader looks whether the writer has finished before it lets it run.
const SPINS: u32 = 64;

/// How many words a line has.
pub(crate) const WORDS: usize = 7;

/// What a line holds: a half word of marks, and words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Words<const N: usize = WORDS> {
    pub(crate) marks: u32,
    pub(crate) words: [u64; N],
}

impl<const N: usize> Default for Words<N> {
    fn default() -> Self {
        Self { marks: 0, words: [0; N] }
    }
}

/// A line. All zero while nothing is in it.
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct Line<const N: usize = WORDS> {
    turn: AtomicU32,
    marks: AtomicU32,
    words: [AtomicU64; N],
}

impl<const N: usize> Default for Line<N> {
    fn default() -> Self {
        let words = std::array::from_fn(|_| AtomicU64::default());
        Self { turn: AtomicU32::default(), marks: AtomicU32::default(), words }
    }
}

impl<const N: usize> Line<N> {
    /// What the line holds, and since which turn.
    #[inline]
    pub(crate) fn read_turn(&self) -> (Words<N>, u32) {
        self.read(|_| self.turn.load(Ordering::Relaxed))
    }

    /// Whether nobody has written since `turn`; what was read before that is of that turn.
    #[inline]
    pub(crate) fn still(&self, turn: u32) -> bool {
        fence(Ordering::Acquire);
        self.turn.load(Ordering::Relaxed) == turn
    }

    /// What the line holds, with what `beside` reads that is written together with it.
    #[inline]
    pub(crate) fn read<T>(&self, beside: impl Fn(&Words<N>) -> T) -> (Words<N>, T) {
        loop {
            if let Some(read) = self.try_read(&beside) {
                return read;
            }
            self.wait();
        }
    }

    /// As [`Self::read`]; `None` where it was written meanwhile.
    #[inline]
    fn try_read<T>(&self, beside: impl Fn(&Words<N>) -> T) -> Option<(Words<N>, T)> {
        let turn = self.turn.load(Ordering::Acquire);
        let words = Words {
            marks: self.marks.load(Ordering::Relaxed),
            words: std::array::from_fn(|i| self.words[i].load(Ordering::Relaxed)),
        };
        let more = beside(&words);
        (turn.is_multiple_of(2) && self.still(turn)).then_some((words, more))
    }

    /// Lets the writer finish.
    #[cold]
    fn wait(&self) {
        for _ in 0..SPINS {
            if self.turn.load(Ordering::Relaxed).is_multiple_of(2) {
                return;
            }
            spin_loop();
        }
        yield_now();
    }

    /// What to name to [`Self::try_write`]; `None` while it is being written.
    pub(crate) fn turn(&self) -> Option<u32> {
        let turn = self.turn.load(Ordering::Acquire);
        turn.is_multiple_of(2).then_some(turn)
    }

    /// Replaces what the line holds, and what `beside` writes together with it, unless somebody has written since `turn`.
    pub(crate) fn try_write(&self, turn: u32, new: &Words<N>, beside: impl FnOnce()) {
        let odd = turn.wrapping_add(1);
        if self.turn.compare_exchange(turn, odd, Ordering::Acquire, Ordering::Relaxed).is_ok() {
            fence(Ordering::Release);
            self.store(new);
            beside();
            self.turn.store(turn.wrapping_add(2), Ordering::Release);
        }
    }

    /// Replaces what the line holds, also where others write it with [`Self::try_write`].
    pub(crate) fn write_over(&self, new: &Words<N>) {
        loop {
            if let Some(turn) = self.turn() {
                let odd = turn.wrapping_add(1);
                if self.turn.compare_exchange(turn, odd, Ordering::Acquire, Ordering::Relaxed).is_ok() {
                    fence(Ordering::Release);
                    self.store(new);
                    return self.turn.store(turn.wrapping_add(2), Ordering::Release);
                }
            }
            spin_loop();
        }
    }

    fn store(&self, new: &Words<N>) {
        self.marks.store(new.marks, Ordering::Relaxed);
        for (word, new) in self.words.iter().zip(new.words) {
            word.store(new, Ordering::Relaxed);
        }
    }

    /// Replaces what the line holds, and what `beside` writes together with it.
    pub(crate) fn write(&self, new: &Words<N>, beside: impl FnOnce()) {
        let turn = self.turn.load(Ordering::Relaxed);
        self.turn.store(turn.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
        self.store(new);
        beside();
        self.turn.store(turn.wrapping_add(2), Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const _: () = assert!(size_of::<Line>() == 64);

    #[test]
    fn no_reader_sees_half_of_a_write() {
        const WRITES: u64 = 50_000;
        let (line, beside) = (<Line>::default(), AtomicU64::new(0));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for n in 1..=WRITES {
                    let new = Words { marks: u32::try_from(n).unwrap(), words: [n; WORDS] };
                    line.write(&new, || beside.store(n, Ordering::Relaxed));
                }
            });
            let mut last = 0;
            while last < WRITES {
                let (seen, n) = line.read(|_| beside.load(Ordering::Relaxed));
                assert_eq!(seen, Words { marks: u32::try_from(n).unwrap(), words: [n; WORDS] });
                assert!(n >= last, "a line never goes back");
                last = n;
            }
        });
    }
}
