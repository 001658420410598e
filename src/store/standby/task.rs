//! A write on its way, and who still has a part in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::lock::Mutex;

use super::outcome::Ran;
use crate::store::Work;

/// A write. It may run in the store, then in memory, then in the store again.
pub(super) struct Task {
    pub(super) work: Mutex<Work>,
    /// Its name in this process: a store that failed it without knowing how it ended tells by it that it has it after all.
    pub(super) name: u64,
}

impl Task {
    pub(super) fn new(work: Work) -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self { work: Mutex::new(work), name: LAST.fetch_add(1, Ordering::Relaxed) }
    }
}

/// How far a write is in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It has not run, or runs.
    Open,
    /// It has run as this write of the store; the commit is under way.
    Committing(u64),
}

/// A write that was handed to the store and has not ended.
pub(super) struct InFlight {
    pub(super) task: Arc<Task>,
    pub(super) phase: Phase,
    /// The outage in which it ran in memory as well.
    pub(super) applied_in: Option<u64>,
    /// What came of it when the store let go of it without a commit while that outage lasted.
    pub(super) kept: Option<Ran>,
    /// Neither having it, it is forgotten.
    pub(super) store_has_it: bool,
    pub(super) caller_has_it: bool,
}

impl InFlight {
    pub(super) fn new(task: &Arc<Task>) -> Self {
        Self {
            task: Arc::clone(task),
            phase: Phase::Open,
            applied_in: None,
            kept: None,
            store_has_it: true,
            caller_has_it: true,
        }
    }
}
