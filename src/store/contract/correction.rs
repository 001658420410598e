//! Time was corrected: what is dated later has not happened, and what is earlier is needed again.

use std::time::Duration;

use super::caller::Caller;
use super::records::{catalog, document};
use super::{Backend, app, friends, moment, month, noon, user, windowed};
use crate::model::{
    ActiveUser, CountedLogin, Counter, CounterKey, Elapsed, HoldItem, LimitId, Max, ReportedSuspension, User,
};
use crate::store::{MonthUsers, Pass, PermitId, StoredDocument, WarningKey};

pub(super) fn reports_and_additions_are_dated_now_at_the_latest(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let key = app(LimitId::NonAvGroups);
    // A clock that runs a month ahead: five groups were made, then a report, then one more.
    store.add(key, 5, noon(31));
    store.report(key, 5, noon(31));
    store.add(key, 1, noon(31));
    store.add(friends(1), 2, noon(40));
    store.correct_time(noon(2));
    let counter = store.counter(&key, 0);
    assert_eq!((counter.used(), counter.as_of), (6, Some(noon(2))));
    // A true report is taken again, and contains them.
    let counter = Caller::of(backend).report(key, 7, noon(3));
    assert_eq!((counter.used(), counter.added), (7, 0));
    assert_eq!(store.report(friends(1), 2, noon(3)).used(), 2);
}

pub(super) fn windows_ahead_lose_their_counts(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let ahead = [windowed(LimitId::PushCallsPerDay, noon(3)), windowed(LimitId::FreeMau, noon(31))];
    let current = [windowed(LimitId::PushCallsPerDay, noon(2)), windowed(LimitId::FreeMau, noon(2))];
    for key in [ahead, current].concat() {
        store.add(key, 4, noon(1));
        assert!(store.mark_warned(WarningKey { counter: key, threshold: 80 }));
    }
    let seen = store.changes(0, 0).seq;
    store.correct_time(noon(2));
    assert_eq!(ahead.map(|key| store.counter(&key, 0).used()), [0, 0]);
    assert_eq!(current.map(|key| store.counter(&key, 0).used()), [4, 4]);
    let mut expected = ahead.map(|key| (key, Counter::default()));
    expected.sort_unstable_by_key(|(key, _)| *key);
    assert_eq!(store.changes(seen, 0).counters, expected, "reported as they now stand");
    let mut warned = current.map(|counter| WarningKey { counter, threshold: 80 });
    warned.sort_unstable();
    assert_eq!(store.image("2026-11").image.warned, warned);
}

pub(super) fn room_held_ahead_is_held_in_what_has_begun(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let of = |key| HoldItem { key, amount: 1, max: Max::Of(2) };
    let ahead = [windowed(LimitId::PushCallsPerDay, noon(31)), windowed(LimitId::FreeMau, noon(31))];
    let begun = [windowed(LimitId::PushCallsPerDay, noon(2)), windowed(LimitId::FreeMau, noon(2))];
    let level = app(LimitId::NonAvGroups);
    let items = [of(ahead[0]), of(level), of(ahead[1])];
    store.reserve(1, &items, moment(31, 0), Duration::from_secs(60), Pass::First);
    let seen = store.changes(0, 0).seq;
    store.correct_time(noon(2));
    let reserved = |key: CounterKey| store.counter(&key, 0).reserved_at(Elapsed(0));
    assert_eq!(ahead.map(reserved), [0, 0]);
    assert_eq!((begun.map(reserved), reserved(level)), ([1, 1], 1));
    let told: Vec<_> = store.changes(seen, 0).counters.iter().map(|(key, _)| *key).collect();
    assert!(ahead.iter().chain(&begun).all(|key| told.contains(key)), "{told:?}");
    store.release(1);
    assert_eq!((begun.map(reserved), reserved(level)), ([0, 0], 0));
}

