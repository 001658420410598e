//! How much was written of answers past HTTP, and how many of them are over: for tests to bound.

use tokio::sync::watch;

/// What was written so far, of all such answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RawAnswers {
    /// Bytes that the system took from the endpoint. Its own buffers hold some of them.
    pub bytes: u64,
    /// Answers that were begun.
    pub begun: u64,
    /// Answers that ended: written to their end, or given up by the client.
    pub ended: u64,
}

/// The count, and whoever waits for it.
#[derive(Debug)]
pub(crate) struct Written(watch::Sender<RawAnswers>);

/// An answer that is being written; it has ended when this is dropped.
pub(crate) struct Answer<'a>(&'a Written);

impl Written {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(RawAnswers::default()))
    }

    pub(crate) fn begin(&self) -> Answer<'_> {
        self.0.send_modify(|seen| seen.begun += 1);
        Answer(self)
    }

    pub(crate) fn add(&self, bytes: u64) {
        self.0.send_modify(|seen| seen.bytes += bytes);
    }

    pub(crate) fn seen(&self) -> RawAnswers {
        *self.0.borrow()
    }

    pub(crate) async fn reached(&self, enough: impl FnMut(&RawAnswers) -> bool) -> RawAnswers {
        // The sender lives in `self`, so waiting cannot fail.
        self.0.subscribe().wait_for(enough).await.map_or_else(|_| self.seen(), |seen| *seen)
    }
}

impl Drop for Answer<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|seen| seen.ended += 1);
    }
}
