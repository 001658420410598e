//! Several threads at once, on a store that keeps failing.

use super::*;
use crate::store::contract::block_on;
use crate::store::{Fault, FaultyStore, MemoryStore};

#[test]
fn threads_never_oversell_on_a_memory_that_comes_and_goes() {
    room_is_granted_once(&FaultyStore::new(MemoryStore::new()));
}

#[cfg(all(feature = "sqlite", not(target_arch = "wasm32")))]
#[test]
fn threads_never_oversell_on_a_disk_that_comes_and_goes() {
    let dir = tempfile::tempdir().unwrap();
    let store = crate::store::SqliteStore::open(dir.path().join("store.sqlite")).unwrap();
    room_is_granted_once(&FaultyStore::new(store));
}

fn room_is_granted_once(store: &FaultyStore) {
    let client = Client::over(Arc::new(store.clone()), Script::default());
    let granted = Mutex::new(0);
    std::thread::scope(|scope| {
        for thread in 0..4_u128 {
            let (client, store, granted) = (&client, store, &granted);
            scope.spawn(move || {
                for n in 0..250 {
                    match n % 50 {
                        10 => store.fail_next(5, Fault::DiskFull),
                        30 => store.hang(),
                        33 => store.recover(),
                        _ => {}
                    }
                    // A store that hangs is waited for no longer than it takes the other threads to release it.
                    let (work, answer) = client.reserve(thread * 1_000 + n, 300);
                    let wait = if (30..33).contains(&(n % 50)) { no_wait() } else { wait_a_little() };
                    assert!(!matches!(block_on(client.standby.run(work, wait)), Ran::Failed(_)));
                    if answer.lock().is_some_and(|(granted, _)| granted) {
                        *granted.lock() += 1;
                    }
                    client.standby.submit(client.work(0, |_, _| Ok(())));
                }
            });
        }
    });
    store.recover();
    assert_eq!(*granted.lock(), 300);
    let seen: Arc<Mutex<Counter>> = Arc::default();
    let read = || {
        let found = Arc::clone(&seen);
        Work::read(move |t| {
            *found.lock() = t.counter(&ROOM, NOW)?;
            Ok(())
        })
    };
    // As long as the store has not come to what was taken back, nobody waits for it. The last submitted may be loose.
    while block_on(client.standby.run(read(), wait_forever())) != Ran::Durable || client.standby.is_down() {
        std::thread::yield_now();
    }
    while !client.standby.shared.core.lock().loose.is_empty() {
        client.standby.shared.poll_loose();
        std::thread::yield_now();
    }
    assert_eq!(seen.lock().reserved, 300);
    assert!(client.standby.shared.core.lock().in_flight.is_empty());
}

/// A wait that is over when it is looked at for the third time.
fn wait_a_little() -> BoxFuture<'static, ()> {
    let mut looks = 0;
    Box::pin(futures_util::future::poll_fn(move |context| {
        looks += 1;
        if looks > 3 {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    }))
}
