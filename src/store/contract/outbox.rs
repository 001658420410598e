//! Usage events that wait for delivery.

use super::Backend;
use super::caller::Caller;
use crate::store::OutboxEntry;

fn oldest(store: &Caller, max: usize) -> Vec<OutboxEntry> {
    store.read(move |t| t.oldest(max))
}

fn len(store: &Caller) -> (u64, u64) {
    store.read(|t| t.outbox_len())
}

fn waiting(store: &Caller) -> Vec<String> {
    oldest(store, usize::MAX).into_iter().map(|entry| entry.id).collect()
}

pub(super) fn order_and_delivery(backend: &dyn Backend) {
    let store = Caller::of(backend);
    assert_eq!(store.put(&["c", "a"], 10), 0);
    assert_eq!(store.put(&["b"], 10), 0);
    let entries = oldest(&Caller::of(backend), 2);
    assert_eq!(entries.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["c", "a"]);
    assert_eq!(entries[0].body, "{\"id\":\"c\"}");
    assert!(entries[0].seq < entries[1].seq);
    let delivered = [entries[1].seq, u64::MAX];
    store.write(move |t| t.delivered(&delivered));
    assert_eq!(waiting(&store), ["c", "b"], "what was not delivered stays");
    assert_eq!(len(&store), (2, 0));
    assert!(oldest(&store, 0).is_empty());
}

pub(super) fn ids_wait_once(backend: &dyn Backend) {
    let store = Caller::of(backend);
    store.put(&["a", "a", "b"], 10);
    store.put(&["b", "c"], 10);
    assert_eq!(waiting(&store), ["a", "b", "c"]);
}

pub(super) fn the_oldest_are_dropped(backend: &dyn Backend) {
    let store = Caller::of(backend);
    assert_eq!(store.put(&["a", "b", "c"], 3), 0);
    assert_eq!(store.put(&["d", "e"], 3), 2);
    assert_eq!(waiting(&store), ["c", "d", "e"]);
    assert_eq!(store.put(&["f"], 0), 4);
    assert_eq!(len(&Caller::of(backend)), (0, 6));
    assert_eq!(store.image("2026-11").outbox_dropped, 6);
    assert_eq!(store.put(&["a"], 3), 0, "a dropped id may come again");
}

pub(super) fn sequence_never_repeats(backend: &dyn Backend) {
    let store = Caller::of(backend);
    store.put(&["a"], 10);
    let first = oldest(&store, 1)[0].seq;
    store.write(move |t| t.delivered(&[first]));
    Caller::of(backend).put(&["b"], 10);
    assert!(oldest(&store, 1)[0].seq > first);
}
