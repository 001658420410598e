//! A clock of the host: on the Web there is no other, and tests turn one by hand.

use std::sync::Arc;
use std::time::Duration;

use super::host::{HostError, contained};
use crate::lock::Mutex;
use crate::model::{Elapsed, Timestamp};
use crate::port::{BoxFuture, MaybeSendSync};

/// Where the time comes from. A method that throws leaves the last answer in force; a sleep that throws is over.
///
/// By this clock every other call of the host is bounded, so nothing bounds it: `now` and `elapsed` must return at once,
/// and `sleep` when its time is over.
#[uniffi::export(with_foreign)]
#[cfg_attr(not(target_arch = "wasm32"), async_trait::async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait::async_trait(?Send))]
pub trait Clock: MaybeSendSync {
    /// The time of day, which may be wrong or be set.
    fn now(&self) -> Result<Timestamp, HostError>;

    /// The time since some fixed moment, which is never set and goes on while the device sleeps.
    fn elapsed(&self) -> Result<Duration, HostError>;

    /// Returns after `length`.
    async fn sleep(&self, length: Duration) -> Result<(), HostError>;
}

/// A host's clock as the core's.
#[derive(Clone)]
pub(super) struct ForeignClock {
    clock: Arc<dyn Clock>,
    last: Arc<Mutex<(Timestamp, Duration)>>,
}

impl ForeignClock {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, last: Arc::default() }
    }
}

/// What the host answers; `None` where it throws or panics.
fn ask<T>(read: impl FnOnce() -> Result<T, HostError>) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).ok()?.ok()
}

impl crate::time::Clock for ForeignClock {
    fn now(&self) -> Timestamp {
        // Not under the lock: the host may do as it likes.
        let now = ask(|| self.clock.now());
        let mut last = self.last.lock();
        last.0 = now.unwrap_or(last.0);
        last.0
    }

    fn elapsed(&self) -> Elapsed {
        let elapsed = ask(|| self.clock.elapsed());
        let mut last = self.last.lock();
        last.1 = elapsed.unwrap_or(last.1);
        Elapsed(u64::try_from(last.1.as_millis()).unwrap_or(u64::MAX))
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let clock = Arc::clone(&self.clock);
        Box::pin(async move {
            // Nothing can be done about a sleep that fails.
            let _ = contained(async move { clock.sleep(duration).await }).await;
        })
    }
}
