//! Upkeep that an app starts once: syncing when it is due or wanted, writing and delivering what waits.

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::{Either, select};

use super::endpoint::SyncError;
use super::events::Event;
use super::guard::{Inner, Planguard};
use crate::decide::fetch::freshness::FetchPolicy;

/// The shortest time between two rounds.
const SHORTEST: Duration = Duration::from_secs(1);

impl Planguard {
    /// Keeps the guard up to date for as long as the returned future is polled, or until the last other handle of the
    /// guard is gone: every `every` (a second at least), and whenever a refusal puts the entitlements in doubt, it
    /// [syncs](Self::sync) if what is held is stale, and [flushes](Self::flush).
    ///
    /// A sync that fails changes nothing: the last good entitlements stay, pauses that the endpoint asks for are kept,
    /// and [`Event::SyncFailed`] reports the first failure in a row.
    ///
    /// ```no_run
    /// # async fn start(guard: planguard::Planguard) {
    /// use std::time::Duration;
    ///
    /// tokio::spawn(guard.keep_fresh(Duration::from_secs(300)));
    /// # }
    /// ```
    #[doc(alias = "background")]
    #[doc(alias = "upkeep")]
    pub fn keep_fresh(&self, every: Duration) -> impl Future<Output = ()> + use<> {
        let guard = Arc::downgrade(&self.inner);
        let every = every.max(SHORTEST);
        async move {
            let mut failing = false;
            while let Some(guard) = of(&guard) {
                failing = guard.round(failing).await;
                let core = &guard.inner.core;
                let (sleep, wanted) = (core.clock.sleep(every), Arc::clone(&core.sync_wanted));
                // Nothing of the guard is held while nothing is done, so that it ends with its last handle, store and
                // all; that wakes this up, too.
                drop(guard);
                match select(sleep, Box::pin(wanted.notified())).await {
                    Either::Left(_) | Either::Right(_) => {}
                }
            }
        }
    }

    /// One round; says whether syncing fails.
    async fn round(&self, failing: bool) -> bool {
        let failed = match self.sync(FetchPolicy::FreshOrFetch).await {
            Ok(_) | Err(SyncError::NoEndpoint) => None,
            Err(error) => Some(error),
        };
        let fails = failed.is_some();
        if let Some(error) = failed.filter(|_| !failing) {
            self.inner.core.report(Event::SyncFailed { error: Arc::new(error) });
        }
        self.flush().await;
        fails
    }
}

fn of(guard: &Weak<Inner>) -> Option<Planguard> {
    guard.upgrade().map(|inner| Planguard { inner })
}
