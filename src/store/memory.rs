//! A store in memory: for tests, for hosts without a disk, and as the state behind a host's own blob.

use std::sync::Arc;

use crate::lock::Mutex;

use super::state::State;
use super::{Pass, Store, StoreError, Work};
use crate::port::BoxFuture;

/// A store that lives as long as its last clone. Clones share their content and act towards each other as
/// processes on one store do.
///
/// A transaction runs at once, inside the call, and so does what follows its commit: under the store's lock, in the
/// order of the transactions. Neither may call back into the store.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The whole content as JSON, for [`Self::from_json`].
    ///
    /// # Errors
    /// [`StoreError::Backend`] when the content cannot be written as JSON.
    pub fn to_json(&self) -> Result<String, StoreError> {
        // Writing goes on without the lock: the copy costs nothing.
        let state = self.state.lock().clone();
        Ok(state.to_json())
    }

    /// A store with the content that [`Self::to_json`] gave, of this version of planguard or an earlier one.
    ///
    /// # Errors
    /// [`StoreError::Backend`] when `text` is not such a content, [`StoreError::NewerSchema`] when a newer planguard
    /// wrote it. The host decides what becomes of it.
    pub fn from_json(text: &str) -> Result<Self, StoreError> {
        let state = State::from_json(text)?;
        Ok(Self { state: Arc::new(Mutex::new(state)) })
    }

    fn run(&self, mut work: Work) -> Result<(), StoreError> {
        if !work.begin() {
            return Err(StoreError::Busy);
        }
        let mut state = self.state.lock();
        state.transact(&mut work, Pass::First)?;
        work.committed();
        Ok(())
    }
}

impl Store for MemoryStore {
    fn transact(&self, work: Work) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(std::future::ready(self.run(work)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::contract::{Backend, CASES};

    struct Memory(MemoryStore);

    impl Backend for Memory {
        fn open(&self) -> Arc<dyn Store> {
            Arc::new(self.0.clone())
        }
    }

    #[test]
    fn memory_meets_the_contract() {
        for (name, case) in CASES {
            assert!(!name.is_empty());
            case(&Memory(MemoryStore::new()));
        }
    }
}
