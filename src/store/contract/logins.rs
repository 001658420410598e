//! The ledger of active users, notes of logins on their way, and facts about users.

use std::sync::Arc;

use super::caller::Caller;
use super::{Backend, day_and_month, month, noon, secs, user, windowed};
use crate::model::{
    ActiveUser, CountedLogin, HeldBack, LimitId, LoginMemory, Pseudonym, Timestamp, User, UserFacts,
};
use crate::store::Pass;

const NEW: CountedLogin = CountedLogin { new_in_month: true, new_on_day: true };
const NEW_DAY: CountedLogin = CountedLogin { new_in_month: false, new_on_day: true };
const NEW_MONTH: CountedLogin = CountedLogin { new_in_month: true, new_on_day: false };
const KNOWN: CountedLogin = CountedLogin { new_in_month: false, new_on_day: false };

/// A user that was counted at `at`, and has a note of `uncertain`.
fn entry(who: u8, at: Option<Timestamp>, uncertain: Option<Timestamp>) -> (Pseudonym, User) {
    let (day, month) = at.map(day_and_month).unzip();
    (user(who), User { active: ActiveUser { month, day, uncertain }, facts: None })
}

pub(super) fn a_user_counts_once_a_period(backend: &dyn Backend) {
    let store = Caller::of(backend);
    assert_eq!(store.count(user(1), noon(3)), NEW);
    assert_eq!(store.count(user(1), noon(3)), KNOWN);
    assert_eq!(Caller::of(backend).count(user(1), noon(3)), KNOWN);
    assert_eq!(store.count(user(1), noon(4)), NEW_DAY);
    assert_eq!(store.count(user(2), noon(4)), NEW);
    assert_eq!(store.count(user(1), noon(31)), NEW, "1 December");
    let all = [entry(1, Some(noon(31)), None), entry(2, Some(noon(4)), None)];
    assert_eq!(Caller::of(backend).users("2026-11"), all);
    assert_eq!(Caller::of(backend).users("2026-12"), all[..1]);
}

pub(super) fn a_clock_set_back_reopens_nothing(backend: &dyn Backend) {
    let store = Caller::of(backend);
    store.count(user(1), noon(31));
    assert_eq!(store.count(user(1), noon(5)), KNOWN);
    assert_eq!(store.count(user(1), noon(31)), KNOWN);
    assert_eq!(store.users_of(month("2026-11")).active, 0);
    assert_eq!(store.users_of(month("2026-12")).active, 1);
}

pub(super) fn a_login_that_is_replayed_counts_in_its_own_month(backend: &dyn Backend) {
    let store = Caller::of(backend);
    // Another process counted the user in December before the login of an outage in November was written.
    store.count(user(1), noon(31));
    for counted in [NEW_MONTH, KNOWN] {
        assert_eq!(store.count_in(Pass::Replay, user(1), noon(5)), counted);
    }
    let active = ["2026-11", "2026-12"].map(|text| store.users_of(month(text)).active);
    assert_eq!(active, [1, 1]);
    let used = |day| store.counter(&windowed(LimitId::FreeMau, noon(day)), 0).used();
    assert_eq!((used(5), used(31)), (1, 1));
    assert_eq!(store.count_in(Pass::Replay, user(1), noon(31)), KNOWN);
    assert_eq!(store.count(user(1), noon(31)), KNOWN);
    assert_eq!(store.users("2026-11"), [entry(1, Some(noon(31)), None)], "the last period stays the last");
}

pub(super) fn active_users_are_counted_by_month(backend: &dyn Backend) {
    let store = Caller::of(backend);
    for (n, day) in [(1, 1), (2, 2), (1, 3), (1, 31), (3, 32)] {
        store.count(user(n), noon(day));
    }
    let active = ["2026-11", "2026-12", "2027-01"].map(|text| store.users_of(month(text)).active);
    assert_eq!(active, [2, 2, 0], "also when the month is over");
}

pub(super) fn counters_rise_with_the_ledger(backend: &dyn Backend) {
    let store = Caller::of(backend);
    for (n, day) in [(1, 3), (1, 3), (2, 3), (1, 4)] {
        store.count(user(n), noon(day));
    }
    let used = |limit, day| store.counter(&windowed(limit, noon(day)), 0).used();
    assert_eq!(used(LimitId::FreeMau, 4), 2);
    assert_eq!((used(LimitId::FreeDau, 3), used(LimitId::FreeDau, 4)), (2, 1));
}

