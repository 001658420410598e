//! What is known of time beyond the wall clock, and the rules by which it is learnt and corrected.
//!
//! Pure: a record and what was seen go in, the next record and what is to be told come out.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::instant::Timestamp;
use super::moment::Elapsed;

/// How far one source alone may move time, and how long a wall clock must have run behind the mark to be believed.
const DAY: Duration = Duration::from_secs(86_400);

/// Smaller differences are ordinary corrections (NTP) and no jump.
const TOLERANCE: Duration = Duration::from_secs(60);

/// A `Date` has whole seconds and takes its time on the way: smaller differences say nothing of the clock, and
/// following them would make time stand still for a moment after every answer.
const RESOLUTION: Duration = Duration::from_secs(2);

/// How far the clock errors that two answers show may differ for the answers to agree.
const AGREEMENT: Duration = Duration::from_secs(10 * 60);

/// The most time for which another boot vouches beyond its own uptime: nothing measures the time without power.
const UNPOWERED: Duration = Duration::from_secs(6 * 3600);

/// Progress of a clock that runs behind is noted in steps of at least this, so that looking is not writing.
const STEP: Duration = Duration::from_secs(60);

/// What is known of time beyond the wall clock. The default knows nothing.
///
/// Trusted time is the wall clock plus the offset, never behind the high-water mark. Both are kept together: either
/// alone is wrong after a restart.
///
/// # What a wrong answer can do
///
/// An answer within a day of trusted time is followed at once, in both directions. A longer jump needs agreement: of
/// the same answer's `issued_at` while nothing has been learnt yet (a first start with a dead clock), or of a second
/// answer, earlier or later, that shows the same error of the clock. So one answer alone moves time by a day at most,
/// and two good answers in a row heal everything, in either direction and over a restart. A jump that is only claimed
/// is forgotten with the next answer that fits the present time, and replaced by the next that fits neither.
///
/// # What setting the clock back can do
///
/// Set back by a day or less, time stands still until the wall clock has caught up: nothing becomes fresh, no grace
/// is prolonged, no month reopens. Set back further, time stands still likewise; once the wall clock has run for a day,
/// as the monotonic clock confirms, and is still more than a day behind, the mark is taken back to it, but never behind the
/// time that the endpoint last confirmed. On the device nothing tells a clock that was set back on purpose from one that ran
/// ahead and was put right, and a mark that only rises would leave the second without a way back. So who sets the
/// clock back gains nothing for a day in which time stands still, and after it no more than the stretch since the last
/// answer. Without an endpoint that day is all that holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TimeRecord {
    /// The latest trusted time seen.
    pub high_water: Timestamp,
    /// What the wall clock lacks to true time, in milliseconds.
    pub offset_ms: i64,
    /// The last answer that was followed; `None` until an answer has taught time.
    pub confirmed: Option<TimeAnswer>,
    /// An answer that asked for a jump of more than a day and waits for another that agrees.
    pub claim: Option<TimeAnswer>,
    /// A wall clock that runs behind the mark.
    pub behind: Option<ClockBehind>,
    /// How often something was learnt or found: of two processes' records the one with more holds. That the mark
    /// rises, or that a clock runs behind it, is nothing new.
    pub changes: u64,
}

/// What an answer of the endpoint said of time, and what the clocks said then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeAnswer {
    /// The time the answer showed.
    pub server: Timestamp,
    /// The wall clock at the answer.
    pub wall: Timestamp,
    /// The monotonic clock at the answer.
    pub elapsed: Elapsed,
}

/// A wall clock that runs behind the mark: where it was when it was last looked at, and how long it has run so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockBehind {
    /// The wall clock at the last look.
    pub wall: Timestamp,
    /// The monotonic clock at the last look.
    pub elapsed: Elapsed,
    /// How long it has run since it was first found behind, in milliseconds.
    pub ran_ms: u64,
}

/// What an accepted answer of the endpoint says of time. An answer that was not accepted is no lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lesson {
    /// Its `Date`, and its `Age` on top.
    pub server: Timestamp,
    /// When its document was issued.
    pub issued_at: Option<Timestamp>,
}

/// The wall clock was found behind time already seen, or time was corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct ClockJump {
    /// The trusted time before.
    pub from: Timestamp,
    /// What the clock says now.
    pub to: Timestamp,
}

/// Trusted time was corrected. What is dated after `to` has not begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "what hangs on time must be corrected with it"]
pub struct TimeCorrection {
    /// The trusted time before.
    pub from: Timestamp,
    /// The trusted time now: earlier than `from` or later.
    pub to: Timestamp,
}

