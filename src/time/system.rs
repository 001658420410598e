//! The only file that reads the machine's clocks.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::clock::Clock;
use crate::model::{Elapsed, Timestamp};
use crate::port::BoxFuture;

/// The machine's wall clock and monotonic clock, and tokio's timers.
///
/// The monotonic clock counts from the boot and goes on while the machine sleeps: `CLOCK_BOOTTIME` on Linux and
/// Android, `CLOCK_MONOTONIC` on Apple's systems. Elsewhere it counts from the first reading of the process.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place that may read the wall clock")]
    fn now(&self) -> Timestamp {
        // A machine set before 1970 reads as 1970.
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn coarse(&self) -> Timestamp {
        let reading = rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse);
        // A machine set before 1970 reads as 1970.
        Timestamp::from_millis(
            reading.tv_sec.max(0).saturating_mul(1000).saturating_add(reading.tv_nsec / 1_000_000),
        )
    }

    fn elapsed(&self) -> Elapsed {
        Elapsed::default().plus(monotonic())
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that may wait on the wall clock")]
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        // Foreign executors poll without a tokio context, and a caller's runtime may have no timers.
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

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn monotonic() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    #[cfg(any(target_os = "linux", target_os = "android"))]
    const COUNTS_SLEEP: ClockId = ClockId::Boottime;
    #[cfg(target_vendor = "apple")]
    const COUNTS_SLEEP: ClockId = ClockId::Monotonic;

    let reading = clock_gettime(COUNTS_SLEEP);
    // A clock that counts from the boot is never negative.
    Duration::new(u64::try_from(reading.tv_sec).unwrap_or(0), u32::try_from(reading.tv_nsec).unwrap_or(0))
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
#[allow(clippy::disallowed_methods, reason = "the one place that may read the monotonic clock")]
fn monotonic() -> Duration {
    static START: once_cell::sync::Lazy<std::time::Instant> =
        once_cell::sync::Lazy::new(std::time::Instant::now);
    START.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_monotonic_clock_never_goes_back() {
        let before = SystemClock.elapsed();
        assert!(SystemClock.elapsed() >= before);
    }

    #[test]
    fn a_caller_s_runtime_needs_no_timers_of_its_own() {
        let bare = tokio::runtime::Builder::new_current_thread().build().unwrap();
        bare.block_on(SystemClock.sleep(Duration::ZERO));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_monotonic_clock_is_shared_by_the_processes_of_one_boot() {
        let first = SystemClock.elapsed();
        let uptime = std::fs::read_to_string("/proc/uptime").unwrap();
        let seconds: f64 = uptime.split(' ').next().unwrap().parse().unwrap();
        let shared = Elapsed::default().plus(Duration::from_secs_f64(seconds));
        // The kernel writes hundredths of a second.
        assert!(shared.plus(Duration::from_millis(10)) >= first);
        assert!(SystemClock.elapsed() >= shared);
    }
}
