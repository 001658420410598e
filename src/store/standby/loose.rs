//! A write whose end nobody awaits.

use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::FutureExt as _;
use futures_util::task::noop_waker_ref;

use super::task::Task;
use crate::port::BoxFuture;
use crate::store::{Handle, StoreError};

/// A write in the store whose end is looked at when the standby is used next.
pub(super) struct Loose {
    /// Under which it is in flight.
    pub(super) id: u64,
    pub(super) task: Arc<Task>,
    pub(super) handle: Handle,
    pub(super) ended: BoxFuture<'static, Result<(), StoreError>>,
}

impl Loose {
    /// How it ended, if it did.
    pub(super) fn look(&mut self) -> Poll<Result<(), StoreError>> {
        self.ended.poll_unpin(&mut Context::from_waker(noop_waker_ref()))
    }
}
