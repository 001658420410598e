//! Usage events that wait for delivery.

use super::{Backend, month};
use crate::store::port::Store;

fn put(store: &dyn Store, ids: &[&str], capacity: u64) -> u64 {
    let events: Vec<_> = ids.iter().map(|id| ((*id).to_owned(), format!("{{\"id\":\"{id}\"}}"))).collect();
    store.enqueue(&events, capacity).unwrap().dropped
}

fn waiting(store: &dyn Store) -> Vec<String> {
    store.outbox(usize::MAX).unwrap().into_iter().map(|entry| entry.id).collect()
}

pub(super) fn order_and_delivery(backend: &dyn Backend) {
    let store = &*backend.open();
    assert_eq!(put(store, &["c", "a"], 10), 0);
    assert_eq!(put(store, &["b"], 10), 0);
    let entries = backend.open().outbox(2).unwrap();
    assert_eq!(entries.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["c", "a"]);
    assert_eq!(entries[0].body, "{\"id\":\"c\"}");
    assert!(entries[0].seq < entries[1].seq);
    store.delivered(&[entries[1].seq, u64::MAX]).unwrap();
    assert_eq!(waiting(store), ["c", "b"], "what was not delivered stays");
    assert_eq!(store.outbox_len().unwrap(), (2, 0));
    assert!(store.outbox(0).unwrap().is_empty());
}

pub(super) fn ids_wait_once(backend: &dyn Backend) {
    let store = &*backend.open();
    put(store, &["a", "a", "b"], 10);
    put(store, &["b", "c"], 10);
    assert_eq!(waiting(store), ["a", "b", "c"]);
}

pub(super) fn the_oldest_are_dropped(backend: &dyn Backend) {
    let store = &*backend.open();
    assert_eq!(put(store, &["a", "b", "c"], 3), 0);
    assert_eq!(put(store, &["d", "e"], 3), 2);
    assert_eq!(waiting(store), ["c", "d", "e"]);
    assert_eq!(put(store, &["f"], 0), 4);
    assert_eq!(backend.open().outbox_len().unwrap(), (0, 6));
    assert_eq!(store.load(month("2026-11")).unwrap().outbox_dropped, 6);
    assert_eq!(put(store, &["a"], 3), 0, "a dropped id may come again");
}

pub(super) fn sequence_never_repeats(backend: &dyn Backend) {
    let store = &*backend.open();
    put(store, &["a"], 10);
    let first = store.outbox(1).unwrap()[0].seq;
    store.delivered(&[first]).unwrap();
    put(&*backend.open(), &["b"], 10);
    assert!(store.outbox(1).unwrap()[0].seq > first);
}
