//! Running works from a test: the caller's thread waits for each.

use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::lock::Mutex;

use super::super::{Pass, Store, StoreError, Transaction, Work};
use crate::port::MaybeSend;

#[cfg(not(target_arch = "wasm32"))]
struct Unpark(std::thread::Thread);

#[cfg(not(target_arch = "wasm32"))]
impl std::task::Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits on this thread until `future` is done. It needs no runtime.
#[cfg(not(target_arch = "wasm32"))]
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Polls `future` once: with one thread nothing else could complete it meanwhile.
#[cfg(target_arch = "wasm32")]
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a store without a thread of its own answers at once"),
    }
}

/// A cell that a work leaves its value in.
pub(super) struct Value<T>(Arc<Mutex<Option<T>>>);

impl<T: MaybeSend + 'static> Value<T> {
    /// A work that runs `f` and leaves its value here.
    pub(super) fn of(
        mut f: impl FnMut(&mut dyn Transaction, Pass) -> Result<T, StoreError> + MaybeSend + 'static,
    ) -> (Self, Work) {
        let (cell, kept) = (Arc::new(Mutex::new(None)), Arc::new(Mutex::new(None)));
        let value = Self(Arc::clone(&kept));
        let found = Arc::clone(&cell);
        let work = Work::write(move |transaction, pass| {
            *cell.lock() = Some(f(transaction, pass)?);
            Ok(())
        })
        // What a run gave that was not committed is no answer.
        .then(move || *kept.lock() = found.lock().take());
        (value, work)
    }

    pub(super) fn take(&self) -> T {
        self.0.lock().take().expect("a work that succeeded was committed")
    }
}

/// Runs `f` as one transaction that may write, waits for it, and gives what it returned.
///
/// # Errors
/// What the store or `f` fails with.
pub fn write<T: MaybeSend + 'static>(
    store: &dyn Store,
    mut f: impl FnMut(&mut dyn Transaction) -> Result<T, StoreError> + MaybeSend + 'static,
) -> Result<T, StoreError> {
    let (value, work) = Value::of(move |transaction, _| f(transaction));
    block_on(store.transact(work))?;
    Ok(value.take())
}

/// Runs `f` as one transaction that only reads, waits for it, and gives what it returned.
///
/// # Errors
/// What the store or `f` fails with.
pub fn read<T: MaybeSend + 'static>(
    store: &dyn Store,
    mut f: impl FnMut(&mut dyn Transaction) -> Result<T, StoreError> + MaybeSend + 'static,
) -> Result<T, StoreError> {
    let cell = Arc::new(Mutex::new(None));
    let kept = Arc::clone(&cell);
    let work = Work::read(move |transaction| {
        *kept.lock() = Some(f(transaction)?);
        Ok(())
    });
    block_on(store.transact(work))?;
    let value = cell.lock().take();
    Ok(value.expect("a work that succeeded was run"))
}

/// Runs `f` on all handles at once.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn race(handles: Vec<Arc<dyn Store>>, f: impl Fn(u32, Arc<dyn Store>) + Sync) {
    let start = std::sync::Barrier::new(handles.len());
    std::thread::scope(|scope| {
        for (who, store) in (0..).zip(handles) {
            let (f, start) = (&f, &start);
            scope.spawn(move || {
                start.wait();
                f(who, store);
            });
        }
    });
}

/// Runs `f` on all handles; there is one thread only.
#[cfg(target_arch = "wasm32")]
pub(super) fn race(handles: Vec<Arc<dyn Store>>, f: impl Fn(u32, Arc<dyn Store>)) {
    for (who, store) in (0..).zip(handles) {
        f(who, store);
    }
}
