//! One caller's time: everything that a request waits for ends within it.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};

use crate::client::core::{Core, STORE_WAIT};
use crate::lock::Mutex;
use crate::model::Elapsed;
use crate::port::BoxFuture;

/// How long one caller waits for its outcome.
pub(super) struct Deadline {
    /// Never locked. It makes a deadline `Sync`, which a boxed future is not: a caller's future that holds a shared
    /// borrow of one could not be spawned, nor exported to other languages.
    timer: Mutex<BoxFuture<'static, ()>>,
    begun: Elapsed,
    limit: Duration,
}

impl Deadline {
    pub(super) fn new(core: &Core, limit: Duration) -> Self {
        Self { timer: Mutex::new(core.clock.sleep(limit)), begun: core.clock.elapsed(), limit }
    }

    /// How long the store is waited for now: never longer than a quarter of the caller's time, so that a store which
    /// hangs leaves time for the login itself.
    pub(super) fn store_wait(&self, core: &Core) -> Duration {
        let left = self.limit.saturating_sub(core.clock.elapsed().since(self.begun));
        // An answer that came at the last moment still has to be kept.
        left.max(self.limit / 16).min(longest_store_wait(self.limit))
    }

    /// Whether the caller's time is up.
    pub(super) fn is_over(&self, core: &Core) -> bool {
        core.clock.elapsed().since(self.begun) >= self.limit
    }

    /// `future`, or `None` once the caller's time is up.
    pub(super) async fn run<F: Future>(&mut self, future: F) -> Option<F::Output> {
        match select(pin!(future), self.timer.get_mut()).await {
            Either::Left((output, _)) => Some(output),
            Either::Right(_) => None,
        }
    }

    /// Waits for `future`, which only looks after things, no longer than for the store. `&mut`, because a timer is no
    /// `Sync`, and a caller's future has to be `Send`.
    pub(super) async fn look_after(&mut self, core: &Core, future: impl Future<Output = ()>) {
        let limit = core.clock.sleep(self.store_wait(core));
        select(pin!(future), limit).await;
    }
}

/// The longest that one look at the store may take for a caller who waits `limit`.
pub(super) fn longest_store_wait(limit: Duration) -> Duration {
    STORE_WAIT.min(limit / 4)
}
