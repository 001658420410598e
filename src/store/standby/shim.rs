//! What the store is handed in place of a write: the write, and the standby's knowledge of how far it is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use super::shared::Shared;
use super::task::{Phase, Task};
use crate::port::MaybeSend;
use crate::store::{Handle, Pass, StoreError, Work};

/// The store's part in a write.
struct Held {
    shared: Weak<Shared>,
    id: u64,
}

/// Notes that the store has committed a write, once the snapshot shows it.
struct Noted {
    shared: Weak<Shared>,
    id: u64,
}

impl Drop for Noted {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.upgrade() {
            shared.committed(self.id);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.upgrade() {
            shared.store_lets_go(self.id);
        }
    }
}

impl Shared {
    /// A write for the first time, and what follows its commit once the snapshot shows it.
    pub(super) fn shim(
        self: &Arc<Self>,
        id: u64,
        task: &Arc<Task>,
        committed: impl FnOnce() + MaybeSend + 'static,
    ) -> Work {
        let held = Held { shared: Arc::downgrade(self), id };
        let (shared, running, done) = (Arc::downgrade(self), Arc::clone(task), Arc::clone(task));
        Work::write(move |transaction, pass| {
            held.reach(Phase::Open)?;
            // Its lock is free again before the standby hears that it has run.
            running.work.lock().run(transaction, pass)?;
            held.reach(Phase::Committing(transaction.seq()))
        })
        .named(task.name)
        .then(move || {
            // Also where what follows panics: the store has it, and nobody may hand it in again.
            let noted = Noted { shared, id };
            done.work.lock().committed();
            drop(noted);
            committed();
        })
    }

    /// What is kept, again, as one transaction.
    pub(super) fn replay_shim(self: &Arc<Self>, id: u64, tasks: Vec<Arc<Task>>) -> (Work, Handle) {
        let shared = Arc::downgrade(self);
        let tasks = Arc::new(tasks);
        let seq = Arc::new(AtomicU64::new(0));
        let (running, ran_as) = (Arc::clone(&tasks), Arc::clone(&seq));
        let work = Work::write(move |transaction, _| {
            for task in running.iter() {
                // Its commit had happened, though nobody could say so.
                if transaction.has_committed(task.name) {
                    continue;
                }
                task.work.lock().run(transaction, Pass::Replay)?;
            }
            ran_as.store(transaction.seq(), Ordering::Release);
            Ok(())
        })
        .then(move || {
            if let Some(shared) = shared.upgrade() {
                shared.replayed(id, seq.load(Ordering::Acquire), &tasks);
            }
        });
        let handle = work.handle();
        (work, handle)
    }
}

impl Held {
    /// Notes how far the write is. While the standby is down the store must not go on with it: what it would grant
    /// memory may have granted already.
    fn reach(&self, phase: Phase) -> Result<(), StoreError> {
        let Some(shared) = self.shared.upgrade() else { return Ok(()) };
        let mut core = shared.core.lock();
        if core.down.is_some() {
            return Err(StoreError::Busy);
        }
        if let Some(entry) = core.in_flight.get_mut(&self.id) {
            entry.phase = phase;
        }
        Ok(())
    }
}
