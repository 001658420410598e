//! The only file that reads the machine's clocks.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::clock::Clock;
use crate::model::{Elapsed, Timestamp};
use crate::port::BoxFuture;

/// The machine's wall clock, and tokio's timers.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place that may read the wall clock")]
    fn now(&self) -> Timestamp {
        // A machine set before 1970 reads as 1970.
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    fn elapsed(&self) -> Elapsed {
        monotonic()
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that may wait on the wall clock")]
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        // Foreign executors poll without a tokio context, so the timer is registered with a runtime of ours.
        match crate::runtime::handle() {
            Ok(handle) => {
                let _entered = handle.enter();
                Box::pin(tokio::time::sleep(duration))
            }
            // No runtime to be had means no timer: such a wait never ends, and whoever waits for something
            // else besides it is not cut short.
            Err(_) => Box::pin(std::future::pending()),
        }
    }
}

/// The clock of the boot that goes on while the device sleeps.
///
/// `CLOCK_BOOTTIME` on Linux and Android. Apple's `CLOCK_MONOTONIC` counts sleep by itself, elsewhere on Unix it is
/// the best there is.
#[cfg(unix)]
fn monotonic() -> Elapsed {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Monotonic;
    // These clocks begin at zero, so the reading is never negative.
    let reading = Duration::try_from(rustix::time::clock_gettime(CLOCK)).unwrap_or_default();
    Elapsed::default().plus(reading)
}

/// The time since this process first asked: the standard library's clock has no start that processes share.
#[cfg(not(unix))]
#[allow(clippy::disallowed_methods, reason = "the one place that may read the monotonic clock")]
fn monotonic() -> Elapsed {
    static START: once_cell::sync::Lazy<std::time::Instant> =
        once_cell::sync::Lazy::new(std::time::Instant::now);
    Elapsed::default().plus(START.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elapsed_time_never_runs_backwards() {
        let readings: Vec<Elapsed> = (0..1_000).map(|_| SystemClock.elapsed()).collect();
        assert!(readings.is_sorted());
    }
}
