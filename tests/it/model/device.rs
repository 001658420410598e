//! A device whose clocks are set, stopped and rebooted, and the record of time that it keeps.

use planguard::{ClockFinding, Elapsed, Lesson, TimeCorrection, TimeRecord, Timestamp};

pub(crate) const HOUR: i64 = 3600;
pub(crate) const DAYS: i64 = 86_400;
pub(crate) const YEAR: i64 = 365 * DAYS;

/// Noon of the day on which the tests begin, in seconds.
pub(crate) const NOON: i64 = 1_723_284_000;

pub(crate) fn s(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

/// A device: true time, a wall clock that is off by `error`, a monotonic clock, and the record it keeps.
#[derive(Clone, Copy)]
pub(crate) struct Device {
    pub(crate) truth: i64,
    pub(crate) error: i64,
    pub(crate) up: i64,
    pub(crate) record: TimeRecord,
}

impl Device {
    pub(crate) fn new() -> Self {
        let mut device = Self { truth: NOON, error: 0, up: HOUR, record: TimeRecord::default() };
        device.look();
        device
    }

    /// One that has learnt the time from an answer.
    pub(crate) fn taught() -> Self {
        let mut device = Self::new();
        assert_eq!(device.answer(0), None);
        device
    }

    pub(crate) fn wall(&self) -> Timestamp {
        s(self.truth + self.error)
    }

    pub(crate) fn elapsed(&self) -> Elapsed {
        Elapsed(u64::try_from(self.up * 1000).unwrap())
    }

    pub(crate) fn pass(&mut self, secs: i64) {
        self.truth += secs;
        self.up += secs;
    }

    pub(crate) fn reboot(&mut self) {
        self.up = 0;
    }

    /// How far trusted time is from the truth, in seconds, as a read sees it.
    pub(crate) fn off(&mut self) -> i64 {
        let now = self.record.now(self.wall());
        self.record.high_water = now;
        now.as_millis() / 1000 - self.truth
    }

    pub(crate) fn look(&mut self) -> Option<ClockFinding> {
        self.off();
        let (after, finding) = self.record.watched(self.wall(), self.elapsed());
        self.restart(after);
        finding
    }

    /// An answer whose `Date` is wrong by `error`.
    pub(crate) fn answer(&mut self, error: i64) -> Option<TimeCorrection> {
        self.answer_of(error, None)
    }

    pub(crate) fn answer_of(&mut self, error: i64, issued_at: Option<Timestamp>) -> Option<TimeCorrection> {
        self.off();
        let lesson = Lesson { server: s(self.truth + error), issued_at };
        let (after, correction) = self.record.taught(lesson, self.wall(), self.elapsed());
        self.restart(after);
        correction
    }

    /// Every step goes through what a restart keeps.
    pub(crate) fn restart(&mut self, record: TimeRecord) {
        self.record = serde_json::from_str(&serde_json::to_string(&record).unwrap()).unwrap();
    }
}
