//! The clock that all processes of one world share: a fixed date, and the machine's monotonic clock since the world began.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use planguard::port::BoxFuture;
use planguard::time::{Clock, Elapsed, SystemClock, Timestamp};

/// When every world begins: 06:00 UTC on 20 November 2026, an hour after the frozen stores were written, and ten hours
/// before the billing day ends.
const BEGINNING: i64 = 1_795_154_400_000;

/// Time as one world has it.
#[derive(Clone)]
pub(crate) struct WorldClock {
    began: u64,
    ahead: Arc<AtomicU64>,
}

impl WorldClock {
    /// The clock of a world that begins now.
    pub(crate) fn start() -> Self {
        Self::of(SystemClock.elapsed().0, 0)
    }

    /// The clock of a world that began at that reading and has been turned ahead by that many milliseconds.
    pub(crate) fn of(began: u64, ahead: u64) -> Self {
        Self { began, ahead: Arc::new(AtomicU64::new(ahead)) }
    }

    /// What [`Self::of`] takes.
    pub(crate) fn reading(&self) -> (u64, u64) {
        (self.began, self.ahead.load(Ordering::Relaxed))
    }

    /// Turns it ahead. Processes that run already do not see it.
    pub(crate) fn turn(&self, by: Duration) {
        self.ahead.fetch_add(millis(by), Ordering::Relaxed);
    }
}

impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        let (began, ahead) = self.reading();
        let since = SystemClock.elapsed().0.saturating_sub(began) + ahead;
        Timestamp::from_millis(BEGINNING.saturating_add_unsigned(since))
    }

    fn elapsed(&self) -> Elapsed {
        Elapsed(SystemClock.elapsed().0 + self.ahead.load(Ordering::Relaxed))
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        SystemClock.sleep(duration)
    }
}

/// How long something has taken, by the machine's monotonic clock.
#[derive(Clone, Copy)]
pub(crate) struct Since(Elapsed);

impl Since {
    pub(crate) fn now() -> Self {
        Self(SystemClock.elapsed())
    }

    pub(crate) fn passed(self) -> Duration {
        SystemClock.elapsed().since(self.0)
    }

    pub(crate) fn millis(self) -> u64 {
        millis(self.passed())
    }
}

pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Lets the processes that were started go on for so long.
#[expect(clippy::disallowed_methods, reason = "real processes are killed after real time")]
pub(crate) fn pause(duration: Duration) {
    std::thread::sleep(duration);
}
