//! Time that a user cannot turn back.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use crate::lock::Mutex;

use crate::model::{ClockFinding, Elapsed, Lesson, TimeCorrection, TimeRecord, Timestamp, time_reading};

/// Trusted time: the wall clock corrected by what the endpoint taught, never behind the high-water mark.
///
/// The rules are those of [`TimeRecord`]; this keeps one record for many threads. Reading takes no lock.
#[derive(Debug)]
pub struct TrustedTime {
    mark: Mark,
    offset_ms: AtomicI64,
    /// The rest of the record; its mark and offset are those of the last step.
    kept: Mutex<TimeRecord>,
}

impl TrustedTime {
    /// Starts from the record that was persisted; the default on a new install.
    pub fn new(record: TimeRecord) -> Self {
        Self {
            mark: Mark::new(record.high_water),
            offset_ms: AtomicI64::new(record.offset_ms),
            kept: Mutex::new(record),
        }
    }

    /// The time to decide by, given what the wall clock says. It goes back only with a correction that
    /// [`Self::learn`], [`Self::watch`] or [`Self::adopt`] returns.
    pub fn now(&self, wall: Timestamp) -> Timestamp {
        self.mark.raise(|mark| time_reading(wall, self.offset_ms.load(Ordering::Acquire), mark))
    }

    /// The wall clock corrected by what was learnt, which may be behind the high-water mark. It raises nothing.
    pub fn reading(&self, wall: Timestamp) -> Timestamp {
        time_reading(wall, self.offset_ms.load(Ordering::Acquire), self.mark.get())
    }

    /// Learns from an answer that was accepted, received when the clocks said `wall` and `elapsed`.
    pub fn learn(&self, lesson: Lesson, wall: Timestamp, elapsed: Elapsed) -> Option<TimeCorrection> {
        self.step(|record| record.taught(lesson, wall, elapsed))
    }

    /// Looks after the wall clock: writers call it now and then, readers never. Each finding is returned once.
    pub fn watch(&self, wall: Timestamp, elapsed: Elapsed) -> Option<ClockFinding> {
        self.step(|record| record.watched(wall, elapsed))
    }

    /// Takes over what another process has learnt and persisted, by [`TimeRecord::merged`].
    pub fn adopt(&self, stored: TimeRecord, wall: Timestamp) -> Option<TimeCorrection> {
        self.step(|record| {
            let merged = stored.merged(record);
            (merged, TimeCorrection::between(record.now(wall), merged.now(wall)))
        })
    }

    /// What is known now, to be persisted.
    pub fn record(&self) -> TimeRecord {
        let kept = self.kept.lock();
        TimeRecord { high_water: self.mark.get(), ..*kept }
    }

    fn step<T>(&self, step: impl FnOnce(TimeRecord) -> (TimeRecord, T)) -> T {
        let mut kept = self.kept.lock();
        let before = TimeRecord { high_water: self.mark.get(), ..*kept };
        let (after, told) = step(before);
        if after.offset_ms != before.offset_ms || after.high_water < before.high_water {
            // The offset goes first: whoever sees the new mark sees it too.
            self.offset_ms.store(after.offset_ms, Ordering::Release);
            self.mark.replace(after.high_water);
        } else {
            self.mark.raise(|_| after.high_water);
        }
        *kept = after;
        told
    }
}

/// The high-water mark, in one word with a count of how often it was replaced: a reader that still computes with the
/// offset of before cannot raise the mark of after.
#[derive(Debug)]
struct Mark(AtomicU64);

/// Every [`Timestamp`] fits.
const MILLIS_BITS: u32 = 48;
const _: () = assert!(Timestamp::MIN.as_millis() >= 0 && Timestamp::MAX.as_millis() < 1 << MILLIS_BITS);

impl Mark {
    fn new(at: Timestamp) -> Self {
        Self(AtomicU64::new(word(0, at)))
    }

    fn get(&self) -> Timestamp {
        of_word(self.0.load(Ordering::Acquire))
    }

    /// Raises the mark to `reading` of the mark, if that is later. Returns the later of the two.
    fn raise(&self, reading: impl Fn(Timestamp) -> Timestamp) -> Timestamp {
        let mut seen = self.0.load(Ordering::Acquire);
        loop {
            let mark = of_word(seen);
            let read = reading(mark);
            if read <= mark {
                return mark;
            }
            let raised = word(seen >> MILLIS_BITS, read);
            match self.0.compare_exchange_weak(seen, raised, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return read,
                Err(other) => seen = other,
            }
        }
    }

    /// Sets the mark, forward or back. One caller at a time.
    fn replace(&self, at: Timestamp) {
        let replaced = self.0.load(Ordering::Acquire) >> MILLIS_BITS;
        self.0.store(word(replaced.wrapping_add(1), at), Ordering::Release);
    }
}

fn word(replaced: u64, at: Timestamp) -> u64 {
    // Timestamps are never negative; the count wraps at 16 bits.
    (replaced << MILLIS_BITS) | at.as_millis().unsigned_abs()
}

fn of_word(word: u64) -> Timestamp {
    let millis = word & ((1 << MILLIS_BITS) - 1);
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