pub(super) fn who_has_a_place_in_what_has_begun_takes_no_second(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let keys = |day| [windowed(LimitId::FreeMau, noon(day)), windowed(LimitId::FreeDau, noon(day))];
    let registered = app(LimitId::MaxUsers);
    let of = |key| HoldItem { key, amount: 1, max: Max::Of(9) };
    let held = |key: CounterKey| store.counter(&key, 0).reserved_at(Elapsed(0));
    store.count(user(1), noon(2));
    store.count(user(2), noon(1));
    let login = |n: u8| PermitId::of_logins(user(n)).0;
    for permit in [login(1), login(2), login(3), 4] {
        let items: Vec<_> = keys(31).into_iter().chain([registered]).map(of).collect();
        store.reserve(permit, &items, moment(31, 0), Duration::from_secs(60), Pass::First);
    }
    let seen = store.changes(0, 0).seq;
    store.correct_time(noon(2));
    assert_eq!(keys(31).map(held), [0, 0]);
    assert_eq!(
        keys(2).map(held),
        [2, 3],
        "of the user who is new, of the one counted yesterday, and of the action"
    );
    assert_eq!(held(registered), 2);
    let told: Vec<_> = store.changes(seen, 0).counters.iter().map(|(key, _)| *key).collect();
    assert!(
        [keys(31), keys(2)].concat().iter().chain([&registered]).all(|key| told.contains(key)),
        "{told:?}"
    );
    for (permit, left) in [(login(1), 3), (login(2), 2), (login(3), 1), (4, 0)] {
        store.release(permit);
        assert_eq!(held(keys(2)[1]), left);
    }
    assert_eq!((keys(2).map(held), held(registered)), ([0, 0], 0));
}

pub(super) fn users_counted_ahead_stay_counted_in_what_has_begun(backend: &dyn Backend) {
    let store = Caller::of(backend);
    for day in [2, 31, 62] {
        store.count(user(1), noon(day));
    }
    store.correct_time(noon(3));
    let (_, november) = super::day_and_month(noon(3));
    let kept = &store.users("2026-11")[0].1.active;
    assert_eq!((kept.month, kept.day, kept.uncertain), (Some(november), None, Some(noon(3))));
    assert!(!store.count(user(1), noon(3)).new_in_month, "nobody is counted twice in a month");
    assert_eq!(store.counter(&windowed(LimitId::FreeMau, noon(3)), 0).used(), 1);
}

pub(super) fn users_counted_ahead_become_uncertain(backend: &dyn Backend) {
    let store = Caller::of(backend);
    store.count(user(1), noon(31));
    store.count(user(2), noon(2));
    store.count(user(3), noon(2));
    store.count(user(3), noon(3));
    store.correct_time(noon(2));
    let ledger: Vec<_> = store.users("2026-11").into_iter().map(|(_, user)| user.active).collect();
    let (day, november) = super::day_and_month(noon(2));
    let now = Some(noon(2));
    let expected = [
        ActiveUser { month: None, day: None, uncertain: now },
        ActiveUser { month: Some(november), day: Some(day), uncertain: None },
        ActiveUser { month: Some(november), day: None, uncertain: now },
    ];
    assert_eq!(ledger, expected);
    let users = store.users_of(november);
    assert_eq!(users, MonthUsers { active: 2, uncertain: 1, ..MonthUsers::default() });
    assert_eq!(store.users_of(month("2026-12")), MonthUsers::default());
    // In the real December the user is new.
    let new = CountedLogin { new_in_month: true, new_on_day: true };
    assert_eq!(store.count(user(1), noon(31)), new);
    assert_eq!(store.users_of(november).uncertain, 1, "the doubt about November stays");
}

pub(super) fn notes_deferred_logins_and_totals_ahead_move(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let (november, december) = (month("2026-11"), month("2026-12"));
    store.begin(1, user(1), noon(31));
    for day in [2, 31] {
        store.defer(user(2), noon(day));
    }
    store.defer(user(3), noon(31));
    for month in [november, december] {
        store.write(move |t| t.add_totals(month, &[("asked", 2)]));
    }
    store.correct_time(noon(2));
    let expected = MonthUsers { active: 0, uncertain: 1, deferred: 2, deferred_never_active: 2 };
    assert_eq!(store.users_of(november), expected);
    assert_eq!(store.users_of(december), MonthUsers::default());
    let totals = |month| store.read(move |t| t.totals(month));
    assert_eq!(totals(november).get("asked"), Some(&4));
    assert!(totals(december).is_empty());
    let active = ActiveUser { uncertain: Some(noon(2)), ..ActiveUser::default() };
    assert_eq!(store.users("2026-11"), [(user(1), User { active, facts: None })]);
    store.clear(user(1), 1);
    assert_eq!(store.users_of(november).uncertain, 0, "its own login still clears it");
}

