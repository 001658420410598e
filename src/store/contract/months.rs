//! What is kept per month, warnings, and forgetting.

use super::{Backend, app, day_and_month, friends, month, noon, user, windowed};
use crate::model::{CounterKey, LimitId, Max, Timestamp};
use crate::store::port::{
    CounterOp, DeferredLogin, Owner, PermitId, ReserveAnswer, ReserveItem, Store, WarningKey,
};
use std::time::Duration;

fn defer(store: &dyn Store, who: u8, at: Timestamp) -> bool {
    store.defer_login(DeferredLogin { user: user(who), month: day_and_month(at).1, at }).unwrap()
}

fn count(store: &dyn Store, who: u8, at: Timestamp) {
    let (day, month) = day_and_month(at);
    store.count_login(user(who), day, month, at).unwrap();
}

pub(super) fn deferred_logins_that_never_became_active(backend: &dyn Backend) {
    let store = &*backend.open();
    let november = month("2026-11");
    assert_eq!(store.deferred(november).unwrap(), (0, 0));
    assert!(defer(store, 1, noon(1)));
    assert!(!defer(store, 1, noon(2)), "once a month");
    assert!(defer(store, 2, noon(2)));
    assert!(defer(store, 1, noon(31)), "and again in December");
    assert_eq!(store.deferred(november).unwrap(), (2, 2));
    count(store, 1, noon(3));
    count(store, 2, noon(31));
    assert_eq!(store.deferred(november).unwrap(), (2, 1), "active in December is not active in November");
    count(store, 1, noon(31));
    assert_eq!(store.deferred(november).unwrap(), (2, 1), "and November stays as it was");
    assert_eq!(backend.open().deferred(month("2026-12")).unwrap(), (1, 0));
}

pub(super) fn totals_add_up(backend: &dyn Backend) {
    let store = &*backend.open();
    let november = month("2026-11");
    assert!(store.totals(november).unwrap().is_empty());
    store.add_totals(november, &[("asked", 2), ("suppressed.already_logged_in", 1), ("asked", 1)]).unwrap();
    store.add_totals(november, &[("asked", u64::MAX - 2)]).unwrap();
    store.add_totals(month("2026-12"), &[("asked", 5)]).unwrap();
    let totals = backend.open().totals(november).unwrap();
    let expected = [("asked", u64::MAX), ("suppressed.already_logged_in", 1)];
    assert_eq!(totals, expected.map(|(name, n)| (name.to_owned(), n)).into());
}

pub(super) fn identities_are_distinct(backend: &dyn Backend) {
    let store = &*backend.open();
    let seen = |text, who| store.note_identity(month(text), user(who)).unwrap();
    assert_eq!([seen("2026-11", 1), seen("2026-11", 1), seen("2026-11", 2)], [1, 1, 2]);
    assert_eq!(seen("2026-12", 3), 1);
}

pub(super) fn warnings_are_given_once(backend: &dyn Backend) {
    let store = &*backend.open();
    let key = |counter, threshold| WarningKey { counter, threshold };
    let at_80 = key(friends(1), 80);
    assert!(store.mark_warned(at_80).unwrap());
    assert!(!backend.open().mark_warned(at_80).unwrap());
    assert!(store.mark_warned(key(friends(1), 95)).unwrap());
    assert!(store.mark_warned(key(friends(2), 80)).unwrap());
    assert!(store.rearm(at_80).unwrap());
    assert!(!store.rearm(at_80).unwrap());
    let mut warned = backend.open().load(month("2026-11")).unwrap().warned;
    warned.sort_unstable();
    assert_eq!(warned, [key(friends(1), 95), key(friends(2), 80)]);
    assert!(store.mark_warned(at_80).unwrap());
}

fn fill(store: &dyn Store, now: Timestamp, who: u8) -> Vec<CounterKey> {
    let keys = vec![
        windowed(LimitId::FreeMau, now),
        windowed(LimitId::FreeDau, now),
        windowed(LimitId::PushCallsPerDay, now),
    ];
    count(store, who, now);
    defer(store, who, now);
    let month = day_and_month(now).1;
    store.note_identity(month, user(who)).unwrap();
    store.add_totals(month, &[("asked", 1)]).unwrap();
    store.apply(&[CounterOp::Add { key: keys[2], delta: 1, at: now }]).unwrap();
    for &counter in &keys {
        assert!(store.mark_warned(WarningKey { counter, threshold: 80 }).unwrap());
    }
    store.acquire_lease(user(who), Owner(1), now, Duration::from_secs(30), Duration::from_secs(1)).unwrap();
    keys
}

pub(super) fn pruning_keeps_what_is_current(backend: &dyn Backend) {
    let store = &*backend.open();
    let (old, new) = (noon(15), noon(31));
    let (november, december) = (month("2026-11"), month("2026-12"));
    fill(store, old, 1);
    let current = fill(store, new, 2);
    store.begin_login(user(3), old).unwrap();
    store.begin_login(user(4), new).unwrap();
    store.apply(&[CounterOp::Add { key: app(LimitId::NonAvGroups), delta: 7, at: old }]).unwrap();
    let room = ReserveItem { key: friends(1), amount: 1, max: Max::Of(1) };
    let held = store.reserve(PermitId(1), &[room], old, noon(16)).unwrap();
    assert_eq!(held, ReserveAnswer::Held);

    store.prune(december).unwrap();

    let image = store.load(november).unwrap();
    let mut keys: Vec<_> = image.counters.iter().map(|(key, _)| *key).collect();
    keys.sort_unstable();
    let mut expected = [current.clone(), vec![app(LimitId::NonAvGroups), friends(1)]].concat();
    expected.sort_unstable();
    assert_eq!(keys, expected, "levels and current windows stay");
    assert!(image.counters.iter().all(|(_, counter)| counter.reserved == 0));
    let mut users: Vec<_> = image.ledger.iter().map(|(user, _)| *user).collect();
    users.sort_unstable();
    assert_eq!(users, [user(2), user(4)]);
    let mut warned: Vec<_> = image.warned.iter().map(|key| key.counter).collect();
    warned.sort_unstable();
    let mut current = current;
    current.sort_unstable();
    assert_eq!(warned, current);
    assert_eq!(store.active_users(november).unwrap(), (0, 1));
    assert_eq!(store.active_users(december).unwrap(), (1, 1));
    assert_eq!(store.deferred(november).unwrap(), (0, 0));
    assert_eq!(store.deferred(december).unwrap(), (1, 0));
    assert!(store.totals(november).unwrap().is_empty());
    assert_eq!(store.totals(december).unwrap().len(), 1);
    assert_eq!(store.note_identity(november, user(9)).unwrap(), 1);
    assert_eq!(store.note_identity(december, user(9)).unwrap(), 2);
    assert_eq!(store.lease(user(1)).unwrap(), None);
    let kept = store.lease(user(2)).unwrap().unwrap();
    assert!(kept.fence > 1, "fences go on rising over what was forgotten");
}
