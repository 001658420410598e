//! Transactions in the order in which they were asked for. All that wait are carried out together, over one content and
//! with one replacement of it: a host takes milliseconds for each.
//!
//! A future drives them only as long as somebody waits for it, so whoever waits for one drives those before it. A chain
//! of futures that await each other would do that, too, but a poll of the last would go through all of them: a thousand
//! take more stack than a browser has.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use tokio::sync::{Mutex as Turn, oneshot};

use super::Inner;
use crate::lock::Mutex;
use crate::port::BoxFuture;
use crate::store::{StoreError, Work};

pub(super) type Ended = Result<(), StoreError>;

struct Waiting {
    work: Work,
    ended: oneshot::Sender<Ended>,
}

#[derive(Default)]
struct Queue {
    /// How many have been asked for.
    last: u64,
    waiting: VecDeque<Waiting>,
}

/// Transactions that are carried out together.
struct Batch {
    run: BoxFuture<'static, Vec<Ended>>,
    ended: Vec<oneshot::Sender<Ended>>,
}

/// What runs, and how many have ended.
#[derive(Default)]
struct Running {
    ended: u64,
    batch: Option<Batch>,
}

/// Transactions that wait, and those that run.
pub(super) struct Line {
    inner: Arc<Inner>,
    queue: Mutex<Queue>,
    /// Locked by whoever drives. One that goes away leaves what it was driving to the next.
    running: Turn<Running>,
}

impl Line {
    pub(super) fn new(inner: Arc<Inner>) -> Self {
        Self { inner, queue: Mutex::default(), running: Turn::default() }
    }

    /// Puts a transaction in line. What comes back waits for its end, and drives it.
    pub(super) fn join(self: &Arc<Self>, work: Work) -> BoxFuture<'static, Ended> {
        let (ended, mut end) = oneshot::channel();
        let number = {
            let mut queue = self.queue.lock();
            queue.last += 1;
            queue.waiting.push_back(Waiting { work, ended });
            queue.last
        };
        let line = Arc::clone(self);
        Box::pin(async move {
            {
                let drive = pin!(line.drive(number));
                // Another one may drive it to its end.
                if let Either::Left((ended, _)) = select(&mut end, drive).await {
                    return received(ended);
                }
            }
            received(end.await)
        })
    }

    /// Drives every transaction up to the one of that number.
    async fn drive(&self, number: u64) {
        let mut running = self.running.lock().await;
        while running.ended < number {
            let batch = match &mut running.batch {
                Some(batch) => batch,
                empty @ None => empty.insert(self.next()),
            };
            let ends = (&mut batch.run).await;
            running.ended += u64::try_from(ends.len()).unwrap_or(u64::MAX);
            let batch = running.batch.take();
            for (ended, end) in batch.into_iter().flat_map(|batch| batch.ended).zip(ends) {
                // Its caller may have gone away.
                let _ = ended.send(end);
            }
        }
    }

    /// All that wait.
    fn next(&self) -> Batch {
        let waiting = std::mem::take(&mut self.queue.lock().waiting);
        let (works, ended) = waiting.into_iter().map(|one| (one.work, one.ended)).unzip();
        let inner = Arc::clone(&self.inner);
        Batch { run: Box::pin(async move { inner.run(works).await }), ended }
    }
}

fn received(ended: Result<Ended, oneshot::error::RecvError>) -> Ended {
    // A transaction is dropped before its end only with the store.
    ended.unwrap_or(Err(StoreError::Busy))
}
