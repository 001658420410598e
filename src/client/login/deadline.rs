//! One caller's time: everything that a request waits for ends within it.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use crate::client::core::{Core, STORE_WAIT};
use crate::lock::Mutex;
use crate::model::Elapsed;
use crate::port::BoxFuture;
use crate::time::Clock;

/// The longest that the billing endpoint is waited for before a login is decided.
const ENDPOINT_WAIT: Duration = Duration::from_secs(3);

/// How long one caller waits for its outcome.
pub(super) struct Deadline {
    /// Made when something is really waited for. Never locked: it makes a deadline `Sync`, which a boxed future is not: a
    /// caller's future that holds a shared borrow of one could not be spawned, nor exported to other languages.
    timer: Mutex<Option<BoxFuture<'static, ()>>>,
    clock: Arc<dyn Clock>,
    begun: Elapsed,
    limit: Duration,
}

impl Deadline {
    pub(super) fn new(core: &Core, limit: Duration) -> Self {
        let clock = Arc::clone(&core.clock);
        Self { timer: Mutex::new(None), begun: clock.elapsed(), clock, limit }
    }

    /// How long the store is waited for now: never longer than a quarter of the caller's time, so that a store which
    /// hangs leaves time for the login itself.
    pub(super) fn store_wait(&self, core: &Core) -> Duration {
        let left = self.limit.saturating_sub(core.clock.elapsed().since(self.begun));
        // An answer that came at the last moment still has to be kept.
        left.max(self.limit / 16).min(longest_store_wait(self.limit))
    }

    /// How long the billing endpoint is waited for now: a small share of the caller's time, so that whatever it does leaves
    /// time for the login itself.
    pub(super) fn endpoint_wait(&self, core: &Core) -> Duration {
        let left = self.limit.saturating_sub(core.clock.elapsed().since(self.begun));
        left.min(self.limit / 8).min(ENDPOINT_WAIT)
    }

    /// Whether the caller's time is up.
    pub(super) fn is_over(&self, core: &Core) -> bool {
        core.clock.elapsed().since(self.begun) >= self.limit
    }

    /// `future`, or `None` once the caller's time is up.
    pub(super) async fn run<F: Future>(&mut self, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        let Self { timer, clock, begun, limit } = self;
        let timer = timer.get_mut();
        poll_fn(|cx| {
            if let Poll::Ready(output) = future.as_mut().poll(cx) {
                return Poll::Ready(Some(output));
            }
            let left = || limit.saturating_sub(clock.elapsed().since(*begun));
            timer.get_or_insert_with(|| clock.sleep(left())).as_mut().poll(cx).map(|()| None)
        })
        .await
    }

    /// Waits for `future`, which only looks after things, no longer than for the store. `&mut`, because a timer is no
    /// `Sync`, and a caller's future has to be `Send`.
    pub(super) async fn look_after(&mut self, core: &Core, future: impl Future<Output = ()>) {
        let mut future = pin!(future);
        let mut timer = None;
        let wait = || self.store_wait(core);
        poll_fn(|cx| {
            if future.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            timer.get_or_insert_with(|| core.clock.sleep(wait())).as_mut().poll(cx)
        })
        .await;
    }
}

/// The longest that one look at the store may take for a caller who waits `limit`.
pub(super) fn longest_store_wait(limit: Duration) -> Duration {
    STORE_WAIT.min(limit / 4)
}
