//! Permits: room held, used, given back and expired.

use std::sync::atomic::{AtomicU32, Ordering};

use super::{Backend, app, friends, month, noon};
use crate::model::{CounterKey, LimitId, Max, UsageOrigin};
use crate::store::port::{CounterOp, PermitId, ReserveAnswer, ReserveItem, Store};

const GROUPS: LimitId = LimitId::NonAvGroups;

fn item(key: CounterKey, amount: i64, max: u64) -> ReserveItem {
    ReserveItem { key, amount, max: Max::Of(max) }
}

fn fits(store: &dyn Store, permit: u128, items: &[ReserveItem]) -> bool {
    matches!(store.reserve(PermitId(permit), items, noon(1), noon(2)).unwrap(), ReserveAnswer::Held)
}

pub(super) fn room_is_held_and_used(backend: &dyn Backend) {
    let store = &*backend.open();
    let key = app(GROUPS);
    assert!(fits(store, u128::MAX, &[item(key, 3, 5)]));
    let held = store.counter(&key, noon(1)).unwrap();
    assert_eq!((held.used(), held.reserved, held.reserved_until), (0, 3, noon(2)));
    assert_eq!(store.load(month("2026-11")).unwrap().counters, [(key, held)]);
    let full = store.reserve(PermitId(2), &[item(key, 3, 5)], noon(1), noon(2)).unwrap();
    assert_eq!(full, ReserveAnswer::Full { item: 0, counter: held });
    assert!(backend.open().commit(PermitId(u128::MAX), noon(1)).unwrap());
    let used = store.counter(&key, noon(1)).unwrap();
    assert_eq!((used.used(), used.reserved), (3, 0));
    assert!(!store.commit(PermitId(u128::MAX), noon(1)).unwrap(), "a permit is used once");
    assert!(!store.commit(PermitId(77), noon(1)).unwrap(), "unknown");
}

pub(super) fn all_or_nothing(backend: &dyn Backend) {
    let store = &*backend.open();
    let items = [item(friends(1), 1, 5), item(friends(2), 6, 5), item(friends(3), 1, 5)];
    let answer = store.reserve(PermitId(1), &items, noon(1), noon(2)).unwrap();
    assert!(matches!(answer, ReserveAnswer::Full { item: 1, .. }));
    assert_eq!(store.counter(&friends(1), noon(1)).unwrap().reserved, 0);
    assert!(!store.commit(PermitId(1), noon(1)).unwrap());
}

pub(super) fn one_counter_twice_in_one_permit(backend: &dyn Backend) {
    let store = &*backend.open();
    let key = app(GROUPS);
    assert!(!fits(store, 1, &[item(key, 3, 5), item(key, 3, 5)]));
    assert!(fits(store, 1, &[item(key, 3, 6), item(key, 3, 6)]));
    assert_eq!(store.counter(&key, noon(1)).unwrap().reserved, 6);
    assert!(store.commit(PermitId(1), noon(1)).unwrap());
    assert_eq!(store.counter(&key, noon(1)).unwrap().used(), 6);
}

pub(super) fn expired_permits_hold_nothing(backend: &dyn Backend) {
    let store = &*backend.open();
    let key = app(GROUPS);
    assert!(fits(store, 1, &[item(key, 5, 5)]));
    assert_eq!(store.counter(&key, noon(2)).unwrap().reserved, 0, "expiry itself is over");
    let taken = store.reserve(PermitId(2), &[item(key, 5, 5)], noon(2), noon(3)).unwrap();
    assert_eq!(taken, ReserveAnswer::Held);
    assert!(!store.commit(PermitId(1), noon(2)).unwrap());
    assert!(store.commit(PermitId(2), noon(2)).unwrap());
    assert_eq!(store.counter(&key, noon(2)).unwrap().used(), 5);
    // Expired, and nobody has reserved since.
    assert!(fits(store, 3, &[item(key, 1, 6)]));
    assert!(!store.commit(PermitId(3), noon(2)).unwrap());
    assert_eq!(store.counter(&key, noon(2)).unwrap().used(), 5);
}

