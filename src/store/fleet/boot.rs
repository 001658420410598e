//! Which boot of which machine this is, and how far the server's clock is ahead of its monotonic clock.

use std::sync::{Arc, OnceLock};

use super::page::Origin;
use crate::lock::Mutex;
use crate::model::Elapsed;
use crate::time::{Clock, SystemClock};

/// Measured anew, the distance is kept where it differs by less: answers take their time, and processes that measure
/// differently by a millisecond are to agree.
const STEADY: i64 = 500;

/// A monotonic clock and the server's, compared.
#[derive(Clone)]
pub(in crate::store) struct Boot {
    name: i64,
    clock: Arc<dyn Clock>,
    ahead: Arc<Mutex<Option<i64>>>,
}

impl Boot {
    /// This machine's.
    pub(in crate::store) fn system() -> Self {
        static BOOT: OnceLock<(i64, Arc<Mutex<Option<i64>>>)> = OnceLock::new();
        let (boot, ahead) = BOOT.get_or_init(|| (read().unwrap_or_else(draw), Arc::default()));
        Self { name: *boot, clock: Arc::new(SystemClock), ahead: Arc::clone(ahead) }
    }

    /// Another machine's, for tests.
    #[cfg(any(test, feature = "testing"))]
    pub(in crate::store) fn of(clock: Arc<dyn Clock>) -> Self {
        Self { name: draw(), clock, ahead: Arc::default() }
    }

    /// This machine's monotonic clock.
    pub(in crate::store) fn elapsed(&self) -> Elapsed {
        self.clock.elapsed()
    }

    /// Where this machine's readings stand: asked at `asked`, the server said that its clock shows `server_ms`.
    ///
    /// It read its clock some time between then and now. However long the answer took, what it does not contradict is kept.
    pub(in crate::store) fn origin(&self, asked: Elapsed, server_ms: i64) -> Origin {
        let reading = |elapsed: Elapsed| i64::try_from(elapsed.0).unwrap_or(i64::MAX);
        let (least, most) = (
            server_ms.saturating_sub(reading(self.clock.elapsed())),
            server_ms.saturating_sub(reading(asked)),
        );
        let agrees = |kept: &i64| *kept > least.saturating_sub(STEADY) && *kept < most.saturating_add(STEADY);
        let mut kept = self.ahead.lock();
        // The servers read their clocks last of all, so nearest to the answer.
        let ahead = kept.filter(agrees).unwrap_or(least);
        *kept = Some(ahead);
        Origin { boot: self.name, ahead }
    }
}

/// Linux names each boot. Elsewhere each process passes for a machine of its own.
fn read() -> Option<i64> {
    let name = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let digits: String = name.chars().filter(char::is_ascii_hexdigit).take(16).collect();
    u64::from_str_radix(&digits, 16).ok().map(u64::cast_signed)
}

fn draw() -> i64 {
    fastrand::i64(..)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::time::ManualClock;

    fn machine(up: u64) -> (ManualClock, Boot) {
        let clock = ManualClock::at(crate::model::Timestamp::default());
        clock.advance(Duration::from_secs(up));
        (clock.clone(), Boot::of(Arc::new(clock)))
    }

    #[test]
    fn an_answer_that_takes_long_moves_nobodys_waits() {
        let (clock, boot) = machine(100);
        let asked = boot.elapsed();
        assert_eq!(boot.origin(asked, 1_000_000).ahead, 900_000);
        // The server read its clock at once, and its answer took four seconds; or it was asked for as long.
        for read_after in [0, 2_000, 4_000] {
            let asked = boot.elapsed();
            clock.advance(Duration::from_secs(4));
            let server_ms = 900_000 + i64::try_from(asked.0).unwrap() + read_after;
            assert_eq!(boot.origin(asked, server_ms).ahead, 900_000, "read after {read_after} ms");
        }
    }

    #[test]
    fn a_server_whose_clock_is_set_is_followed() {
        let (clock, boot) = machine(100);
        let asked = boot.elapsed();
        assert_eq!(boot.origin(asked, 1_000_000).ahead, 900_000);
        assert_eq!(boot.origin(asked, 4_600_000).ahead, 4_500_000);
        clock.advance(Duration::from_secs(1));
        assert_eq!(boot.origin(asked, 1_001_000).ahead, 900_000);
    }
}
