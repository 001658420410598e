//! A guard that follows what other processes write, and its end.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use planguard::port::BoxFuture;
use planguard::store::contract::block_on;
use planguard::store::{ForeignWrite, MemoryStore, Store, StoreError, Work};
use support::{builder, clock};

/// A store that is told of another process's write, and is slow to take the look that follows.
struct Shared {
    inner: MemoryStore,
    told: Mutex<Option<ForeignWrite>>,
    slow: Mutex<Option<(Sender<()>, Receiver<()>)>>,
}

impl Store for Shared {
    fn transact(&self, work: Work) -> BoxFuture<'static, Result<(), StoreError>> {
        if let Some((begun, go_on)) = self.slow.lock().unwrap().take() {
            begun.send(()).unwrap();
            // Until the guard is gone, or, where its end waits for this look, for a while.
            let _ended = go_on.recv_timeout(Duration::from_millis(200));
        }
        self.inner.transact(work)
    }

    fn on_foreign_write(&self, told: ForeignWrite) {
        *self.told.lock().unwrap() = Some(told);
    }
}

#[test]
fn a_guard_that_ends_leaves_no_handle_of_its_store_to_the_stores_thread() {
    let store =
        Arc::new(Shared { inner: MemoryStore::new(), told: Mutex::default(), slow: Mutex::default() });
    let guard = block_on(builder(&clock()).shared_store(Arc::clone(&store) as _).open()).unwrap();
    let ((begun, has_begun), (ended, go_on)) = (channel(), channel());
    *store.slow.lock().unwrap() = Some((begun, go_on));
    let told = store.told.lock().unwrap().take().unwrap();
    let thread = std::thread::spawn(move || {
        told();
        told
    });
    has_begun.recv().unwrap();
    drop(guard);
    // Where the thread had the last one, it would end the store, and nobody would wait for what is not written yet.
    assert_eq!(Arc::strong_count(&store), 1, "the test's own");
    drop(ended);
    let told = thread.join().unwrap();
    // Told once more, nobody looks.
    told();
    assert_eq!(Arc::strong_count(&store), 1);
}
