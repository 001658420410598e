//! Which boot of which machine this is, and how far the server's clock is ahead of its monotonic clock.

use std::sync::{Arc, OnceLock};

use super::page::Origin;
use crate::lock::Mutex;
#[cfg(feature = "postgres")]
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
    #[cfg(feature = "postgres")]
    pub(in crate::store) fn elapsed(&self) -> Elapsed {
        self.clock.elapsed()
    }

    /// Where this machine's readings stand, as the server's clock shows `server_ms`.
    pub(in crate::store) fn origin(&self, server_ms: i64) -> Origin {
        let here = i64::try_from(self.clock.elapsed().0).unwrap_or(i64::MAX);
        let found = server_ms.saturating_sub(here);
        let mut kept = self.ahead.lock();
        let ahead = kept.filter(|kept| (found - kept).abs() < STEADY).unwrap_or(found);
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
