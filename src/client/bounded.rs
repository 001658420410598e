//! A bound on every wait for foreign code.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};

use crate::time::Clock;

/// The time was up.
#[derive(Debug)]
pub(crate) struct TimeUp;

/// Waits for `work`, but no longer than `limit` by `clock`. Work that is not done by then is dropped.
pub(crate) async fn bounded<T>(
    clock: &dyn Clock,
    limit: Duration,
    work: impl Future<Output = T>,
) -> Result<T, TimeUp> {
    let work = pin!(work);
    match select(work, clock.sleep(limit)).await {
        Either::Left((done, _)) => Ok(done),
        Either::Right(((), _)) => Err(TimeUp),
    }
}