pub(super) fn unknown_ends_are_kept(backend: &dyn Backend) {
    let store = Caller::of(backend);
    store.begin(1, user(1), noon(3));
    store.begin(2, user(1), noon(4));
    assert_eq!(Caller::of(backend).users("2027-05"), [entry(1, None, Some(noon(4)))]);
    assert_eq!(store.count(user(1), noon(4)), NEW, "an unknown end is not a counted one");
    assert_eq!(store.users("2026-11"), [entry(1, Some(noon(4)), Some(noon(4)))], "counting ends no note");
}

pub(super) fn every_login_has_a_note_of_its_own(backend: &dyn Backend) {
    let store = Caller::of(backend);
    store.begin(1, user(1), noon(3));
    store.begin(2, user(1), noon(31));
    store.begin(3, user(2), noon(4));
    store.clear(user(1), 2);
    // The later login certainly failed; what is not known of the earlier one stays not known.
    let left = [entry(1, None, Some(noon(3))), entry(2, None, Some(noon(4)))];
    assert_eq!(Caller::of(backend).users("2026-11"), left);
    store.clear(user(1), 1);
    store.clear(user(1), 1);
    store.clear(user(1), 77);
    assert_eq!(store.users("2026-11"), left[1..]);
}

pub(super) fn clearing_a_note_changes_nothing_counted(backend: &dyn Backend) {
    let store = Caller::of(backend);
    store.count(user(1), noon(3));
    store.begin(1, user(1), noon(4));
    store.clear(user(1), 1);
    assert_eq!(store.users("2026-11"), [entry(1, Some(noon(3)), None)]);
    assert_eq!(store.count(user(1), noon(3)), KNOWN);
}

pub(super) fn a_note_is_of_its_user(backend: &dyn Backend) {
    let store = Caller::of(backend);
    store.begin(1, user(1), noon(3));
    store.clear(user(2), 1);
    assert_eq!(store.users("2026-11"), [entry(1, None, Some(noon(3)))]);
    store.begin(1, user(1), noon(4));
    assert_eq!(store.users("2026-11"), [entry(1, None, Some(noon(4)))], "the same login, sent again");
    store.clear(user(1), 1);
    assert_eq!(store.users("2026-11"), []);
}

fn facts(n: u32) -> UserFacts {
    let memory = LoginMemory {
        in_a_row: n,
        strikes: 1,
        held_back: Some(HeldBack::BackingOff {
            code: -6014,
            wait: super::wait(1, 2),
            person: Some(super::wait(1, 1)),
            by_provider: true,
            plan_revision: Some(u64::MAX),
        }),
        executions: vec![secs(1), secs(2)],
        loop_reported: true,
        ..LoginMemory::default()
    };
    UserFacts { kicked_off: Some(noon(1)), kicks: n, logged_out: Some(noon(2)), memory }
}

pub(super) fn facts_survive_and_empty_ones_are_forgotten(backend: &dyn Backend) {
    let store = Caller::of(backend);
    assert_eq!(store.facts(user(1)), UserFacts::default());
    for n in [1, 2] {
        store.save_facts(user(n), &facts(n.into()));
    }
    store.count(user(2), noon(3));
    let other = Caller::of(backend);
    assert_eq!(other.facts(user(1)), facts(1));
    let kept = |n: u32| Some(Arc::new(facts(n)));
    let (first, mut second) = (entry(1, None, None), entry(2, Some(noon(3)), None));
    second.1.facts = kept(2);
    let first = (first.0, User { facts: kept(1), ..first.1 });
    assert_eq!(other.users("2026-11"), [first.clone(), second.clone()]);
    // Facts outlive the months that their users were counted in.
    store.write(|t| t.prune(month("2027-01")));
    assert_eq!(other.users("2027-01").len(), 2);
    assert_eq!(other.facts(user(2)), facts(2));
    for n in [1, 2] {
        other.save_facts(user(n), &UserFacts::default());
        assert_eq!(store.facts(user(n)), UserFacts::default());
    }
    assert_eq!(store.users("2027-01"), []);
}

pub(super) fn the_device_user_survives(backend: &dyn Backend) {
    let store = Caller::of(backend);
    assert_eq!(store.image("2026-11").device_user, None);
    for who in [Some(user(1)), Some(user(2)), None] {
        store.write(move |t| t.set_device_user(who));
        assert_eq!(Caller::of(backend).image("2026-11").device_user, who);
    }
}
