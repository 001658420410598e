//! A work that the store holds and does not get to: as long as it does, nobody waits for the store again.

use std::sync::Arc;
use std::task::Context;

use futures_util::FutureExt as _;
use futures_util::task::noop_waker_ref;
use crate::lock::Mutex;

use super::Shared;
use crate::port::BoxFuture;
use crate::store::work::Handle;

pub(super) struct Stuck {
    handle: Handle,
    /// The store's answer. It is kept because the work may live in it, and polled because the store may.
    answer: Mutex<Option<BoxFuture<'static, ()>>>,
}

impl Stuck {
    pub(super) fn new(handle: Handle, answer: BoxFuture<'static, ()>) -> Self {
        Self { handle, answer: Mutex::new(Some(answer)) }
    }

    fn is_over(&self) -> bool {
        // Whoever polls it just now finds out.
        if let Some(mut answer) = self.answer.try_lock()
            && let Some(future) = answer.as_mut()
            && future.poll_unpin(&mut Context::from_waker(noop_waker_ref())).is_ready()
        {
            *answer = None;
            return true;
        }
        self.handle.is_dropped()
    }
}

impl Shared {
    pub(super) fn set_stuck(&self, stuck: Stuck) {
        let before = self.core.lock().stuck.replace(Arc::new(stuck));
        drop(before);
    }

    /// Whether the store still holds a work that it did not get to in time.
    pub(super) fn is_stuck(&self) -> bool {
        let Some(stuck) = self.core.lock().stuck.clone() else { return false };
        let over = stuck.is_over();
        if over {
            let mut core = self.core.lock();
            if core.stuck.as_ref().is_some_and(|now| Arc::ptr_eq(now, &stuck)) {
                core.stuck = None;
            }
        }
        !over
    }
}
