//! The blob store against the contract, beside other processes, and over a host that fails midway.

use std::sync::Arc;

use super::{Blob, BlobImage, BlobStore};
use crate::lock::Mutex;
use crate::model::Timestamp;
use crate::port::BoxFuture;
use crate::store::contract::{Backend, CASES, block_on, write};
use crate::store::{Store, StoreError, Work};

/// What several processes share.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<Held>>);

#[derive(Default)]
struct Held {
    version: u64,
    content: Vec<u8>,
    /// How often `replace` from now on fails, and whether it does its work before.
    failures: u32,
    done_all_the_same: bool,
}

impl Shelf {
    fn fail(&self, failures: u32, done_all_the_same: bool) {
        let mut held = self.0.lock();
        (held.failures, held.done_all_the_same) = (failures, done_all_the_same);
    }

    fn version(&self) -> u64 {
        self.0.lock().version
    }
}

impl Blob for Shelf {
    fn load(&self, known: u64) -> BoxFuture<'_, Result<Option<BlobImage>, StoreError>> {
        let held = self.0.lock();
        let image = BlobImage { version: held.version, content: held.content.clone() };
        // While it fails, nothing is found of what it did.
        let fails = held.failures > 0;
        let answer = if fails { Err(StoreError::Busy) } else { Ok((held.version != known).then_some(image)) };
        Box::pin(std::future::ready(answer))
    }

    fn replace(&self, expected: u64, content: Vec<u8>) -> BoxFuture<'_, Result<bool, StoreError>> {
        let mut held = self.0.lock();
        let fits = held.version == expected;
        if fits && (held.failures == 0 || held.done_all_the_same) {
            (held.version, held.content) = (expected + 1, content);
        }
        let fails = held.failures > 0;
        held.failures = held.failures.saturating_sub(1);
        Box::pin(std::future::ready(if fails { Err(StoreError::Busy) } else { Ok(fits) }))
    }
}

impl Backend for Shelf {
    fn open(&self) -> Arc<dyn Store> {
        Arc::new(BlobStore::new(self.clone()))
    }
}

#[test]
fn every_case_of_the_contract() {
    for (name, case) in CASES {
        let met = std::panic::catch_unwind(|| case(&Shelf::default()));
        assert!(met.is_ok(), "{name}");
    }
}

/// Notes that `nth` happened; `false` where that was known.
fn note(store: &dyn Store, nth: u8) -> Result<bool, StoreError> {
    write(store, move |tx| tx.note_happening([nth; 16], Timestamp::from_secs(1)))
}

#[test]
fn what_another_process_wrote_is_seen_by_the_next_transaction() {
    let shelf = Shelf::default();
    let (one, two) = (shelf.open(), shelf.open());
    assert_eq!(note(&*one, 1), Ok(true));
    assert_eq!(note(&*two, 1), Ok(false));
    assert_eq!(note(&*two, 2), Ok(true));
    assert_eq!(note(&*one, 2), Ok(false));
}

#[test]
fn a_write_that_failed_is_not_there() {
    let shelf = Shelf::default();
    let store = shelf.open();
    shelf.fail(1, false);
    // Looking failed, so nothing was begun.
    assert_eq!(note(&*store, 1), Err(StoreError::Busy));
    shelf.fail(0, false);
    assert_eq!(note(&*store, 1), Ok(true));
}

/// A host whose answer to a write got lost, and so did what was asked next.
struct Lossy(Shelf);

impl Blob for Lossy {
    fn load(&self, known: u64) -> BoxFuture<'_, Result<Option<BlobImage>, StoreError>> {
        let mut held = self.0.0.lock();
        let lost = held.failures == 1;
        if lost {
            held.failures = 0;
            return Box::pin(std::future::ready(Err(StoreError::Busy)));
        }
        // A first failure lets what comes before the write through.
        let before = held.failures;
        held.failures = 0;
        drop(held);
        let answer = self.0.load(known);
        self.0.0.lock().failures = before;
        answer
    }

    fn replace(&self, expected: u64, content: Vec<u8>) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.0.replace(expected, content)
    }
}

/// A host that answers at the second poll.
struct Slow(Shelf);

async fn one_poll_later() {
    let mut polled = false;
    std::future::poll_fn(|context| {
        context.waker().wake_by_ref();
        if std::mem::replace(&mut polled, true) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}

impl Blob for Slow {
    fn load(&self, known: u64) -> BoxFuture<'_, Result<Option<BlobImage>, StoreError>> {
        Box::pin(async move {
            one_poll_later().await;
            self.0.load(known).await
        })
    }

    fn replace(&self, expected: u64, content: Vec<u8>) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            one_poll_later().await;
            self.0.replace(expected, content).await
        })
    }
}

#[test]
fn a_write_that_was_done_though_its_answer_got_lost_is_found_at_once() {
    let shelf = Shelf::default();
    let store = BlobStore::new(Lossy(shelf.clone()));
    assert_eq!(note(&store, 1), Ok(true));
    // The write fails after it was done; looking works again.
    shelf.fail(3, true);
    assert_eq!(note(&store, 2), Ok(true));
    shelf.fail(0, false);
    assert_eq!(note(&store, 2), Ok(false));
}

