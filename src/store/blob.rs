//! A store in one content that somebody else keeps: loaded where it changed, replaced as a whole.
//!
//! Transactions run one after the other, over the newest content; those that wait at the same time share its loading and
//! its replacement. Whoever waits for one drives those before it, so that a transaction that nobody waits for neither
//! needs a runtime nor holds the others up.

mod line;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;

use self::line::{CarryOut, Ended, Line};
use super::state::State;
use super::{Corruption, Pass, Store, StoreError, Work};
use crate::lock::Mutex;
use crate::port::{BoxFuture, MaybeSendSync};

/// How often a transaction is run again because another process was faster. Each time another one's was done: of eight that
/// write all the time, one loses so often in a row once in 10 ^ 14 transactions.
const ATTEMPTS: u32 = 256;

/// A content, and which one it is.
pub(crate) struct BlobImage {
    /// 0 where there is none.
    pub(crate) version: u64,
    pub(crate) content: Vec<u8>,
}

/// Keeps one content with a version. Every call ends: it is bounded by whoever implements it.
pub(crate) trait Blob: MaybeSendSync {
    /// What is held, unless its version is `known`. `None` also where nothing is held and `known` is 0.
    fn load(&self, known: u64) -> BoxFuture<'_, Result<Option<BlobImage>, StoreError>>;

    /// Where the version held is `expected`, holds `content` with the version `expected + 1` and answers `true` once that
    /// is durable; else changes nothing and answers `false`.
    fn replace(&self, expected: u64, content: Vec<u8>) -> BoxFuture<'_, Result<bool, StoreError>>;
}

/// A store over a [`Blob`].
pub(crate) struct BlobStore {
    inner: Arc<Inner>,
    line: Arc<Line>,
}

struct Inner {
    blob: Box<dyn Blob>,
    held: Mutex<Held>,
}

/// What is known of the content. Taken by the transaction that runs.
#[derive(Default)]
struct Held {
    version: u64,
    state: State,
    /// A replacement of which it is not known whether it was done: the content that would then be found. Should another
    /// process build on it before it is found, it stays, though whoever asked was told that it was not done.
    doubtful: Option<Vec<u8>>,
    corruption: Option<Corruption>,
}

impl BlobStore {
    pub(crate) fn new(blob: impl Blob + 'static) -> Self {
        let inner = Arc::new(Inner { blob: Box::new(blob), held: Mutex::default() });
        let line = Line::new(Arc::<Inner>::clone(&inner));
        Self { inner, line: Arc::new(line) }
    }
}

impl Store for BlobStore {
    fn transact(&self, work: Work) -> BoxFuture<'static, Result<(), StoreError>> {
        self.line.join(work)
    }

    fn is_driven(&self) -> bool {
        false
    }

    fn take_corruption(&self) -> Option<Corruption> {
        self.inner.held.lock().corruption.take()
    }
}

impl CarryOut for Inner {
    fn carry_out(self: Arc<Self>, works: Vec<Work>) -> BoxFuture<'static, Vec<Ended>> {
        Box::pin(async move { self.run(works).await })
    }
}

impl Inner {
    /// Carries transactions out, one after the other over the newest content, and keeps what they made of it with one
    /// replacement. One that fails is the end of that one only.
    async fn run(&self, mut works: Vec<Work>) -> Vec<Ended> {
        let mut held = std::mem::take(&mut *self.held.lock());
        let mut ends = vec![Ok(()); works.len()];
        let run = AssertUnwindSafe(self.run_over(&mut held, &mut works, &mut ends)).catch_unwind().await;
        *self.held.lock() = held;
        if let Err(error) = run.unwrap_or_else(|_| Err(panicked())) {
            // What failed before has its own reason.
            for end in ends.iter_mut().filter(|end| end.is_ok()) {
                *end = Err(error.clone());
            }
        }
        for (work, end) in works.iter_mut().zip(&ends) {
            if end.is_ok() {
                work.committed();
            }
        }
        ends
    }

    /// Says in `ends` how each ended by itself; the error is that of all others.
    async fn run_over(&self, held: &mut Held, works: &mut [Work], ends: &mut [Ended]) -> Ended {
        let mut withdrawn: Option<Vec<bool>> = None;
        for _ in 0..ATTEMPTS {
            self.follow(held).await?;
            // From here on they are carried through.
            let withdrawn = withdrawn.get_or_insert_with(|| works.iter().map(|work| !work.begin()).collect());
            let mut next = held.state.clone();
            let mut writes = false;
            for ((work, end), withdrawn) in works.iter_mut().zip(&mut *ends).zip(&*withdrawn) {
                if *withdrawn {
                    *end = Err(StoreError::Busy);
                    continue;
                }
                let run = AssertUnwindSafe(|| next.transact(work, Pass::First));
                *end = std::panic::catch_unwind(run).unwrap_or_else(|_| Err(panicked()));
                writes |= end.is_ok() && !work.reads_only();
            }
            if !writes || self.replace(held, &next).await? {
                held.state = next;
                return Ok(());
            }
        }
        Err(StoreError::Busy)
    }

    /// Takes over what another process wrote.
    async fn follow(&self, held: &mut Held) -> Result<(), StoreError> {
        let Some(image) = self.blob.load(held.version).await? else {
            return Ok(());
        };
        if let Some(doubtful) = held.doubtful.take()
            && image.version == held.version + 1
            && image.content == doubtful
        {
            // It was done after all, and whoever asked was told that it was not: what is known holds, and goes on top.
            held.version = image.version;
            return Ok(());
        }
        if image.version == 0 {
            // Emptied meanwhile: what is known is written again.
            held.version = 0;
            return Ok(());
        }
        let read = String::from_utf8(image.content)
            .map_err(|error| StoreError::Backend { why: error.utf8_error().to_string() })
            .and_then(|text| State::from_json(&text));
        held.state = match read {
            Ok(state) => state,
            Err(newer @ StoreError::NewerSchema { .. }) => return Err(newer),
            Err(error) => {
                let set_aside = format!("version {} of the host's content", image.version);
                held.corruption = Some(Corruption { set_aside, why: error.to_string() });
                State::default()
            }
        };
        held.version = image.version;
        Ok(())
    }

    /// Whether `next` is held now.
    async fn replace(&self, held: &mut Held, next: &State) -> Result<bool, StoreError> {
        let content = next.to_json().into_bytes();
        match self.blob.replace(held.version, content.clone()).await {
            Ok(true) => {
                held.version += 1;
                held.doubtful = None;
                Ok(true)
            }
            Ok(false) => Ok(false),
            Err(error) => {
                // It may have been done all the same: then this is found.
                if let Ok(Some(image)) = self.blob.load(held.version).await
                    && image.version == held.version + 1
                    && image.content == content
                {
                    held.version = image.version;
                    return Ok(true);
                }
                held.doubtful = Some(content);
                Err(error)
            }
        }
    }
}

fn panicked() -> StoreError {
    StoreError::Backend { why: "a transaction panicked".to_owned() }
}

#[cfg(test)]
mod tests;
