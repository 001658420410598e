//! Instants, spans and clocks.

use std::time::Duration;

use planguard::Timestamp;
use planguard::port::BoxFuture;
use planguard::time::{Clock, Elapsed, ManualClock, SystemClock};

/// One second.
pub const SECOND: Duration = Duration::from_secs(1);
/// Sixty seconds.
pub const MINUTE: Duration = Duration::from_secs(60);
/// Sixty minutes.
pub const HOUR: Duration = Duration::from_secs(3600);
/// 24 hours.
pub const DAY: Duration = Duration::from_secs(86_400);

/// An instant in RFC 3339.
pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A clock at noon of 2024-08-10 in the default billing zone.
pub fn clock() -> ManualClock {
    clock_at("2024-08-10T04:00:00Z")
}

/// A clock at an instant in RFC 3339.
pub fn clock_at(text: &str) -> ManualClock {
    ManualClock::at(at(text))
}

/// The system's clock, by which nobody gives up for a minute and more: a machine that is busy is no store that hangs.
#[derive(Clone, Copy, Debug)]
pub struct Patient;

impl Clock for Patient {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    fn elapsed(&self) -> Elapsed {
        SystemClock.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        SystemClock.sleep(if duration < SECOND { duration } else { duration * 60 })
    }
}
