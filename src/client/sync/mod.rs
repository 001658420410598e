//! Keeping the entitlements in step with the billing endpoint.

mod error;
mod fetch;
mod held;
mod outcome;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt;
use futures_util::future::{Shared, WeakShared};
use parking_lot::Mutex;

pub use error::SyncError;
pub use outcome::{HeldDocument, SyncOutcome};

use super::link::{Link, jitter};
use crate::decide::backoff::Jitter;
use crate::decide::freshness::{AppPhase, FetchDecision, FetchPolicy, Staleness, decide, staleness};
use crate::net::{DocumentError, DocumentVerifier};
use crate::port::BoxFuture;
use crate::store::StoredDocument;
use crate::time::ClockJump;
use held::Held;

type Fetched = Result<SyncOutcome, SyncError>;
type Flight = BoxFuture<'static, Fetched>;

/// Keeps one app's entitlements document in step with its billing endpoint.
///
/// Whatever goes wrong, the last good document stays. At most one fetch is in flight; callers that come meanwhile
/// wait for it and each get its outcome. The fetch goes on as long as any of them waits: a caller that gives up
/// hands it over to the others.
pub struct Syncer {
    inner: Arc<Inner>,
    flight: Mutex<Option<WeakShared<Flight>>>,
    jitter: Jitter,
    /// Something showed the document held to be out of date.
    doubted: AtomicBool,
}

struct Inner {
    link: Arc<Link>,
    verifier: Arc<dyn DocumentVerifier>,
    held: Mutex<Option<Arc<Held>>>,
}

impl Syncer {
    /// Starts from the document that the store holds. One that can no longer be used (it was signed with a key that
    /// is trusted no more) is passed over and the error handed out; the next sync fetches it anew.
    pub fn new(
        link: Arc<Link>,
        verifier: Arc<dyn DocumentVerifier>,
        stored: Option<StoredDocument>,
    ) -> (Self, Option<DocumentError>) {
        let read = stored.map(|stored| Held::read(&*verifier, stored, link.parts().app)).transpose();
        let (held, error) = match read {
            Ok(held) => (held.map(Arc::new), None),
            Err(error) => (None, Some(error)),
        };
        let inner = Arc::new(Inner { link, verifier, held: Mutex::new(held) });
        (Self { inner, flight: Mutex::new(None), jitter: jitter(), doubted: AtomicBool::new(false) }, error)
    }

    /// A correction of the clock that the endpoint's `Date` brought about and that was not taken yet.
    pub fn take_correction(&self) -> Option<ClockJump> {
        self.inner.link.take_correction()
    }

    /// Treats the document held as stale until the endpoint has confirmed or replaced it. Says whether that is new.
    pub fn doubt(&self) -> bool {
        !self.doubted.swap(true, Ordering::AcqRel)
    }

    /// The document held.
    pub fn held(&self) -> Option<HeldDocument> {
        self.inner.held.lock().as_ref().map(|held| held.view())
    }

    /// How old the document held is, seen from `phase`.
    pub fn staleness(&self, phase: AppPhase) -> Option<Staleness> {
        self.inner.held.lock().as_ref().map(|held| self.judge(held, phase))
    }

    /// Brings the entitlements up to date as `policy` wants.
    ///
    /// Errors leave everything as it was. Dropping the future is safe at any point.
    pub async fn sync(&self, policy: FetchPolicy, phase: AppPhase) -> Result<SyncOutcome, SyncError> {
        let running = match self.next(policy, phase) {
            Next::Answer(outcome) => return Ok(outcome),
            Next::Refuse(error) => return Err(error),
            Next::Wait(running) => running,
        };
        let fetched = running.await;
        if fetched.is_ok() {
            self.doubted.store(false, Ordering::Release);
        }
        fetched
    }

    fn judge(&self, held: &Held, phase: AppPhase) -> Staleness {
        let stored = &held.stored;
        let judged =
            staleness(stored.fetched_at, stored.fresh_for_secs, phase, self.jitter, self.inner.link.now());
        Staleness { fresh: judged.fresh && !self.doubted.load(Ordering::Acquire), ..judged }
    }

    /// Decides what to do, and joins or starts the fetch. The lock is held from the look at the running fetch to
    /// the look at the document, so that a fetch which ends in between is seen in one of them.
    fn next(&self, policy: FetchPolicy, phase: AppPhase) -> Next {
        let mut flight = self.flight.lock();
        let running =
            flight.as_ref().and_then(WeakShared::upgrade).filter(|running| running.peek().is_none());
        let held = self.inner.held.lock().clone();
        let staleness = held.as_ref().map(|held| self.judge(held, phase));
        let cached = |revalidate| match (&held, staleness) {
            (Some(held), Some(staleness)) => Next::Answer(SyncOutcome::FromCache {
                document: Arc::clone(&held.document),
                staleness,
                revalidate,
            }),
            _ => Next::Answer(SyncOutcome::Nothing),
        };
        match decide(policy, staleness) {
            FetchDecision::Nothing => Next::Answer(SyncOutcome::Nothing),
            FetchDecision::UseCache => cached(false),
            FetchDecision::UseCacheAndRevalidate => cached(true),
            FetchDecision::FetchThenUse => {
                if let Some(running) = running {
                    return Next::Wait(running);
                }
                if let Err(error) = self.inner.link.gate(policy == FetchPolicy::Fetch) {
                    return Next::Refuse(error);
                }
                let inner = Arc::clone(&self.inner);
                let fetch: Flight = Box::pin(async move { inner.fetch().await });
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
        f.debug_struct("Syncer").field("link", &self.inner.link).finish_non_exhaustive()
    }
}
