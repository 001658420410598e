//! Writes that are handed in: they happen, whether or not anybody waits for them.

use std::sync::Arc;
use std::task::Poll;

use tokio::sync::oneshot;

use super::loose::Loose;
use super::shared::Shared;
use super::spin::Spun;
use super::task::{InFlight, Task};
use crate::store::Work;

/// Resolves once the store has committed a write and the snapshot shows it; to an error where the store does not take it
/// now.
pub type Durable = Spun<oneshot::Receiver<()>>;

impl Shared {
    /// Gives what says that the store has committed the write and that the snapshot shows it. It says nothing of a write
    /// that the store did not take.
    pub(super) fn submit(self: &Arc<Self>, work: Work) -> Durable {
        let (durable, is_durable) = oneshot::channel();
        let is_durable = Spun::new(is_durable, Arc::downgrade(self));
        self.poll_loose();
        let task = Arc::new(Task::new(work));
        if self.take_if_down(&task).is_some() {
            return is_durable;
        }
        let id = self.core.lock().enter(InFlight::new(&task));
        let work = self.shim(id, &task, move || {
            // Whoever does not wait does not want to know.
            let _ = durable.send(());
        });
        let handle = work.handle();
        let ended = self.inner.transact(work);
        self.look_at(Loose { id, task, handle, ended });
        is_durable
    }

    /// Looks at those that may have ended. Works end in the order they were given: where one has not, those after it have
    /// not either, or are looked at next time.
    pub(super) fn poll_loose(self: &Arc<Self>) {
        let mut loose = std::mem::take(&mut self.core.lock().loose).into_iter();
        for mut first in loose.by_ref() {
            match first.look() {
                Poll::Ready(ended) => drop(self.ended(first.id, &first.task, ended)),
                Poll::Pending => {
                    let rest = std::iter::once(first).chain(loose);
                    self.core.lock().loose.splice(0..0, rest);
                    return;
                }
            }
        }
    }

    fn look_at(&self, mut loose: Loose) {
        match loose.look() {
            Poll::Pending => self.core.lock().loose.push(loose),
            Poll::Ready(ended) => {
                self.ended(loose.id, &loose.task, ended);
            }
        }
    }
}