pub(super) fn a_suspension_was_reported_now_at_the_latest(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let reported = |day| ReportedSuspension { at: noon(day), wait: super::wait(1, 300), revision: 4 };
    store.write(move |t| t.save_suspension(Some(&reported(31))));
    let seen = store.changes(0, 0).seq;
    store.correct_time(noon(2));
    assert_eq!(store.changes(seen, 0).suspension, Some(Some(reported(2))));
}

pub(super) fn the_document_was_fetched_now_at_the_latest(backend: &dyn Backend) {
    let store = Caller::of(backend);
    store.save_document(&StoredDocument { fetched_at: noon(31), ..document(7) });
    let seen = store.changes(0, 0).seq;
    store.correct_time(noon(2));
    let corrected = Some(StoredDocument { fetched_at: noon(2), ..document(7) });
    assert_eq!(store.changes(seen, 0).document, corrected);
    assert_eq!(Caller::of(backend).read(|t| t.document()), corrected);
}

pub(super) fn price_lists_were_fetched_now_at_the_latest(backend: &dyn Backend) {
    let store = Caller::of(backend);
    store.write(|t| t.save_catalog(&catalog("ahead", 31)));
    store.write(|t| t.save_catalog(&catalog("begun", 1)));
    let seen = store.changes(0, 0).seq;
    store.correct_time(noon(2));
    assert_eq!(store.changes(seen, 0).catalogs, [catalog("ahead", 2)]);
    assert_eq!(
        Caller::of(backend).image("2026-11").image.catalogs,
        [catalog("ahead", 2), catalog("begun", 1)]
    );
}

pub(super) fn what_is_not_ahead_stays(backend: &dyn Backend) {
    let store = Caller::of(backend);
    store.save_document(&document(7));
    store.report(app(LimitId::NonAvGroups), 5, noon(1));
    store.add(windowed(LimitId::PushCallsPerDay, noon(1)), 3, noon(1));
    store.count(user(1), noon(1));
    store.begin(1, user(2), noon(1));
    store.defer(user(3), noon(1));
    let before = (store.changes(0, 0), store.users_of(month("2026-11")));
    store.correct_time(noon(2));
    let after = store.changes(before.0.seq, 0);
    assert_eq!((after.counters, after.users, after.document), (vec![], vec![], None));
    assert_eq!(store.users_of(month("2026-11")), before.1);
}

pub(super) fn what_memory_forgot_is_reported_again(backend: &dyn Backend) {
    let store = Caller::of(backend);
    // In October, on two days of November, in December and in January.
    for (n, day) in [(1, 0), (2, 2), (3, 3), (4, 31), (5, 62)] {
        store.count(user(n), noon(day));
        store.add(windowed(LimitId::PushCallsPerDay, noon(day)), 1, noon(day));
    }
    store.begin(1, user(6), noon(2));
    store.add(friends(1), 2, noon(2));
    let before = store.changes(0, 0);
    store.recall("2026-11", "2026-12");
    let again = Caller::of(backend).changes(before.seq, 0);
    let users: Vec<_> = again.users.iter().map(|(id, _)| *id).collect();
    assert_eq!(users, [user(2), user(3), user(6)]);
    let mut keys = [2, 3].map(|day| windowed(LimitId::PushCallsPerDay, noon(day))).to_vec();
    keys.extend([LimitId::FreeDau].iter().flat_map(|limit| [2, 3].map(|day| windowed(*limit, noon(day)))));
    keys.push(windowed(LimitId::FreeMau, noon(2)));
    keys.sort_unstable();
    assert_eq!(again.counters.iter().map(|(key, _)| *key).collect::<Vec<_>>(), keys);
    assert!(again.users.iter().all(|row| before.users.contains(row)), "{:?}", again.users);
    assert!(again.counters.iter().all(|row| before.counters.contains(row)), "{:?}", again.counters);
    let all = store.changes(0, 0);
    assert_eq!((all.users, all.counters), (before.users, before.counters), "nothing changed");
    let seen = store.changes(0, 0).seq;
    store.recall("2026-12", "2026-12");
    assert_eq!((store.changes(seen, 0).users, store.changes(seen, 0).counters), (vec![], vec![]));
}
