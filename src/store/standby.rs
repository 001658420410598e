//! Going on in memory while the store fails or hangs, and telling the store afterwards.
//!
//! A write goes to the store. If the store fails, or does not begin it in the time there is, it runs on a [`State`]
//! seeded from the snapshot and is kept; from then on the standby is down, and so does every later write, until the
//! store has taken all that was kept, in order: the oldest write alone, which shows that it is back, then the rest. What is granted by the one is never granted again
//! by the other:
//!
//! - Nothing runs in the store for the first time while the standby is down: a work that the store reaches then is
//!   refused, rolled back, and runs in memory.
//! - What the store was committing when the standby went down runs in memory as well, before anything else does.
//! - What the store committed, but the snapshot does not show yet, likewise.
//! - The state in memory is given up in the commit of the replay that leaves nothing to replay.

mod core;
mod down;
mod loose;
mod outcome;
mod run;
mod shared;
mod shim;
mod spin;
mod stuck;
mod submit;
mod task;

use std::sync::Arc;

pub use outcome::{Outage, Ran};
pub use submit::Durable;

use self::run::{Patience, Ticket};
use self::shared::Shared;
use self::task::Task;
use super::{Store, Work};
use crate::lock::Mutex;
use crate::model::Snapshot;
use crate::port::{BoxFuture, MaybeSendSync};

/// A store with a memory that stands in for it. Clones are the same standby.
#[derive(Clone)]
pub struct Standby {
    shared: Arc<Shared>,
}

impl std::fmt::Debug for Standby {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Standby").field("down", &self.is_down()).finish_non_exhaustive()
    }
}

impl Standby {
    /// A standby for `inner`, which is up.
    ///
    /// `seed` gives the snapshot of the store's own line and the number of the last write in it. What follows a
    /// write's commit ([`Work::then`]) must have brought the snapshot to that write's number, and must not call back
    /// into the standby: in memory it runs under a lock, in the order of the works.
    ///
    /// `seed`, too, is called under that lock, and only loads. While memory stands in for the store it is not called.
    /// `listener` is called under no lock.
    pub fn new(
        inner: Arc<dyn Store>,
        seed: impl Fn() -> (Arc<Snapshot>, u64) + MaybeSendSync + 'static,
        listener: impl Fn(Outage) + MaybeSendSync + 'static,
    ) -> Self {
        let (seed, listener) = (Box::new(seed), Box::new(listener));
        Self { shared: Arc::new(Shared { inner, seed, listener, core: Mutex::default() }) }
    }

    /// The store itself. What must not run anywhere else, such as opening it, is asked of it directly.
    pub fn inner(&self) -> &Arc<dyn Store> {
        &self.shared.inner
    }

    /// Whether memory stands in for the store.
    pub fn is_down(&self) -> bool {
        self.shared.core.lock().down.is_some()
    }

    /// Runs `work` in the store, waiting for it until `wait` is over; a write that the store does not take runs in
    /// memory. A work that the store has begun by then is carried through and awaited, except a read.
    ///
    /// While the standby is down, the store is first asked to take what is kept.
    pub fn run(&self, work: Work, wait: BoxFuture<'static, ()>) -> BoxFuture<'static, Ran> {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let mut patience = Patience { wait, over: false };
            shared.poll_loose();
            let ran = if work.reads_only() {
                match shared.read(work, &mut patience).await {
                    Ok(()) => Ran::Durable,
                    Err(error) => Ran::Failed(error),
                }
            } else {
                shared.write(&Arc::new(Task::new(work)), &mut patience).await
            };
            // What was handed in before it has ended, too: memory takes over what the store failed before anybody is
            // answered on it.
            shared.poll_loose();
            shared.announce();
            ran
        })
    }

    /// Has memory follow what others have written, where the store stands. Nobody waits for it, and a store that does not
    /// answer is found out about by whoever needs it.
    pub fn look(&self, work: Work) {
        if self.is_down() {
            return;
        }
        let task = Arc::new(Task::new(work));
        let ticket = Ticket::new(&self.shared, &task);
        let work = self.shared.shim(ticket.id, &task, || ()).reading_only();
        drop(self.shared.inner.transact(work));
    }

    /// Runs a write whose end nobody needs to await, such as giving back what a dropped value held.
    pub fn submit(&self, work: Work) -> Durable {
        let durable = self.shared.submit(work);
        self.shared.announce();
        durable
    }
}

#[cfg(test)]
mod tests;
