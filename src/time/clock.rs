//! The clock port.

use std::time::Duration;

use crate::model::{Elapsed, Timestamp};
use crate::port::{BoxFuture, MaybeSendSync};

/// Where planguard takes the time from.
///
/// On the Web the host implements it (`Date.now` and `setTimeout`); elsewhere `SystemClock` is the default,
/// and tests use [`ManualClock`](super::ManualClock).
pub trait Clock: MaybeSendSync {
    /// The wall clock, as wrong as the user may have set it.
    fn now(&self) -> Timestamp;

    /// A clock that only runs forwards, whatever the wall clock is set to, and counts the time a device sleeps where
    /// the platform can. Pauses run on it.
    ///
    /// All processes of one boot should share its start. On the Web `performance.timeOrigin + performance.now()` will
    /// do, rounded down to milliseconds.
    fn elapsed(&self) -> Elapsed;

    /// Completes once `duration` has passed.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}
