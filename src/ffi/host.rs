//! Calls of a host's code: contained, and without its texts.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;

use crate::client::{NoReturn, call};
use crate::time::Clock;

/// Why a method of the host did not do what it was asked. What it threw is for the host's own eyes: planguard drops it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum HostError {
    /// It cannot be done now.
    #[error("the host's code cannot do it now")]
    Unavailable,
    /// It threw something that it does not declare.
    #[error("the host's code failed")]
    Unexpected,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for HostError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected
    }
}

/// Runs a host's future; a panic in it is an answer, too.
pub(super) async fn contained<T>(work: impl Future<Output = T>) -> Option<T> {
    AssertUnwindSafe(work).catch_unwind().await.ok()
}

/// Calls a method of the host, and waits at most `limit` by `clock`.
pub(super) async fn bounded<T, E, F>(
    clock: &dyn Clock,
    limit: Duration,
    work: impl FnOnce() -> F,
) -> Result<T, Silence>
where
    F: Future<Output = Result<T, E>>,
{
    match call(clock, limit, work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(_)) | Err(NoReturn::Panicked) => Err(Silence::Failed),
        Err(NoReturn::TimeUp) => Err(Silence::TimeUp),
    }
}

/// Why a host's method gave no answer that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Silence {
    /// It threw, or panicked.
    Failed,
    /// It did not return in time.
    TimeUp,
}
