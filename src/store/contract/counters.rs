//! Counters: additions, reports, their order in time, happenings.

use super::caller::Caller;
use super::run::race;
use super::{Backend, app, at, friends, members, noon, secs, user, windowed};
use crate::model::{
    Ceiling, CeilingOrigin, Counter, CounterKey, CounterOp, GroupType, LimitId, Timestamp, UsageOrigin,
};

const GROUPS: LimitId = LimitId::NonAvGroups;

fn later(at: Timestamp, n: u64) -> Timestamp {
    at.plus(std::time::Duration::from_secs(n))
}

fn add(key: CounterKey, delta: i64, at: Timestamp) -> CounterOp {
    CounterOp::Add { key, delta, at }
}

pub(super) fn additions_accumulate(backend: &dyn Backend) {
    let store = Caller::of(backend);
    assert_eq!(store.counter(&friends(1), 0), Counter::default());
    store.add(friends(1), 3, noon(1));
    store.add(friends(1), 4, noon(1));
    let counter = store.add(friends(1), -2, noon(2));
    assert_eq!((counter.base, counter.added, counter.used()), (0, 5, 5));
    assert_eq!(counter.origin, UsageOrigin::Counted);
    assert_eq!(Caller::of(backend).counter(&friends(1), 3), counter);
    assert_eq!(store.counter(&friends(2), 3).used(), 0);
}

pub(super) fn reports_contain_what_came_before(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let key = app(GROUPS);
    for n in 0..10 {
        store.add(key, 1, later(noon(5), n));
    }
    let counter = store.report(key, 100, later(noon(5), 6));
    assert_eq!((counter.base, counter.added, counter.used()), (100, 3, 103));
    assert_eq!((counter.as_of, counter.origin), (Some(later(noon(5), 6)), UsageOrigin::Endpoint));
    // A later report contains them all, and the next one does not bring them back.
    assert_eq!(store.report(key, 104, later(noon(5), 9)).used(), 104);
    assert_eq!(store.report(key, 50, later(noon(5), 9)).used(), 50);
}

pub(super) fn older_reports_are_ignored(backend: &dyn Backend) {
    let store = Caller::of(backend);
    store.report(app(GROUPS), 100, noon(5));
    let counter = store.report(app(GROUPS), 7, noon(4));
    assert_eq!((counter.base, counter.as_of), (100, Some(noon(5))));
}

pub(super) fn additions_after_a_report_stay_on_top(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let key = app(GROUPS);
    store.report(key, 5, noon(5));
    // In the same millisecond, and with a clock behind the reporter's.
    assert_eq!(store.add(key, 1, noon(5)).used(), 6);
    assert_eq!(store.add(key, 1, noon(4)).used(), 7);
    // The same report once more, as after a restart or a "not modified".
    assert_eq!(store.report(key, 5, noon(5)).used(), 7);
}

pub(super) fn a_repeated_old_report_loses_no_addition(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let (key, start) = (app(GROUPS), noon(1));
    store.report(key, 7, start);
    for hour in [1, 5, 60, 61] {
        store.add(key, 1, later(start, hour * 3600));
    }
    assert_eq!(Caller::of(backend).report(key, 7, start).used(), 11);
}

pub(super) fn a_level_never_falls_below_zero(backend: &dyn Backend) {
    let store = Caller::of(backend);
    for _ in 0..10 {
        store.add(friends(1), -1, noon(1));
    }
    assert_eq!(store.counter(&friends(1), 0).added, 0);
    assert_eq!(store.add(friends(1), 2, noon(2)).used(), 2);
    store.report(friends(1), 3, noon(3));
    let emptied = store.add(friends(1), -5, noon(4));
    assert_eq!((emptied.added, emptied.used()), (-3, 0));
    // A window is no level: what was created before it began may be removed in it.
    let net = windowed(LimitId::NetNewGroupsPerDay, noon(1));
    assert_eq!(store.add(net, -2, noon(1)).added, -2);
}

pub(super) fn a_list_contains_everything_counted_before(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let key = friends(1);
    let observe = |value| CounterOp::Observe { key, value, at: noon(5) };
    store.change(observe(10));
    // Time stands still, as after a clock was set back.
    for value in 11..15 {
        store.add(key, 1, noon(5));
        let counter = store.change(observe(value));
        assert_eq!((counter.used(), counter.origin), (value, UsageOrigin::Observed));
    }
    let inferred = store.change(CounterOp::Infer { key, value: 20, at: noon(4) });
    assert_eq!((inferred.used(), inferred.origin), (20, UsageOrigin::Inferred));
    assert_eq!(inferred.as_of, Some(noon(5)), "a report never becomes older");
}

