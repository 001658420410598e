//! The ledger of active users.

use super::{Backend, day_and_month, month, noon, user, windowed};
use crate::model::{ActiveUser, LimitId, Pseudonym, Timestamp};
use crate::store::port::{CountedLogin, Store};

fn count(store: &dyn Store, user: Pseudonym, at: Timestamp) -> CountedLogin {
    let (day, month) = day_and_month(at);
    store.count_login(user, day, month, at).unwrap()
}

const NEW: CountedLogin = CountedLogin { new_in_month: true, new_on_day: true };
const NEW_DAY: CountedLogin = CountedLogin { new_in_month: false, new_on_day: true };
const KNOWN: CountedLogin = CountedLogin { new_in_month: false, new_on_day: false };

pub(super) fn a_user_counts_once_a_period(backend: &dyn Backend) {
    let store = &*backend.open();
    assert_eq!(count(store, user(1), noon(3)), NEW);
    assert_eq!(count(store, user(1), noon(3)), KNOWN);
    assert_eq!(count(&*backend.open(), user(1), noon(3)), KNOWN);
    assert_eq!(count(store, user(1), noon(4)), NEW_DAY);
    assert_eq!(count(store, user(2), noon(4)), NEW);
    assert_eq!(count(store, user(1), noon(31)), NEW, "1 December");
    let entry = |at| {
        let (day, month) = day_and_month(at);
        ActiveUser { month: Some(month), day: Some(day), uncertain: None }
    };
    let mut ledger = backend.open().load(month("2026-11")).unwrap().ledger;
    ledger.sort_unstable_by_key(|(user, _)| *user);
    assert_eq!(ledger, [(user(1), entry(noon(31))), (user(2), entry(noon(4)))]);
    let ledger = backend.open().load(month("2026-12")).unwrap().ledger;
    assert_eq!(ledger, [(user(1), entry(noon(31)))]);
}

pub(super) fn a_clock_set_back_reopens_nothing(backend: &dyn Backend) {
    let store = &*backend.open();
    count(store, user(1), noon(31));
    assert_eq!(count(store, user(1), noon(5)), KNOWN);
    assert_eq!(count(store, user(1), noon(31)), KNOWN);
    assert_eq!(store.active_users(month("2026-11")).unwrap(), (0, 0));
    assert_eq!(store.active_users(month("2026-12")).unwrap(), (1, 0));
}

pub(super) fn unknown_ends_are_kept(backend: &dyn Backend) {
    let store = &*backend.open();
    store.begin_login(user(1), noon(3)).unwrap();
    store.begin_login(user(1), noon(4)).unwrap();
    let entry = ActiveUser { month: None, day: None, uncertain: Some(noon(4)) };
    assert_eq!(backend.open().load(month("2027-05")).unwrap().ledger, [(user(1), entry)]);
    assert_eq!(store.active_users(month("2026-11")).unwrap(), (0, 1));
    assert_eq!(count(store, user(1), noon(4)), NEW, "an unknown end is not a counted one");
    assert_eq!(store.active_users(month("2026-11")).unwrap(), (1, 0));
}

pub(super) fn failure_clears_the_note(backend: &dyn Backend) {
    let store = &*backend.open();
    store.fail_login(user(1)).unwrap();
    store.begin_login(user(1), noon(3)).unwrap();
    store.fail_login(user(1)).unwrap();
    assert!(store.load(month("2026-11")).unwrap().ledger.is_empty());
    count(store, user(1), noon(3));
    store.begin_login(user(1), noon(4)).unwrap();
    store.fail_login(user(1)).unwrap();
    assert_eq!(count(store, user(1), noon(3)), KNOWN, "what was counted stays counted");
}

pub(super) fn active_users_are_counted_by_month(backend: &dyn Backend) {
    let store = &*backend.open();
    for (n, day) in [(1, 1), (2, 2), (1, 3), (1, 31), (3, 32)] {
        count(store, user(n), noon(day));
    }
    assert_eq!(store.active_users(month("2026-11")).unwrap(), (2, 0), "also when it is over");
    assert_eq!(store.active_users(month("2026-12")).unwrap(), (2, 0));
    assert_eq!(store.active_users(month("2027-01")).unwrap(), (0, 0));
}

pub(super) fn counters_rise_with_the_ledger(backend: &dyn Backend) {
    let store = &*backend.open();
    for (n, day) in [(1, 3), (1, 3), (2, 3), (1, 4)] {
        count(store, user(n), noon(day));
    }
    let used = |limit, day| store.counter(&windowed(limit, noon(day)), noon(day)).unwrap().used();
    assert_eq!(used(LimitId::FreeMau, 4), 2);
    assert_eq!((used(LimitId::FreeDau, 3), used(LimitId::FreeDau, 4)), (2, 1));
}