impl TimeCorrection {
    /// A step back is always told, one forward only where it is a jump: time runs forward anyway.
    pub(crate) fn between(from: Timestamp, to: Timestamp) -> Option<Self> {
        (to < from || to.since(from) > TOLERANCE).then_some(Self { from, to })
    }

    /// Whether time went back, so that facts dated after `to` are of a stretch that has not begun.
    pub fn is_backward(self) -> bool {
        self.to < self.from
    }

    /// The jump to tell the app of; `None` for an ordinary correction of up to a minute.
    pub fn jump(self) -> Option<ClockJump> {
        (apart(self.from, self.to) > TOLERANCE).then_some(ClockJump { from: self.from, to: self.to })
    }
}

/// What a look at the clocks found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "it is reported once"]
pub enum ClockFinding {
    /// The wall clock was set back. Trusted time stands still until it has caught up.
    SetBack(ClockJump),
    /// The wall clock has run far behind the mark for so long that the mark was taken back.
    Corrected(TimeCorrection),
}

impl TimeRecord {
    /// The record that the two marks of the first store format amount to: the clock is taken to be right.
    pub fn from_marks(high_water: Timestamp, server_floor: Timestamp) -> Self {
        Self {
            high_water: high_water.max(server_floor),
            confirmed: (server_floor > Timestamp::MIN).then_some(TimeAnswer {
                server: server_floor,
                wall: server_floor,
                elapsed: Elapsed::default(),
            }),
            ..Self::default()
        }
    }

    /// The time that the last answer that was followed showed; `None` until an answer has taught time.
    pub fn confirmed_at(&self) -> Option<Timestamp> {
        self.confirmed.map(|answer| answer.server)
    }

    /// Trusted time, given what the wall clock says.
    pub fn now(&self, wall: Timestamp) -> Timestamp {
        self.high_water.max(time_reading(wall, self.offset_ms, self.high_water))
    }

    /// The next record after an accepted answer, and the correction it brought about.
    #[must_use]
    pub fn taught(self, lesson: Lesson, wall: Timestamp, elapsed: Elapsed) -> (Self, Option<TimeCorrection>) {
        let before = self.now(wall);
        let server = lesson.server;
        if apart(server, before) > DAY && !self.agrees(lesson, wall, elapsed) {
            let claim = Some(TimeAnswer { server, wall, elapsed });
            return (Self { claim, changes: self.changes.saturating_add(1), ..self }, None);
        }
        let read = time_reading(wall, self.offset_ms, self.high_water);
        let to = if apart(read, server) <= RESOLUTION { read } else { server };
        let high_water = if self.high_water.since(to) <= RESOLUTION { self.high_water.max(to) } else { to };
        let after = Self {
            high_water,
            offset_ms: to.as_millis() - wall.as_millis(),
            confirmed: Some(TimeAnswer { server: to, wall, elapsed }),
            claim: None,
            behind: None,
            changes: self.changes.saturating_add(1),
        };
        (after, TimeCorrection::between(before, high_water))
    }

    /// Whether something besides the answer speaks for the jump it asks for.
    fn agrees(&self, lesson: Lesson, wall: Timestamp, elapsed: Elapsed) -> bool {
        let issued_now = lesson.issued_at.is_some_and(|issued| apart(issued, lesson.server) <= DAY);
        if self.confirmed.is_none() && issued_now {
            return true;
        }
        // The last answer that was followed counts too: a clock that was set since needs no third.
        let fits = |other: TimeAnswer| other.agrees(lesson.server, wall, elapsed);
        self.confirmed.is_some_and(fits) || self.claim.is_some_and(fits)
    }

    /// The next record after a look at the clocks, and what the look found. Each finding comes once.
    #[must_use]
    pub fn watched(self, wall: Timestamp, elapsed: Elapsed) -> (Self, Option<ClockFinding>) {
        let read = time_reading(wall, self.offset_ms, self.high_water);
        let mut after = self;
        after.offset_ms = read_offset(wall, self.offset_ms, self.high_water);
        let finding = after.follow(read, wall, elapsed);
        let known = |record: &Self| (record.offset_ms, record.behind.is_some());
        if known(&after) != known(&self) || finding.is_some() {
            after.changes = self.changes.saturating_add(1);
        }
        (after, finding)
    }

