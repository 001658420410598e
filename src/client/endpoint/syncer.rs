//! Keeping the entitlements in step with the billing endpoint.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::lock::Mutex;
use futures_util::FutureExt;
use futures_util::future::{Shared, WeakShared};

use super::error::SyncError;
use super::fetch::{Fetched, Fetcher};
use super::held::{Held, HeldDocument};
use super::link::Link;
use super::lists::Lists;
use super::outcome::SyncOutcome;
use crate::client::random::jitter;
use crate::decide::fetch::backoff::Jitter;
use crate::decide::fetch::freshness::{FetchDecision, FetchPolicy, Staleness, decide, is_due, staleness};
use crate::decide::fetch::judge::First;
use crate::model::AppPhase;
use crate::net::DocumentVerifier;
use crate::port::BoxFuture;
use crate::store::{StoredCatalog, StoredDocument};

type Flight = BoxFuture<'static, Fetched>;

/// Keeps one app's entitlements document in step with its billing endpoint.
///
/// Whatever goes wrong, the last good document stays. At most one fetch is in flight; callers that come meanwhile
/// wait for it and each get its outcome. The fetch goes on as long as any of them waits: a caller that gives up
/// hands it over to the others.
pub(crate) struct Syncer {
    fetcher: Arc<Fetcher>,
    flight: Mutex<Option<WeakShared<Flight>>>,
    jitter: Jitter,
}

impl Syncer {
    /// Starts from the document that the store holds.
    pub(super) fn new(
        link: Arc<Link>,
        lists: Lists,
        verifier: Arc<dyn DocumentVerifier>,
        first: First,
        held: Option<Held>,
    ) -> Self {
        let fetcher = Arc::new(Fetcher::new(link, lists, verifier, first, held));
        Self { fetcher, flight: Mutex::new(None), jitter: jitter() }
    }

    /// Takes over a document that another process kept; says whether it is another one than that held.
    pub(super) fn follow(&self, stored: StoredDocument) -> bool {
        self.fetcher.follow(stored)
    }

    /// Takes over price lists that another process kept; says whether one is another than that held.
    pub(super) fn follow_lists(&self, stored: Vec<StoredCatalog>) -> bool {
        self.fetcher.lists.follow(stored)
    }

    /// The document held.
    pub(super) fn held(&self) -> Option<HeldDocument> {
        self.fetcher.held().map(|held| held.view())
    }

    /// Brings the entitlements up to date as `policy` wants.
    ///
    /// Errors leave everything as it was. Dropping the future is safe at any point.
    pub(crate) async fn sync(&self, policy: FetchPolicy, phase: AppPhase) -> Result<SyncOutcome, SyncError> {
        let running = match self.next(policy, phase) {
            Next::Answer(outcome) => return Ok(outcome),
            Next::Refuse(error) => return Err(error),
            Next::Wait(running) => running,
        };
        running.await
    }

    fn judge(&self, held: &Held, phase: AppPhase) -> Staleness {
        staleness(held.stored.fetched_at, held.stored.fresh_for_secs, phase, self.fetcher.link.now())
    }

    /// Whether to fetch, where the policy leaves it to the held copy.
    fn is_due(&self, held: &Held, phase: AppPhase) -> bool {
        let (stored, now) = (&held.stored, self.fetcher.link.now());
        self.fetcher.link.core.doubted.load(Ordering::Acquire)
            || is_due(stored.fetched_at, stored.fresh_for_secs, phase, self.jitter, now)
    }

    /// Decides what to do, and joins or starts the fetch. The lock is held from the look at the running fetch to
    /// the look at the document, so that a fetch which ends in between is seen in one of them.
    fn next(&self, policy: FetchPolicy, phase: AppPhase) -> Next {
        let mut flight = self.flight.lock();
        let running =
            flight.as_ref().and_then(WeakShared::upgrade).filter(|running| running.peek().is_none());
        let held = self.fetcher.held();
        let due = held.as_ref().map(|held| self.is_due(held, phase));
        let cached = |revalidate| match &held {
            Some(held) => Next::Answer(SyncOutcome::FromCache {
                document: Arc::clone(&held.document),
                staleness: self.judge(held, phase),
                revalidate,
            }),
            None => Next::Answer(SyncOutcome::NoDocument),
        };
        match decide(policy, due) {
            FetchDecision::NoDocument => Next::Answer(SyncOutcome::NoDocument),
            FetchDecision::UseCache => cached(false),
            FetchDecision::UseCacheAndRevalidate => cached(true),
            FetchDecision::FetchThenUse => {
                if let Some(running) = running {
                    return Next::Wait(running);
                }
                if let Err(error) = self.fetcher.link.gate(policy == FetchPolicy::Fetch) {
                    return Next::Refuse(error);
                }
                let fetcher = Arc::clone(&self.fetcher);
                let fetch: Flight = Box::pin(async move { fetcher.fetch().await });
                let started = fetch.shared();
                *flight = started.downgrade();
                Next::Wait(started)
            }
        }
    }
}

enum Next {
    Answer(SyncOutcome),
    Refuse(SyncError),
    Wait(Shared<Flight>),
}

impl std::fmt::Debug for Syncer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Syncer").field("link", &self.fetcher.link).finish_non_exhaustive()
    }
}
