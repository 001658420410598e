//! A work that the store holds and does not get to: as long as it does, nobody waits for the store again.

use std::task::Context;

use crate::lock::Mutex;
use futures_util::FutureExt as _;
use futures_util::task::noop_waker_ref;

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

    pub(super) fn is_over(&self) -> bool {
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
