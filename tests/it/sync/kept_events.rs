//! A store that lists events after it was told to forget them.

use planguard::client::SyncError;
use planguard::port::BoxFuture;
use planguard::store::{MemoryStore, NewEvent, OutboxEntry, Store, StoreError, Work};

use super::outbox::start_both;
use super::rig::beside;

/// A store whose events come back, whatever it is told to forget.
struct Returning(MemoryStore);

impl Store for Returning {
    fn transact(&self, work: Work) -> BoxFuture<'static, Result<(), StoreError>> {
        let before = beside(&self.0, |tx| tx.oldest(1_000));
        // It is done when the call returns.
        let done = self.0.transact(work);
        let again = before.into_iter().map(|OutboxEntry { id, body, .. }| NewEvent { id, body });
        let again: Vec<_> = again.collect();
        beside(&self.0, move |tx| tx.enqueue(&again, 1_000).map(drop));
        done
    }
}

/// As a file does that was put together from two: a row that is listed is not found.
#[tokio::test]
async fn a_store_that_keeps_what_was_delivered_ends_a_flush() {
    let (endpoint, build) = start_both().await;
    let guard = build.builder().store(Returning(build.store.clone())).open().await.unwrap();
    let rig = build.rig(guard);
    rig.reject(0..150).await;
    let flushed = rig.guard.flush().await;
    let Some(SyncError::StoreFailed { why }) = flushed.stopped else { panic!("{:?}", flushed.stopped) };
    assert!(why.contains("told to forget"), "{why}");
    assert_eq!((flushed.delivered, flushed.waiting), (100, 150));
    assert_eq!(endpoint.requests().total, 1, "nothing is sent again in the same flush");
}
