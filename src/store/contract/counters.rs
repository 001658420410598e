//! Counters: additions, reports, their order in time.

use std::time::Duration;

use super::permits::race;
use super::{Backend, app, friends, month, noon, user, windowed};
use crate::model::{Counter, CounterKey, LimitId, Subject, Timestamp, UsageOrigin};
use crate::store::port::{CounterOp, Store};

const GROUPS: LimitId = LimitId::NonAvGroups;

fn add(key: CounterKey, delta: i64, at: Timestamp) -> CounterOp {
    CounterOp::Add { key, delta, at }
}

fn report(key: CounterKey, value: u64, as_of: Timestamp) -> CounterOp {
    CounterOp::Report { key, value, as_of, origin: UsageOrigin::Endpoint }
}

fn apply(store: &dyn Store, op: CounterOp) -> Counter {
    store.apply(&[op]).unwrap()[0]
}

fn secs(at: Timestamp, n: u64) -> Timestamp {
    at.plus(Duration::from_secs(n))
}

pub(super) fn additions_accumulate(backend: &dyn Backend) {
    let store = &*backend.open();
    assert_eq!(store.counter(&friends(1), noon(1)).unwrap(), Counter::default());
    apply(store, add(friends(1), 3, noon(1)));
    apply(store, add(friends(1), 4, noon(1)));
    let counter = apply(store, add(friends(1), -2, noon(2)));
    assert_eq!((counter.base, counter.added, counter.used()), (0, 5, 5));
    assert_eq!(counter.origin, UsageOrigin::Counted);
    assert_eq!(store.counter(&friends(1), noon(3)).unwrap(), counter);
    assert_eq!(store.counter(&friends(2), noon(3)).unwrap().used(), 0);
    // Removing what was never seen added goes below zero inside and reads as zero.
    let below = apply(store, add(friends(2), -2, noon(2)));
    assert_eq!((below.added, below.used()), (-2, 0));
}

pub(super) fn reports_contain_what_came_before(backend: &dyn Backend) {
    let store = &*backend.open();
    let key = app(GROUPS);
    for n in 0..10 {
        apply(store, add(key, 1, secs(noon(5), n)));
    }
    let counter = apply(store, report(key, 100, secs(noon(5), 6)));
    assert_eq!((counter.base, counter.added, counter.used()), (100, 3, 103));
    assert_eq!((counter.as_of, counter.origin), (Some(secs(noon(5), 6)), UsageOrigin::Endpoint));
    // A later report contains them all, and the next one does not bring them back.
    assert_eq!(apply(store, report(key, 104, secs(noon(5), 9))).used(), 104);
    assert_eq!(apply(store, report(key, 50, secs(noon(5), 9))).used(), 50);
}

pub(super) fn older_reports_are_ignored(backend: &dyn Backend) {
    let store = &*backend.open();
    let key = app(GROUPS);
    apply(store, report(key, 100, noon(5)));
    let counter = apply(store, report(key, 7, noon(4)));
    assert_eq!((counter.base, counter.as_of), (100, Some(noon(5))));
}

pub(super) fn additions_after_a_report_stay_on_top(backend: &dyn Backend) {
    let store = &*backend.open();
    let key = app(GROUPS);
    apply(store, report(key, 5, noon(5)));
    // In the same millisecond, and with a clock behind the reporter's.
    assert_eq!(apply(store, add(key, 1, noon(5))).used(), 6);
    assert_eq!(apply(store, add(key, 1, noon(4))).used(), 7);
    // The same report once more, as after a restart or a "not modified".
    assert_eq!(apply(store, report(key, 5, noon(5))).used(), 7);
    // Told three days later, when the times of the old ones are forgotten: contained.
    apply(store, add(key, 1, noon(8)));
    assert_eq!(apply(store, report(key, 9, noon(6))).used(), 10);
}

pub(super) fn own_maximum_is_remembered(backend: &dyn Backend) {
    let store = &*backend.open();
    let key = CounterKey { limit: LimitId::MembersPerGroup, subject: Subject::Group(user(9)), bucket: 0 };
    assert_eq!(apply(store, CounterOp::OwnMax { key, max: Some(50) }).own_max, Some(50));
    assert_eq!(apply(store, report(key, 20, noon(1))).own_max, Some(50));
    assert_eq!(apply(store, CounterOp::OwnMax { key, max: None }).own_max, None);
}

pub(super) fn several_ops_answer_in_order(backend: &dyn Backend) {
    let store = &*backend.open();
    let ops = [add(friends(1), 1, noon(1)), report(friends(2), 8, noon(1)), add(friends(1), 1, noon(1))];
    let used: Vec<_> = store.apply(&ops).unwrap().iter().map(Counter::used).collect();
    // Each as it stands after all of them.
    assert_eq!(used, [2, 8, 2]);
    assert!(store.apply(&[]).unwrap().is_empty());
}

pub(super) fn levels_and_windows_are_loaded(backend: &dyn Backend) {
    let store = &*backend.open();
    let (october, november) = (noon(-10), noon(10));
    for now in [october, november] {
        apply(store, add(windowed(LimitId::NetNewGroupsPerDay, now), 1, now));
        apply(store, add(windowed(LimitId::PushMessagesPerMonth, now), 2, now));
    }
    apply(store, add(app(GROUPS), 3, october));
    apply(store, add(friends(1), 4, october));
    let mut loaded: Vec<_> = backend
        .open()
        .load(month("2026-11"))
        .unwrap()
        .counters
        .into_iter()
        .map(|(key, counter)| (key, counter.used()))
        .collect();
    loaded.sort_unstable();
    let mut expected = vec![
        (windowed(LimitId::NetNewGroupsPerDay, november), 1),
        (windowed(LimitId::PushMessagesPerMonth, november), 2),
        (app(GROUPS), 3),
        (friends(1), 4),
    ];
    expected.sort_unstable();
    assert_eq!(loaded, expected);
}

pub(super) fn numbers_keep_their_range(backend: &dyn Backend) {
    let store = &*backend.open();
    let key = app(GROUPS);
    assert_eq!(apply(store, report(key, u64::MAX, noon(1))).base, u64::MAX);
    assert_eq!(apply(store, CounterOp::OwnMax { key, max: Some(u64::MAX) }).own_max, Some(u64::MAX));
    apply(store, add(key, i64::MAX, noon(2)));
    let counter = apply(store, add(key, i64::MAX, noon(2)));
    assert_eq!((counter.added, counter.used()), (i64::MAX, u64::MAX));
    let counter = apply(store, report(key, 0, noon(1)));
    assert_eq!((counter.base, counter.added), (0, i64::MAX));
}

pub(super) fn concurrent_additions_are_all_kept(backend: &dyn Backend) {
    race((0..6).map(|_| backend.open()).collect(), |who, store| {
        for n in 0..40 {
            apply(store, add(app(GROUPS), 1, secs(noon(1), n)));
            let (day, month) = super::day_and_month(noon(1));
            store.count_login(user(u8::try_from(n).unwrap()), day, month, noon(1)).unwrap();
            apply(store, add(friends(u8::try_from(who).unwrap()), 1, noon(1)));
        }
    });
    let store = &*backend.open();
    let used = |key| store.counter(&key, noon(1)).unwrap().used();
    assert_eq!(used(app(GROUPS)), 240);
    assert_eq!(used(windowed(LimitId::FreeMau, noon(1))), 40, "each user once, whoever came first");
    assert_eq!(used(friends(5)), 40);
}
