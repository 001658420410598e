//! Writes that are handed in: they happen, whether or not anybody waits for them.

use std::sync::Arc;
use std::task::Poll;

use tokio::sync::oneshot;

use super::loose::Loose;
use super::shared::Shared;
use super::task::{InFlight, Task};
use crate::store::Work;

impl Shared {
    /// Gives what says that the store has committed the write and that the snapshot shows it. It says nothing of a write
    /// that the store did not take.
    pub(super) fn submit(self: &Arc<Self>, work: Work) -> oneshot::Receiver<()> {
        let (durable, is_durable) = oneshot::channel();
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

    pub(super) fn poll_loose(&self) {
        let loose = std::mem::take(&mut self.core.lock().loose);
        for loose in loose {
            self.look_at(loose);
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
