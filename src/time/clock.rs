//! The clock port.

use std::time::Duration;

use crate::model::Timestamp;
use crate::port::{BoxFuture, MaybeSendSync};

/// Where planguard takes the time from.
///
/// On the Web the host implements it (`Date.now` and `setTimeout`); elsewhere `SystemClock` is the default,
/// and tests use [`ManualClock`](super::ManualClock).
pub trait Clock: MaybeSendSync {
    /// The wall clock, as wrong as the user may have set it.
    fn now(&self) -> Timestamp;

    /// Completes once `duration` has passed.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}
