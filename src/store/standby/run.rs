//! One work on its way: to the store, or into memory.

use std::sync::{Arc, Weak};

use futures_util::FutureExt as _;
use futures_util::future::{Either, select};

use super::down::Replay;
use super::outcome::Ran;
use super::shared::Shared;
use super::spin::Spun;
use super::stuck::Stuck;
use super::task::{InFlight, Task};
use crate::port::BoxFuture;
use crate::store::{Pass, StoreError, Work};

/// How long a caller waits for the store.
pub(super) struct Patience {
    pub(super) wait: BoxFuture<'static, ()>,
    pub(super) over: bool,
}

/// The caller's part in a write.
pub(super) struct Ticket {
    pub(super) id: u64,
    shared: Weak<Shared>,
}

impl Ticket {
    pub(super) fn new(shared: &Arc<Shared>, task: &Arc<Task>) -> Self {
        let id = shared.core.lock().enter(InFlight::new(task));
        Self { id, shared: Arc::downgrade(shared) }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.upgrade() {
            shared.let_go(self.id, |entry| entry.caller_has_it = false);
        }
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
    pub(super) async fn write(self: &Arc<Self>, task: &Arc<Task>, patience: &mut Patience) -> Ran {
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

    pub(super) async fn read(
        self: &Arc<Self>,
        work: Work,
        patience: &mut Patience,
    ) -> Result<(), StoreError> {
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
        let work = self.shim(ticket.id, task, || ());
        let handle = work.handle();
        let mut ended: BoxFuture<'static, _> =
            Box::pin(Spun::new(self.inner.transact(work), Arc::downgrade(self)));
        if let Some(ended) = patience.within(&mut ended).await {
            return self.ended(ticket.id, task, ended);
        }
        if handle.withdraw() {
            drop(ticket);
            self.set_stuck(Stuck::new(handle, Box::pin(ended.map(drop))));
            return self.stand_in(task, Pass::First, &StoreError::Busy);
        }
        let ended = ended.await;
        self.ended(ticket.id, task, ended)
    }

    /// The replay under way, or a new one; `None` when memory does not stand in for the store.
    pub(super) fn replay(self: &Arc<Self>) -> Option<Replay> {
        let mut core = self.core.lock();
        let id = core.next_id();
        let down = core.down.as_mut()?;
        if let Some(replay) = &down.replay {
            return Some(replay.clone());
        }
        let (work, handle) = self.replay_shim(id, down.next());
        let (inner, shared) = (Arc::clone(&self.inner), Arc::downgrade(self));
        let done: BoxFuture<'static, _> = Box::pin(async move {
            let ended = inner.transact(work).await;
            if let Some(shared) = shared.upgrade() {
                shared.end_replay(id, ended.is_ok());
            }
            ended
        });
        Some(down.replay.insert(Replay { id, handle, done: done.shared() }).clone())
    }
}
