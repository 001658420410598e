//! A store that fails or hangs on demand, for the tests of those who depend on one.

use std::sync::Arc;

use crate::lock::Mutex;
use tokio::sync::Notify;

use super::{Corruption, ForeignWrite, Store, StoreError, WhenLost, Work};
use crate::port::BoxFuture;

/// How a transaction fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// [`StoreError::DiskFull`].
    DiskFull,
    /// [`StoreError::Busy`].
    Busy,
    /// [`StoreError::Unwritable`].
    Unwritable,
    /// [`StoreError::Backend`].
    Backend,
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        let why = || "a fault that was asked for".to_owned();
        match fault {
            Fault::DiskFull => Self::DiskFull,
            Fault::Busy => Self::Busy,
            Fault::Unwritable => Self::Unwritable { why: why() },
            Fault::Backend => Self::Backend { why: why() },
        }
    }
}

/// A switch in front of a store: its next transactions fail or hang as asked for and change nothing, the others reach
/// the store behind it. Clones share the switch.
///
/// ```
/// use planguard::store::{Fault, FaultyStore, MemoryStore, Store, StoreError, Work};
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let store = FaultyStore::new(MemoryStore::new());
/// store.fail_next(1, Fault::DiskFull);
/// let work = || Work::write(|transaction, _| transaction.set_device_user(None));
/// assert_eq!(store.transact(work()).await, Err(StoreError::DiskFull));
/// assert_eq!(store.transact(work()).await, Ok(()));
/// # });
/// ```
#[derive(Clone)]
pub struct FaultyStore {
    inner: Arc<dyn Store>,
    switch: Arc<Mutex<Switch>>,
    released: Arc<Notify>,
}

/// Which transactions fail, and whether the rest hang.
#[derive(Debug, Default)]
struct Switch {
    after: u64,
    times: u64,
    fault: Option<Fault>,
    hanging: bool,
}

impl std::fmt::Debug for FaultyStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FaultyStore").field("switch", &self.switch).finish_non_exhaustive()
    }
}

impl FaultyStore {
    /// Passes everything on to `inner` until asked otherwise.
    pub fn new(inner: impl Store + 'static) -> Self {
        Self::over(Arc::new(inner))
    }

    /// Passes everything on to a store that others have too.
    pub fn over(inner: Arc<dyn Store>) -> Self {
        Self { inner, switch: Arc::default(), released: Arc::default() }
    }

    /// The next `times` transactions fail. `u64::MAX` lasts until [`Self::recover`].
    pub fn fail_next(&self, times: u64, fault: Fault) {
        self.fail_later(0, times, fault);
    }

    /// As [`Self::fail_next`], once `after` more transactions have passed: lets a test fail each transaction of a
    /// sequence in turn.
    pub fn fail_later(&self, after: u64, times: u64, fault: Fault) {
        let mut switch = self.switch.lock();
        (switch.after, switch.times, switch.fault) = (after, times, Some(fault));
    }

    /// Transactions that arrive from now on wait until [`Self::recover`].
    pub fn hang(&self) {
        self.switch.lock().hanging = true;
    }

    /// Nothing fails any more, and what hangs goes on.
    pub fn recover(&self) {
        *self.switch.lock() = Switch::default();
        self.released.notify_waiters();
    }
}

impl Switch {
    fn next(&mut self) -> Result<(), StoreError> {
        if self.after > 0 {
            self.after -= 1;
        } else if let Some(fault) = self.fault.filter(|_| self.times > 0) {
            self.times -= 1;
            return Err(fault.into());
        }
        Ok(())
    }
}

impl Store for FaultyStore {
    fn transact(&self, work: Work) -> BoxFuture<'static, Result<(), StoreError>> {
        let passed = self.switch.lock().next();
        let (inner, released, switch) = (self.inner.clone(), self.released.clone(), self.switch.clone());
        if passed.is_ok() && !switch.lock().hanging {
            // Not in the future: nobody may poll it.
            return inner.transact(work);
        }
        Box::pin(async move {
            passed?;
            loop {
                let released = released.notified();
                if !switch.lock().hanging {
                    return inner.transact(work).await;
                }
                released.await;
            }
        })
    }

    fn is_driven(&self) -> bool {
        self.inner.is_driven()
    }

    fn when_lost(&self) -> WhenLost {
        self.inner.when_lost()
    }

    fn on_foreign_write(&self, told: ForeignWrite) {
        self.inner.on_foreign_write(told);
    }

    fn take_corruption(&self) -> Option<Corruption> {
        self.inner.take_corruption()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::store::MemoryStore;

    fn work() -> Work {
        Work::write(|transaction, _| transaction.set_device_user(None))
    }

    #[test]
    fn only_the_transaction_asked_for_fails() {
        let store = FaultyStore::new(MemoryStore::new());
        store.fail_later(1, 1, Fault::Busy);
        let ended: Vec<_> = (0..3).map(|_| store.transact(work()).now_or_never().unwrap()).collect();
        assert_eq!(ended, [Ok(()), Err(StoreError::Busy), Ok(())]);
    }

    #[test]
    fn what_hangs_goes_on_after_recovery() {
        let store = FaultyStore::new(MemoryStore::new());
        store.hang();
        let mut ended = store.transact(work());
        assert_eq!((&mut ended).now_or_never(), None);
        store.recover();
        assert_eq!(ended.now_or_never(), Some(Ok(())));
        assert_eq!(store.transact(work()).now_or_never(), Some(Ok(())));
    }
}
