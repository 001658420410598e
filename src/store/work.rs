//! A transaction to be run: what it does, what follows its commit, and whether it is still wanted.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Weak};

use super::{StoreError, Transaction};
use crate::port::MaybeSend;

const WAITING: u8 = 0;
const BEGUN: u8 = 1;
const WITHDRAWN: u8 = 2;

/// In which pass a work runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// For the first time: its answer is wanted.
    First,
    /// Again, in a store that did not take it when it happened: what it gave its caller then stands. A reservation that
    /// was granted holds its room whatever the bound says now; one that was refused is refused again and holds none.
    Replay,
}

#[cfg(not(target_arch = "wasm32"))]
type Run = Box<dyn FnMut(&mut dyn Transaction, Pass) -> Result<(), StoreError> + Send>;
#[cfg(target_arch = "wasm32")]
type Run = Box<dyn FnMut(&mut dyn Transaction, Pass) -> Result<(), StoreError>>;

#[cfg(not(target_arch = "wasm32"))]
type Committed = Box<dyn FnOnce() + Send>;
#[cfg(target_arch = "wasm32")]
type Committed = Box<dyn FnOnce()>;

/// A transaction to be run by a [`Store`](super::Store).
pub struct Work {
    run: Run,
    committed: Option<Committed>,
    reads_only: bool,
    patient: bool,
    name: Option<u64>,
    stage: Arc<AtomicU8>,
    alive: Arc<()>,
}

/// The caller's hand on a work.
#[derive(Clone, Debug)]
pub struct Handle {
    stage: Arc<AtomicU8>,
    alive: Weak<()>,
}

impl Handle {
    /// Takes the work back. `false` when it was begun already: then it is carried through.
    pub fn withdraw(&self) -> bool {
        self.stage.compare_exchange(WAITING, WITHDRAWN, Ordering::AcqRel, Ordering::Acquire) != Err(BEGUN)
    }

    /// Whether the store has let go of the work: it was carried out, failed, or was passed over.
    pub fn is_dropped(&self) -> bool {
        self.alive.strong_count() == 0
    }
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Work").field("reads_only", &self.reads_only).finish_non_exhaustive()
    }
}

impl Work {
    /// A work that may write. `run` may be called more than once (a store that was set aside or a conflict makes it
    /// start again) and must do the same each time; after a failure nothing of it stays.
    pub fn write(
        run: impl FnMut(&mut dyn Transaction, Pass) -> Result<(), StoreError> + MaybeSend + 'static,
    ) -> Self {
        Self {
            run: Box::new(run),
            committed: None,
            reads_only: false,
            patient: false,
            name: None,
            stage: Arc::default(),
            alive: Arc::default(),
        }
    }

    /// A work that only reads.
    pub fn read(
        mut run: impl FnMut(&mut dyn Transaction) -> Result<(), StoreError> + MaybeSend + 'static,
    ) -> Self {
        Self { reads_only: true, ..Self::write(move |transaction, _| run(transaction)) }
    }

    /// The same, which writes nothing: for a work of which that is known otherwise.
    #[must_use]
    pub(crate) fn reading_only(self) -> Self {
        Self { reads_only: true, ..self }
    }

    /// What is called once, right after the commit and before the store runs anything else. It must not call back
    /// into the store.
    #[must_use]
    pub fn then(mut self, committed: impl FnOnce() + MaybeSend + 'static) -> Self {
        self.committed = Some(Box::new(committed));
        self
    }

    /// Without it its caller cannot go on: the store waits for other processes as long as that takes, up to its longest
    /// wait, and the caller withdraws it when its own time is over.
    #[must_use]
    pub fn patient(self) -> Self {
        Self { patient: true, ..self }
    }

    /// Under a name of its own in this process, by which the store tells later whether it was committed
    /// ([`Transaction::has_committed`]).
    #[must_use]
    pub fn named(self, name: u64) -> Self {
        Self { name: Some(name), ..self }
    }

    /// Its name in this process.
    pub const fn name(&self) -> Option<u64> {
        self.name
    }

    /// Whether its caller cannot go on without it.
    pub const fn is_patient(&self) -> bool {
        self.patient
    }

    /// The caller's hand on this work.
    pub fn handle(&self) -> Handle {
        Handle { stage: Arc::clone(&self.stage), alive: Arc::downgrade(&self.alive) }
    }

    /// Whether it only reads.
    pub const fn reads_only(&self) -> bool {
        self.reads_only
    }

    /// Begins the work; `false` when it was withdrawn and must not be run. Calling it again changes nothing.
    pub fn begin(&self) -> bool {
        self.stage.compare_exchange(WAITING, BEGUN, Ordering::AcqRel, Ordering::Acquire) != Err(WITHDRAWN)
    }

    /// Runs it inside `transaction`.
    ///
    /// # Errors
    /// What the work fails with; the transaction must then be rolled back as far as this work goes.
    pub fn run(&mut self, transaction: &mut dyn Transaction, pass: Pass) -> Result<(), StoreError> {
        (self.run)(transaction, pass)
    }

    /// To be called after the commit.
    pub fn committed(&mut self) {
        if let Some(committed) = self.committed.take() {
            committed();
        }
    }
}
