//! Transactions in the order in which they were asked for, one at a time.
//!
//! A future drives them only as long as somebody waits for it, so whoever waits for one drives those before it. A chain
//! of futures that await each other would do that, too, but a poll of the last would go through all of them: a thousand
//! take more stack than a browser has.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use tokio::sync::{Mutex as Turn, oneshot};

use crate::lock::Mutex;
use crate::port::BoxFuture;
use crate::store::StoreError;

type Ended = Result<(), StoreError>;

struct Transaction {
    number: u64,
    run: BoxFuture<'static, Ended>,
    ended: oneshot::Sender<Ended>,
}

#[derive(Default)]
struct Waiting {
    last: u64,
    transactions: VecDeque<Transaction>,
}

/// Transactions that wait, and the one that runs.
#[derive(Default)]
pub(super) struct Line {
    waiting: Mutex<Waiting>,
    /// Locked by whoever drives. One that goes away leaves what it was driving to the next.
    running: Turn<Option<Transaction>>,
}

impl Line {
    /// Puts a transaction in line. What comes back waits for its end, and drives it.
    pub(super) fn join(self: &Arc<Self>, run: BoxFuture<'static, Ended>) -> BoxFuture<'static, Ended> {
        let (ended, end) = oneshot::channel();
        let number = {
            let mut waiting = self.waiting.lock();
            waiting.last += 1;
            let number = waiting.last;
            waiting.transactions.push_back(Transaction { number, run, ended });
            number
        };
        let line = Arc::clone(self);
        Box::pin(async move {
            let mut end = end;
            {
                let drive = pin!(line.drive(number));
                // Another one may have driven it to its end.
                if let Either::Left((ended, _)) = select(&mut end, drive).await {
                    return received(ended);
                }
            }
            received(end.await)
        })
    }

    /// Drives every transaction up to `number`.
    fn drive(&self, number: u64) -> impl Future<Output = ()> + '_ {
        async move {
            let mut running = self.running.lock().await;
            loop {
                if running.is_none() {
                    let mut waiting = self.waiting.lock();
                    if waiting.transactions.front().is_none_or(|first| first.number > number) {
                        return;
                    }
                    *running = waiting.transactions.pop_front();
                }
                let Some(transaction) = &mut *running else { return };
                if transaction.number > number {
                    return;
                }
                let ended = (&mut transaction.run).await;
                if let Some(transaction) = running.take() {
                    // Its caller may have gone away.
                    let _ = transaction.ended.send(ended);
                }
            }
        }
    }
}

fn received(ended: Result<Ended, oneshot::error::RecvError>) -> Ended {
    // Nothing drops a transaction before its end but the store itself.
    ended.unwrap_or(Err(StoreError::Busy))
}