pub(super) fn ceilings_and_group_types_are_remembered(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let key = members(9);
    for origin in [CeilingOrigin::Group, CeilingOrigin::Inferred { revision: u64::MAX }] {
        let ceiling = Some(Ceiling { max: u64::MAX, origin });
        assert_eq!(store.change(CounterOp::Ceiling { key, ceiling }).ceiling, ceiling);
        assert_eq!(Caller::of(backend).report(key, 20, noon(1)).ceiling, ceiling);
    }
    assert_eq!(store.change(CounterOp::Ceiling { key, ceiling: None }).ceiling, None);
    for group_type in [GroupType::Work, GroupType::Community] {
        let counter = store.change(CounterOp::GroupType { key, group_type });
        assert_eq!((counter.group_type, counter.used()), (Some(group_type), 20));
    }
    assert_eq!(Caller::of(backend).counter(&key, 0).group_type, Some(GroupType::Community));
}

pub(super) fn several_ops_apply_in_order(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let report = CounterOp::Report { key: friends(2), value: 8, as_of: noon(1) };
    store.apply(&[add(friends(1), 1, noon(1)), report, add(friends(1), 1, noon(1))]);
    store.apply(&[]);
    let used = [1, 2].map(|n| store.counter(&friends(n), 0).used());
    assert_eq!(used, [2, 8]);
}

pub(super) fn levels_and_windows_are_in_the_image(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let (october, november) = (noon(-10), noon(10));
    for now in [october, november] {
        store.add(windowed(LimitId::NetNewGroupsPerDay, now), 1, now);
        store.add(windowed(LimitId::PushMessagesPerMonth, now), 2, now);
    }
    store.add(app(GROUPS), 3, october);
    store.add(friends(1), 4, october);
    let counters = Caller::of(backend).image("2026-11").counters;
    let found: Vec<_> = counters.into_iter().map(|(key, counter)| (key, counter.used())).collect();
    let mut expected = vec![
        (windowed(LimitId::NetNewGroupsPerDay, november), 1),
        (windowed(LimitId::PushMessagesPerMonth, november), 2),
        (app(GROUPS), 3),
        (friends(1), 4),
    ];
    expected.sort_unstable();
    assert_eq!(found, expected);
}

pub(super) fn numbers_keep_their_range(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let key = app(GROUPS);
    assert_eq!(store.report(key, u64::MAX, noon(1)).base, u64::MAX);
    store.add(key, i64::MAX, noon(2));
    let counter = store.add(key, i64::MAX, noon(2));
    assert_eq!((counter.added, counter.used()), (i64::MAX, u64::MAX));
    let counter = store.report(key, 0, noon(1));
    assert_eq!((counter.base, counter.added), (0, i64::MAX));
    let ends = [Timestamp::MIN, Timestamp::MAX];
    assert_eq!(ends.map(|as_of| store.report(friends(3), 1, as_of).as_of), ends.map(Some));
}

pub(super) fn happenings_are_noted_once(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let note = |store: &Caller, key: u8, at| store.write(move |t| t.note_happening([key; 16], at));
    assert!(note(&store, 1, noon(1)));
    assert!(!note(&Caller::of(backend), 1, noon(2)));
    assert!(note(&store, 2, noon(20)));
    store.write(|t| t.prune(super::month("2026-11")));
    assert!(!note(&store, 1, noon(1)), "the month is not over");
    // A time that lies in December in every zone.
    assert!(note(&store, 3, at("2026-12-03T00:00:00Z")));
    store.write(|t| t.prune(super::month("2026-12")));
    assert!(note(&store, 1, noon(1)), "forgotten with its month");
    assert!(!note(&store, 3, noon(1)));
}

pub(super) fn concurrent_additions_are_all_kept(backend: &dyn Backend) {
    race((0..6).map(|_| backend.open()).collect(), |who, store| {
        let store = Caller::over(store);
        for n in 0..40 {
            store.apply(&[add(app(GROUPS), 1, later(noon(1), n))]);
            store.count(user(u8::try_from(n).unwrap()), noon(1));
            store.apply(&[add(friends(u8::try_from(who).unwrap()), 1, noon(1))]);
        }
    });
    let store = Caller::of(backend);
    let used = |key| store.read(move |t| t.counter(&key, secs(1))).used();
    assert_eq!(used(app(GROUPS)), 240);
    assert_eq!(used(windowed(LimitId::FreeMau, noon(1))), 40, "each user once, whoever came first");
    assert_eq!(used(friends(5)), 40);
}
