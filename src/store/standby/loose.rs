//! Writes whose end nobody awaits.

use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::FutureExt as _;
use futures_util::task::noop_waker_ref;

use super::Shared;
use super::task::{Task, Ticket};
use crate::port::BoxFuture;
use crate::store::{Handle, StoreError, Work};

/// A write in the store whose end is looked at when the standby is used next.
pub(super) struct Loose {
    ticket: Ticket,
    pub(super) task: Arc<Task>,
    pub(super) handle: Handle,
    ended: BoxFuture<'static, Result<(), StoreError>>,
}

impl Shared {
    pub(super) fn submit(self: &Arc<Self>, work: Work) {
        self.poll_loose();
        let task = Arc::new(Task::new(work));
        if self.take_if_down(&task).is_some() {
            return;
        }
        let ticket = Ticket::new(self, &task);
        let work = self.shim(ticket.id, &task);
        let handle = work.handle();
        let ended = self.inner.transact(work);
        self.look_at(Loose { ticket, task, handle, ended });
    }

    pub(super) fn poll_loose(&self) {
        let loose = std::mem::take(&mut self.core.lock().loose);
        for loose in loose {
            self.look_at(loose);
        }
    }

    fn look_at(&self, mut loose: Loose) {
        match loose.ended.poll_unpin(&mut Context::from_waker(noop_waker_ref())) {
            Poll::Pending => self.core.lock().loose.push(loose),
            Poll::Ready(ended) => {
                self.ended(&loose.ticket, &loose.task, ended);
            }
        }
    }
}
