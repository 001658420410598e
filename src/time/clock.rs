//! The clock port.

use std::time::Duration;

use crate::model::{Elapsed, Timestamp};
use crate::port::{BoxFuture, MaybeSendSync};

/// Where planguard takes the time from.
///
/// On the Web the host implements it (`Date.now`, `performance.now` and `setTimeout`); elsewhere `SystemClock` is the
/// default, and tests use [`ManualClock`](super::ManualClock).
pub trait Clock: MaybeSendSync {
    /// The wall clock, as wrong as the user may have set it.
    fn now(&self) -> Timestamp;

    /// The wall clock for reads that come by the million: up to a few milliseconds behind [`Self::now`] where that is
    /// cheaper to have. Nothing that is kept is dated by it.
    fn coarse(&self) -> Timestamp {
        self.now()
    }

    /// A monotonic clock that all processes of one boot share and that counts sleep where the platform has such a
    /// one. It never goes back but with a new boot. Pauses, permits, tickets and leases run on it.
    ///
    /// A clock that starts again with each process (or page) is allowed: a wait that another process began then
    /// ends early or late, never later than its own length of this process's time.
    fn elapsed(&self) -> Elapsed;

    /// Completes once `duration` has passed.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}