#[test]
fn a_write_that_was_reported_as_failed_is_undone_when_it_is_found() {
    let shelf = Shelf::default();
    let store = BlobStore::new(Lossy(shelf.clone()));
    assert_eq!(note(&store, 1), Ok(true));
    // The write fails after it was done, and so does looking: its caller is told that it failed.
    shelf.fail(2, true);
    assert_eq!(note(&store, 2), Err(StoreError::Busy));
    assert_eq!(shelf.version(), 2);
    // So it is not there for whoever comes next, in this process or another.
    assert_eq!(note(&store, 2), Ok(true));
    assert_eq!(note(&*shelf.open(), 1), Ok(false));
}

#[test]
fn a_transaction_that_nobody_waits_for_is_carried_out_by_the_next() {
    let shelf = Shelf::default();
    let store = shelf.open();
    drop(store.transact(Work::write(|tx, _| tx.note_happening([7; 16], Timestamp::from_secs(1)).map(drop))));
    assert_eq!(shelf.version(), 0, "nobody has asked for it yet");
    assert_eq!(note(&*store, 7), Ok(false));
}

/// On a stack of the size that a browser's module has.
#[test]
fn a_thousand_that_wait_take_no_more_stack_than_one() {
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(|| {
        let store = Shelf::default().open();
        let note = |nth: u32| {
            let mut id = [0; 16];
            id[..4].copy_from_slice(&nth.to_be_bytes());
            store.transact(Work::write(move |tx, _| tx.note_happening(id, Timestamp::from_secs(1)).map(drop)))
        };
        let all: Vec<_> = (0..1_000).map(note).collect();
        // The last one drives all the others.
        let last = all.into_iter().next_back().unwrap();
        block_on(last)
    });
    assert_eq!(thread.unwrap().join().unwrap(), Ok(()));
}

#[test]
fn one_that_is_given_up_in_the_middle_is_carried_on_by_the_next() {
    let shelf = Shelf::default();
    let store = shelf.open();
    let work = || Work::write(|tx, _| tx.note_happening([7; 16], Timestamp::from_secs(1)).map(drop));
    let mut given_up = store.transact(work());
    let waker = std::task::Waker::noop();
    let _ = given_up.as_mut().poll(&mut std::task::Context::from_waker(waker));
    drop(given_up);
    assert_eq!(note(&*store, 7), Ok(false));
}

#[test]
fn one_that_is_polled_no_more_holds_nobody_up() {
    let shelf = Shelf::default();
    let store = BlobStore::new(Slow(shelf.clone()));
    let mut stalled =
        store.transact(Work::write(|tx, _| tx.note_happening([7; 16], Timestamp::from_secs(1)).map(drop)));
    let waker = std::task::Waker::noop();
    assert!(stalled.as_mut().poll(&mut std::task::Context::from_waker(waker)).is_pending());
    // It is still there, in the middle of its work.
    assert_eq!(note(&store, 7), Ok(false));
    assert_eq!(block_on(stalled), Ok(()));
}

#[test]
fn a_panic_in_a_transaction_is_the_end_of_that_one_only() {
    let store = Shelf::default().open();
    assert_eq!(note(&*store, 1), Ok(true));
    let panics = write(&*store, |_| -> Result<(), StoreError> { panic!("in a transaction") });
    assert!(matches!(panics, Err(StoreError::Backend { .. })));
    assert_eq!(note(&*store, 1), Ok(false));
}

#[test]
fn a_damaged_content_is_set_aside_and_a_newer_one_refused() {
    let shelf = Shelf::default();
    (shelf.0.lock().version, shelf.0.lock().content) = (4, b"{".to_vec());
    let store = shelf.open();
    assert_eq!(note(&*store, 1), Ok(true));
    let corruption = store.take_corruption().map(|corruption| corruption.set_aside);
    assert_eq!(corruption.as_deref(), Some("version 4 of the host's content"));
    assert_eq!((shelf.version(), store.take_corruption()), (5, None));
    (shelf.0.lock().version, shelf.0.lock().content) = (6, br#"{"version":99}"#.to_vec());
    assert!(matches!(note(&*store, 1), Err(StoreError::NewerSchema { found: 99, .. })));
    assert_eq!(shelf.version(), 6);
}

#[test]
fn an_emptied_host_is_written_again() {
    let shelf = Shelf::default();
    let store = shelf.open();
    assert_eq!(note(&*store, 1), Ok(true));
    *shelf.0.lock() = Held::default();
    assert_eq!(note(&*store, 1), Ok(false));
    assert_eq!(note(&*store, 2), Ok(true));
    assert_eq!(note(&*shelf.open(), 1), Ok(false));
}

#[test]
fn a_long_line_is_driven_and_let_go_on_a_small_stack() {
    let line = || {
        let shelf = Shelf::default();
        let store = shelf.open();
        let work = || Work::write(|tx, _| tx.note_happening([7; 16], Timestamp::from_secs(1)).map(drop));
        for _ in 0..2_000 {
            drop(store.transact(work()));
        }
        assert_eq!(note(&*store, 7), Ok(false));
        for _ in 0..2_000 {
            drop(store.transact(work()));
        }
    };
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(line).unwrap();
    assert!(thread.join().is_ok());
}