pub(super) fn released_room_is_free_again(backend: &dyn Backend) {
    let store = &*backend.open();
    let key = app(GROUPS);
    assert!(fits(store, 1, &[item(key, 5, 5)]));
    store.release(PermitId(1)).unwrap();
    store.release(PermitId(1)).unwrap();
    assert!(!store.commit(PermitId(1), noon(1)).unwrap());
    assert!(fits(store, 2, &[item(key, 5, 5)]));
}

pub(super) fn room_is_made_at_commit(backend: &dyn Backend) {
    let store = &*backend.open();
    let key = app(GROUPS);
    let full = CounterOp::Report { key, value: 5, as_of: noon(1), origin: UsageOrigin::Observed };
    store.apply(&[full]).unwrap();
    assert!(fits(store, 1, &[item(key, -1, 5)]), "making room needs none");
    assert!(!fits(store, 2, &[item(key, 1, 5)]), "not made yet");
    assert_eq!(store.counter(&key, noon(1)).unwrap().reserved, 0);
    assert!(store.commit(PermitId(1), noon(1)).unwrap());
    assert!(fits(store, 2, &[item(key, 1, 5)]));
}

pub(super) fn unlimited_always_fits(backend: &dyn Backend) {
    let store = &*backend.open();
    let all = ReserveItem { key: app(GROUPS), amount: i64::MAX, max: Max::Unlimited };
    for permit in 1..=3 {
        assert!(fits(store, permit, &[all]));
    }
    assert!(!fits(store, 4, &[item(app(GROUPS), 1, u64::MAX - 1)]), "what is held saturates");
    assert!(fits(store, 5, &[item(app(GROUPS), 0, 0)]), "nothing is added, so what exists may stay");
}

pub(super) fn a_permit_is_replaced(backend: &dyn Backend) {
    let store = &*backend.open();
    let key = app(GROUPS);
    assert!(fits(store, 1, &[item(key, 4, 5)]));
    assert!(fits(store, 1, &[item(key, 5, 5)]), "its own room does not count against it");
    assert!(!fits(store, 1, &[item(key, 6, 5)]));
    assert_eq!(store.counter(&key, noon(1)).unwrap().reserved, 5, "kept when the new items do not fit");
}

pub(super) fn an_empty_permit_commits(backend: &dyn Backend) {
    let store = &*backend.open();
    assert!(fits(store, 1, &[]));
    assert!(store.commit(PermitId(1), noon(1)).unwrap());
}

pub(super) fn racing_reserves_never_oversell(backend: &dyn Backend) {
    const ROOM: u64 = 10;
    let key = app(GROUPS);
    let (handles, won): (Vec<_>, _) = ((0..8).map(|_| backend.open()).collect(), AtomicU32::new(0));
    race(handles, |who, store| {
        for n in 0..5_u32 {
            let permit = u128::from(who * 100 + n);
            if fits(store, permit, &[item(key, 1, ROOM)]) {
                won.fetch_add(1, Ordering::Relaxed);
                if n % 2 == 0 {
                    assert!(store.commit(PermitId(permit), noon(1)).unwrap());
                }
            }
        }
    });
    assert_eq!(u64::from(won.load(Ordering::Relaxed)), ROOM, "exactly as many as there is room for");
    let counter = backend.open().counter(&key, noon(1)).unwrap();
    assert_eq!(counter.used() + counter.reserved, ROOM);
}

/// Runs `f` on all handles at once.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn race(handles: Vec<Box<dyn Store>>, f: impl Fn(u32, &dyn Store) + Sync) {
    let start = std::sync::Barrier::new(handles.len());
    std::thread::scope(|scope| {
        for (who, store) in (0..).zip(handles) {
            let (f, start) = (&f, &start);
            scope.spawn(move || {
                start.wait();
                f(who, &*store);
            });
        }
    });
}

/// Runs `f` on all handles; there is one thread only.
#[cfg(target_arch = "wasm32")]
pub(super) fn race(handles: Vec<Box<dyn Store>>, f: impl Fn(u32, &dyn Store)) {
    for (who, store) in (0..).zip(handles) {
        f(who, &*store);
    }
}
