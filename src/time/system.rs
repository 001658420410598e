//! The only file that reads the machine's clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::clock::Clock;
use crate::model::Timestamp;
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