    fn follow(&mut self, read: Timestamp, wall: Timestamp, elapsed: Elapsed) -> Option<ClockFinding> {
        let mark = self.high_water;
        if mark.since(read) <= TOLERANCE {
            self.high_water = mark.max(read);
            self.behind = None;
            return None;
        }
        let looked = self.behind.filter(|behind| behind.wall.since(wall) <= TOLERANCE);
        let Some(behind) = looked.map(|behind| behind.looked(wall, elapsed)) else {
            self.behind = Some(ClockBehind { wall, elapsed, ran_ms: 0 });
            return Some(ClockFinding::SetBack(ClockJump { from: mark, to: read }));
        };
        self.behind = Some(behind);
        let to = read.max(self.confirmed_at().unwrap_or(Timestamp::MIN));
        if Duration::from_millis(behind.ran_ms) < DAY || mark.since(to) <= DAY {
            return None;
        }
        // Seen from there the clock may seem to have been set right since: what it then says is the time from here on.
        self.offset_ms = read_offset(wall, self.offset_ms, to);
        let read = shifted(wall, self.offset_ms);
        let to = to.max(read);
        self.high_water = to;
        self.behind = (to.since(read) > TOLERANCE).then_some(behind);
        Some(ClockFinding::Corrected(TimeCorrection { from: mark, to }))
    }

    /// This record, kept in the store, and another process's: the one that has seen more changes holds, and between
    /// equals the later mark and the longer run behind it.
    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        if other.changes > self.changes {
            return other;
        }
        if (Self { high_water: self.high_water, behind: self.behind, ..other }) != self {
            return self;
        }
        let ran = |record: &Self| record.behind.map(|behind| behind.ran_ms);
        let behind = if ran(&other) > ran(&self) { other.behind } else { self.behind };
        Self { high_water: self.high_water.max(other.high_water), behind, ..self }
    }
}

impl TimeAnswer {
    /// Whether an answer shows the same error of the clock as this one.
    fn agrees(self, server: Timestamp, wall: Timestamp, elapsed: Elapsed) -> bool {
        let passed = server.as_millis() - self.server.as_millis();
        let fits = |by: i64| u128::from(passed.abs_diff(by)) <= AGREEMENT.as_millis();
        // The wall clock may have been set between the two; within one boot the monotonic clock was not.
        let by_elapsed = i64::try_from(elapsed.since(self.elapsed).as_millis()).unwrap_or(i64::MAX);
        fits(wall.as_millis() - self.wall.as_millis()) || (elapsed >= self.elapsed && fits(by_elapsed))
    }
}

impl ClockBehind {
    /// After another look: time counts as run if both clocks say that it passed. In another boot the wall clock is
    /// believed for its uptime, or for as long as a device is often without power.
    fn looked(self, wall: Timestamp, elapsed: Elapsed) -> Self {
        // An equal reading with the wall clock further on is of another boot as well.
        let vouched = if elapsed > self.elapsed {
            elapsed.since(self.elapsed)
        } else {
            elapsed.since(Elapsed(0)).max(UNPOWERED)
        };
        let ran = wall.since(self.wall).min(vouched);
        if ran < STEP && elapsed >= self.elapsed {
            return self;
        }
        let ran_ms = self.ran_ms.saturating_add(u64::try_from(ran.as_millis()).unwrap_or(u64::MAX));
        Self { wall, elapsed, ran_ms }
    }
}

/// The wall clock corrected by the offset, or as it is if it seems to have been set right since.
pub(crate) fn time_reading(wall: Timestamp, offset_ms: i64, mark: Timestamp) -> Timestamp {
    shifted(wall, read_offset(wall, offset_ms, mark))
}

/// The offset that the wall clock still needs. A large one is dropped when the clock with it is far from the mark,
/// and the clock alone is near: the offset belongs to a clock that was set since (a dead clock, put right by the
/// network after the endpoint had answered).
fn read_offset(wall: Timestamp, offset_ms: i64, mark: Timestamp) -> i64 {
    if u128::from(offset_ms.unsigned_abs()) <= DAY.as_millis() {
        return offset_ms;
    }
    let far = apart(shifted(wall, offset_ms), mark);
    if far > DAY && apart(wall, mark).saturating_mul(4) < far { 0 } else { offset_ms }
}

fn shifted(wall: Timestamp, offset_ms: i64) -> Timestamp {
    Timestamp::from_millis(wall.as_millis().saturating_add(offset_ms))
}

fn apart(one: Timestamp, other: Timestamp) -> Duration {
    one.since(other).max(other.since(one))
}
