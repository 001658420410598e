//! Time that a user cannot turn back.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::model::Timestamp;

/// The wall clock was found behind time already seen, or the endpoint showed it to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockJump {
    /// The latest time seen before.
    pub from: Timestamp,
    /// What the clock says now.
    pub to: Timestamp,
}

/// Jumps smaller than this are ordinary corrections (NTP) and not worth an event.
const TOLERANCE: Duration = Duration::from_secs(60);

/// A `Date` has whole seconds and takes its time on the way: smaller differences say nothing of the clock, and
/// following them would make time stand still for a moment after every answer.
const RESOLUTION: Duration = Duration::from_secs(2);

/// Trusted time: the wall clock corrected by the endpoint's `Date`, never behind the high-water mark.
///
/// A clock set back makes time stand still until it has caught up: stale data does not become fresh, no grace
/// period is extended and no month reopens. A clock set *forward* by mistake would leave a mark in the future;
/// the endpoint's `Date`, and only it, takes the mark back, and never below the latest `Date` seen.
///
/// Reading takes no lock.
#[derive(Debug)]
pub struct TrustedTime {
    offset: AtomicI64,
    high_water: AtomicI64,
    server_floor: AtomicI64,
    jump_reported: AtomicI64,
}

impl TrustedTime {
    /// Starts from the marks that were persisted; both [`Timestamp::MIN`] on a new install.
    pub fn new(high_water: Timestamp, server_floor: Timestamp) -> Self {
        Self {
            offset: AtomicI64::new(0),
            high_water: AtomicI64::new(high_water.max(server_floor).as_millis()),
            server_floor: AtomicI64::new(server_floor.as_millis()),
            jump_reported: AtomicI64::new(i64::MIN),
        }
    }

    /// The time to decide by, given what the wall clock says.
    pub fn now(&self, wall: Timestamp) -> Timestamp {
        let corrected = self.corrected(wall).as_millis();
        let before = self.high_water.fetch_max(corrected, Ordering::AcqRel);
        Timestamp::from_millis(before.max(corrected))
    }

    fn corrected(&self, wall: Timestamp) -> Timestamp {
        Timestamp::from_millis(wall.as_millis().saturating_add(self.offset.load(Ordering::Acquire)))
    }

    /// A backward jump of the wall clock that was not reported yet. Each jump is reported once.
    pub fn take_jump(&self, wall: Timestamp) -> Option<ClockJump> {
        let to = self.corrected(wall);
        let from = self.high_water();
        if from.since(to) <= TOLERANCE {
            // Caught up: the next jump is a new one.
            self.jump_reported.store(i64::MIN, Ordering::Release);
            return None;
        }
        let reported = self.jump_reported.swap(from.as_millis(), Ordering::AcqRel);
        (reported != from.as_millis()).then_some(ClockJump { from, to })
    }

    /// Learns from the endpoint's `Date` header, received when the wall clock said `wall`.
    ///
    /// Returns the correction when the high-water mark had to be taken back from a time that never was.
    pub fn learn(&self, server: Timestamp, wall: Timestamp) -> Option<ClockJump> {
        let floor = self.server_floor.fetch_max(server.as_millis(), Ordering::AcqRel);
        if server.as_millis() < floor {
            // An older answer than one already seen teaches nothing.
            return None;
        }
        let corrected = self.corrected(wall);
        if corrected.since(server).max(server.since(corrected)) > RESOLUTION {
            self.offset.store(server.as_millis() - wall.as_millis(), Ordering::Release);
        }
        let before = Timestamp::from_millis(self.high_water.load(Ordering::Acquire));
        if before.since(server) <= TOLERANCE {
            self.high_water.fetch_max(server.as_millis(), Ordering::AcqRel);
            return None;
        }
        self.high_water.store(server.as_millis(), Ordering::Release);
        Some(ClockJump { from: before, to: server })
    }

    /// The latest trusted time so far, to be persisted.
    pub fn high_water(&self) -> Timestamp {
        Timestamp::from_millis(self.high_water.load(Ordering::Acquire))
    }

    /// The latest `Date` of the endpoint so far, to be persisted.
    pub fn server_floor(&self) -> Timestamp {
        Timestamp::from_millis(self.server_floor.load(Ordering::Acquire))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    #[test]
    fn a_clock_set_back_stands_still_and_is_reported_once() {
        let time = TrustedTime::new(Timestamp::MIN, Timestamp::MIN);
        assert_eq!(time.now(s(10_000)), s(10_000));
        assert_eq!(time.now(s(4_000)), s(10_000));
        assert_eq!(time.take_jump(s(4_000)), Some(ClockJump { from: s(10_000), to: s(4_000) }));
        assert_eq!(time.take_jump(s(4_100)), None);
        assert_eq!(time.now(s(10_500)), s(10_500));
        assert_eq!(time.take_jump(s(10_500)), None);
        assert!(time.take_jump(s(100)).is_some());
    }

    #[test]
    fn the_mark_survives_a_restart() {
        let time = TrustedTime::new(s(10_000), s(9_000));
        assert_eq!(time.now(s(500)), s(10_000));
    }

    #[test]
    fn the_whole_seconds_of_a_date_do_not_slow_the_clock() {
        let time = TrustedTime::new(Timestamp::MIN, Timestamp::MIN);
        let wall = s(10_000).plus(Duration::from_millis(999));
        assert_eq!(time.learn(s(10_000), wall), None);
        assert_eq!(time.now(wall), wall);
        assert_eq!(time.learn(s(10_003), wall), None);
        assert_eq!(time.now(wall), s(10_003));
    }

    #[test]
    fn the_endpoint_heals_a_clock_that_ran_ahead_but_never_below_its_own_past() {
        let time = TrustedTime::new(Timestamp::MIN, s(9_000));
        assert_eq!(time.now(s(90_000)), s(90_000));
        assert_eq!(time.learn(s(8_000), s(90_000)), None);
        assert_eq!(time.now(s(90_000)), s(90_000));
        assert!(time.learn(s(10_000), s(90_000)).is_some());
        assert_eq!(time.now(s(90_010)), s(10_010));
    }
}
