//! Transactions in the order in which they were asked for. All that wait are carried out together, over one content and
//! with one replacement of it: a host takes milliseconds for each.
//!
//! A future drives them only as long as somebody waits for it, and nobody knows who goes on waiting: so all who wait drive
//! the batch that runs, which they share. A chain of futures that await each other would do that, too, but a poll of the
//! last would go through all of them: a thousand take more stack than a browser has.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::Shared;
use tokio::sync::oneshot;

use crate::lock::Mutex;
use crate::port::{BoxFuture, MaybeSendSync};
use crate::store::{StoreError, Work};

pub(super) type Ended = Result<(), StoreError>;

/// Carries transactions out, and says how each ended.
pub(super) trait CarryOut: MaybeSendSync {
    fn carry_out(self: Arc<Self>, works: Vec<Work>) -> BoxFuture<'static, Vec<Ended>>;
}

/// Transactions that are carried out together.
type Batch = Shared<BoxFuture<'static, ()>>;

struct Waiting {
    work: Work,
    ended: oneshot::Sender<Ended>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    running: Option<Batch>,
}

/// Transactions that wait, and those that run.
pub(super) struct Line {
    by: Arc<dyn CarryOut>,
    queue: Mutex<Queue>,
}

impl Line {
    pub(super) fn new(by: Arc<dyn CarryOut>) -> Self {
        Self { by, queue: Mutex::default() }
    }

    /// Puts a transaction in line. What comes back waits for its end, and drives it.
    pub(super) fn join(self: &Arc<Self>, work: Work) -> BoxFuture<'static, Ended> {
        let (ended, mut end) = oneshot::channel();
        self.queue.lock().waiting.push_back(Waiting { work, ended });
        let line = Arc::clone(self);
        Box::pin(async move {
            loop {
                match end.try_recv() {
                    Ok(ended) => return ended,
                    Err(oneshot::error::TryRecvError::Empty) => {}
                    // A transaction is dropped before its end only with the store.
                    Err(oneshot::error::TryRecvError::Closed) => return Err(StoreError::Busy),
                }
                line.running().await;
            }
        })
    }

    /// The batch that runs, which is one of all that wait where none does.
    fn running(&self) -> Batch {
        let mut queue = self.queue.lock();
        if let Some(running) = queue.running.as_ref().filter(|batch| batch.peek().is_none()) {
            return running.clone();
        }
        let waiting = std::mem::take(&mut queue.waiting);
        let (works, ended): (Vec<_>, Vec<_>) = waiting.into_iter().map(|one| (one.work, one.ended)).unzip();
        let ends = Arc::clone(&self.by).carry_out(works);
        let batch: BoxFuture<'static, ()> = Box::pin(async move {
            for (ended, end) in ended.into_iter().zip(ends.await) {
                // Its caller may have gone away.
                let _ = ended.send(end);
            }
        });
        queue.running.insert(batch.shared()).clone()
    }
}
