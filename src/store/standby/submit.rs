//! Writes whose end nobody awaits.

use std::sync::Arc;
use std::task::Poll;

use super::loose::Loose;
use super::shared::Shared;
use super::task::{InFlight, Task};
use crate::store::Work;

impl Shared {
    pub(super) fn submit(self: &Arc<Self>, work: Work) {
        self.poll_loose();
        let task = Arc::new(Task::new(work));
        if self.take_if_down(&task).is_some() {
            return;
        }
        let id = self.core.lock().enter(InFlight::new(&task));
        let work = self.shim(id, &task);
        let handle = work.handle();
        let ended = self.inner.transact(work);
        self.look_at(Loose { id, task, handle, ended });
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
