//! What a transaction was given where it ran: numbers of one line say nothing on another.

use std::sync::Arc;

use crate::lock::Mutex;
use crate::store::Transaction;

/// The answer of one write, for later writes that need the one of their own line. A write that runs in memory while
/// the store fails runs in the store later, and is given other numbers there. Clones are the same answers.
#[derive(Debug)]
pub(crate) struct ByLine<T>(Arc<Mutex<Vec<(u64, T)>>>);

impl<T> Clone for ByLine<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for ByLine<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Copy> ByLine<T> {
    /// Keeps what the write was given in `tx`.
    pub(crate) fn put(&self, tx: &dyn Transaction, value: T) {
        let mut answers = self.0.lock();
        answers.retain(|(line, _)| *line != tx.line());
        answers.push((tx.line(), value));
    }

    /// What the write was given on the line of `tx`. Memory that began after it knows it under the store's own number.
    pub(crate) fn on(&self, tx: &dyn Transaction) -> Option<T> {
        let answers = self.0.lock();
        let of = |wanted| answers.iter().find(|(line, _)| *line == wanted);
        of(tx.line()).or_else(|| of(0)).or_else(|| answers.last()).map(|(_, value)| *value)
    }
    /// Whether the write has run anywhere.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.lock().is_empty()
    }
}
