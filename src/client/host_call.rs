//! Calls of the app's own code: bounded in time, and a panic in them is contained.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{Either, select};

use crate::time::Clock;

/// Why the app's own code gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoReturn {
    /// It did not return in time; it was dropped.
    TimeUp,
    /// It panicked.
    Panicked,
}

/// Calls `work` and waits for what it starts, but no longer than `limit` by `clock`.
///
/// The unwind safety is asserted: what panicked is dropped and not looked at again.
pub(crate) async fn call<T, F: Future<Output = T>>(
    clock: &dyn Clock,
    limit: Duration,
    work: impl FnOnce() -> F,
) -> Result<T, NoReturn> {
    let started = catch_unwind(AssertUnwindSafe(work)).map_err(|_| NoReturn::Panicked)?;
    let work = pin!(AssertUnwindSafe(started).catch_unwind());
    match select(work, clock.sleep(limit)).await {
        Either::Left((done, _)) => done.map_err(|_| NoReturn::Panicked),
        Either::Right(((), _)) => Err(NoReturn::TimeUp),
    }
}
