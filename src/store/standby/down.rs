//! The memory that stands in for the store, and what it keeps for it.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::future::Shared as SharedFuture;

use super::outcome::Ran;
use super::task::Task;
use crate::port::BoxFuture;
use crate::store::state::State;
use crate::store::{Handle, Pass, StoreError};

/// How many works are kept for the store. What runs beyond that is lost with the process, and counted.
pub(super) const MOST_KEPT: usize = 10_000;

/// Memory that stands in for the store.
pub(super) struct Down {
    pub(super) state: State,
    pub(super) kept: VecDeque<Arc<Task>>,
    pub(super) replayed: u64,
    pub(super) dropped: u64,
    /// The store has taken the oldest of what is kept since it failed last.
    pub(super) proven: bool,
    pub(super) replay: Option<Replay>,
}

/// A replay under way.
#[derive(Clone)]
pub(super) struct Replay {
    pub(super) id: u64,
    pub(super) handle: Handle,
    pub(super) done: SharedFuture<BoxFuture<'static, Result<(), StoreError>>>,
}

impl Down {
    /// What to replay next: the oldest write alone until the store has taken one, so that a store which goes on failing
    /// costs each operation one write and not all of them; then the rest together.
    pub(super) fn next(&self) -> Vec<Arc<Task>> {
        let most = if self.proven { self.kept.len() } else { 1 };
        self.kept.iter().take(most).cloned().collect()
    }

    pub(super) fn over(state: State) -> Self {
        Self { state, kept: VecDeque::new(), replayed: 0, dropped: 0, proven: false, replay: None }
    }

    /// Runs a write in memory and keeps it.
    pub(super) fn take(&mut self, task: &Arc<Task>, pass: Pass) -> Ran {
        if let Err(error) = self.state.transact(&mut task.work.lock(), pass) {
            return Ran::Failed(error);
        }
        self.keep(task)
    }

    /// Keeps a write that ran in memory.
    pub(super) fn keep(&mut self, task: &Arc<Task>) -> Ran {
        task.work.lock().committed();
        if self.kept.len() >= MOST_KEPT {
            self.dropped += 1;
            return Ran::Dropped;
        }
        self.kept.push_back(Arc::clone(task));
        Ran::Kept
    }

    /// Runs in memory what the store has, or is about to have.
    pub(super) fn know(&mut self, task: &Task) -> bool {
        self.state.transact(&mut task.work.lock(), Pass::Replay).is_ok()
    }
}
