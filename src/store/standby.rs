//! Going on in memory while the store fails or hangs, and telling the store afterwards.
//!
//! A write goes to the store. If the store fails, or does not begin it in the time there is, it runs on a [`State`]
//! seeded from the snapshot and is kept; from then on the standby is down, and so does every later write, until the
//! store has taken all that was kept, in order, in one transaction. What is granted by the one is never granted again
//! by the other:
//!
//! - Nothing runs in the store for the first time while the standby is down: a work that the store reaches then is
//!   refused, rolled back, and runs in memory.
//! - What the store was committing when the standby went down runs in memory as well, before anything else does.
//! - What the store committed, but the snapshot does not show yet, likewise.
//! - The state in memory is given up in the commit of the replay that leaves nothing to replay.

mod core;
mod loose;
mod shim;
mod stuck;
mod task;

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{Either, select};

use self::core::Core;
use super::{Pass, Store, StoreError, Work};
use crate::model::Snapshot;
use crate::port::{BoxFuture, MaybeSendSync};
use stuck::Stuck;
use task::{Task, Ticket};

/// How many works are kept for the store. What runs beyond that is lost with the process, and counted.
const MOST_KEPT: usize = 10_000;

/// What befell the store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outage {
    /// The store failed or gave no answer; memory stands in. Reported once per outage.
    Failed {
        /// What the store said.
        error: StoreError,
    },
    /// The store has taken what happened meanwhile.
    Recovered {
        /// How many works it has taken.
        replayed: u64,
        /// How many were too many to be kept: they ran in memory only.
        dropped: u64,
    },
}

/// How a work ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ran {
    /// It ran in the store and is durable.
    Durable,
    /// It ran in memory and is kept for the store.
    Kept,
    /// It ran in memory; too many are kept already.
    Dropped,
    /// It did not run. Only a read ends so, and a write that refuses to run wherever it is tried.
    Failed(StoreError),
}

#[cfg(not(target_arch = "wasm32"))]
type Seed = Box<dyn Fn() -> (Arc<Snapshot>, u64) + Send + Sync>;
#[cfg(target_arch = "wasm32")]
type Seed = Box<dyn Fn() -> (Arc<Snapshot>, u64)>;

#[cfg(not(target_arch = "wasm32"))]
type Listener = Box<dyn Fn(Outage) + Send + Sync>;
#[cfg(target_arch = "wasm32")]
type Listener = Box<dyn Fn(Outage)>;

/// A store with a memory that stands in for it. Clones are the same standby.
#[derive(Clone)]
pub struct Standby {
    shared: Arc<Shared>,
}

struct Shared {
    inner: Arc<dyn Store>,
    seed: Seed,
    listener: Listener,
    core: crate::lock::Mutex<Core>,
}

/// How long a caller waits for the store.
struct Patience {
    wait: BoxFuture<'static, ()>,
    over: bool,
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
    /// `listener` is called under no lock.
    pub fn new(
        inner: Arc<dyn Store>,
        seed: impl Fn() -> (Arc<Snapshot>, u64) + MaybeSendSync + 'static,
        listener: impl Fn(Outage) + MaybeSendSync + 'static,
    ) -> Self {
        let (seed, listener) = (Box::new(seed), Box::new(listener));
        Self { shared: Arc::new(Shared { inner, seed, listener, core: crate::lock::Mutex::default() }) }
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
            shared.announce();
            ran
        })
    }

    /// Runs a write whose end nobody awaits, such as giving back what a dropped value held.
    pub fn submit(&self, work: Work) {
        self.shared.submit(work);
        self.shared.announce();
    }
}

impl Patience {
    /// What `future` gives before the wait is over; once it is, only what it has ready.
    async fn within<T>(&mut self, future: &mut BoxFuture<'static, T>) -> Option<T> {
        if self.over {
            return futures_util::future::poll_immediate(future).await;
        }
        match select(future, &mut self.wait).await {
            Either::Left((answer, _)) => Some(answer),
            Either::Right(_) => {
                self.over = true;
                None
            }
        }
    }
}

impl Shared {
    async fn write(self: &Arc<Self>, task: &Arc<Task>, patience: &mut Patience) -> Ran {
        loop {
            if self.is_stuck() {
                return self.stand_in(task, Pass::First, &StoreError::Busy);
            }
            match self.catch_up(patience).await {
                None => return self.first(task, patience).await,
                Some(Ok(())) => {}
                Some(Err(_)) => {
                    if let Some(ran) = self.take_if_down(task) {
                        return ran;
                    }
                }
            }
        }
    }

    async fn read(self: &Arc<Self>, work: Work, patience: &mut Patience) -> Result<(), StoreError> {
        if self.is_stuck() {
            return Err(StoreError::Busy);
        }
        // What was acknowledged is read, too.
        while let Some(replayed) = self.catch_up(patience).await {
            replayed?;
        }
        let handle = work.handle();
        let mut answer = self.inner.transact(work);
        if let Some(answer) = patience.within(&mut answer).await {
            return answer;
        }
        handle.withdraw();
        self.set_stuck(Stuck::new(handle, Box::pin(answer.map(drop))));
        Err(StoreError::Busy)
    }

    /// Has the store take what is kept: `None` when nothing is.
    async fn catch_up(self: &Arc<Self>, patience: &mut Patience) -> Option<Result<(), StoreError>> {
        let replay = self.replay()?;
        let mut done: BoxFuture<'static, _> = Box::pin(replay.done.clone());
        let ended = patience.within(&mut done).await;
        Some(ended.unwrap_or_else(|| {
            self.give_up(&replay);
            Err(StoreError::Busy)
        }))
    }

    /// Runs a write in the store, or else in memory.
    async fn first(self: &Arc<Self>, task: &Arc<Task>, patience: &mut Patience) -> Ran {
        let ticket = Ticket::new(self, task);
        let work = self.shim(ticket.id, task);
        let handle = work.handle();
        let mut ended = self.inner.transact(work);
        if let Some(ended) = patience.within(&mut ended).await {
            return self.ended(&ticket, task, ended);
        }
        if handle.withdraw() {
            drop(ticket);
            self.set_stuck(Stuck::new(handle, Box::pin(ended.map(drop))));
            return self.stand_in(task, Pass::First, &StoreError::Busy);
        }
        let ended = ended.await;
        self.ended(&ticket, task, ended)
    }

    /// Calls the listener, one event after the other.
    fn announce(&self) {
        struct Telling<'s>(&'s Shared);
        impl Drop for Telling<'_> {
            fn drop(&mut self) {
                self.0.core.lock().telling = false;
            }
        }
        loop {
            let event = {
                let mut core = self.core.lock();
                if core.telling {
                    // Whoever is at it goes on until nothing is left.
                    return;
                }
                let Some(event) = core.events.pop_front() else { return };
                core.telling = true;
                event
            };
            let _telling = Telling(self);
            (self.listener)(event);
        }
    }
}

#[cfg(test)]
mod tests;
