//! Permits: room held, used, given back and lapsed.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::caller::Caller;
use super::run::race;
use super::{Backend, app, friends, moment, noon, secs};
use crate::model::{
    CounterKey, CounterOp, Elapsed, GroupTerms, GroupType, HeldSince, HoldItem, LimitId, Max, Moment,
    NewGroup, PermitTerms,
};
use crate::store::{Pass, PermitId, ReserveAnswer};

const GROUPS: LimitId = LimitId::NonAvGroups;
const MINUTE: Duration = Duration::from_secs(60);

fn item(key: CounterKey, amount: i64, max: u64) -> HoldItem {
    HoldItem { key, amount, max: Max::Of(max) }
}

fn hold(store: &Caller, permit: u128, items: &[HoldItem], now: Moment) -> Option<HeldSince> {
    match store.reserve(permit, items, now, MINUTE, Pass::First) {
        ReserveAnswer::Held { since, .. } => Some(since),
        ReserveAnswer::Full { .. } | ReserveAnswer::Lost { .. } => None,
    }
}

fn fits(store: &Caller, permit: u128, items: &[HoldItem]) -> bool {
    hold(store, permit, items, moment(1, 0)).is_some()
}

/// Since when room would be held that no store knows of.
fn unknown() -> HeldSince {
    HeldSince { at: noon(1), seq: 0 }
}

pub(super) fn room_is_held_and_used(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let key = app(GROUPS);
    let since = hold(&store, u128::MAX, &[item(key, 3, 5)], moment(1, 0)).unwrap();
    assert_eq!(since.at, noon(1));
    let held = store.counter(&key, 0);
    assert_eq!((held.used(), held.reserved, held.reserved_until), (0, 3, secs(60)));
    assert_eq!(store.image("2026-11").counters, [(key, held)]);
    let full = store.reserve(2, &[item(key, 3, 5)], moment(1, 0), MINUTE, Pass::First);
    assert_eq!(full, ReserveAnswer::Full { item: 0, counter: held });
    assert!(Caller::of(backend).commit(u128::MAX, &[(key, 3)], since, 1));
    let used = store.counter(&key, 1);
    assert_eq!((used.used(), used.reserved), (3, 0));
}

pub(super) fn all_or_nothing(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let items = [item(friends(1), 1, 5), item(friends(2), 6, 5), item(friends(3), 1, 5)];
    let answer = store.reserve(1, &items, moment(1, 0), MINUTE, Pass::First);
    assert!(matches!(answer, ReserveAnswer::Full { item: 1, .. }));
    assert_eq!(store.counter(&friends(1), 0).reserved, 0);
    assert!(!store.commit(1, &[], unknown(), 0));
}

pub(super) fn one_counter_twice_in_one_permit(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let key = app(GROUPS);
    assert!(!fits(&store, 1, &[item(key, 3, 5), item(key, 3, 5)]));
    let since = hold(&store, 1, &[item(key, 3, 6), item(key, 3, 6)], moment(1, 0)).unwrap();
    assert_eq!(store.counter(&key, 0).reserved, 6);
    assert!(store.commit(1, &[(key, 3), (key, 3)], since, 0));
    assert_eq!(store.counter(&key, 0).used(), 6);
}

pub(super) fn lapsed_permits_hold_nothing(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let key = app(GROUPS);
    let first = hold(&store, 1, &[item(key, 5, 5)], moment(1, 0)).unwrap();
    assert_eq!(store.counter(&key, 59).reserved, 5);
    assert_eq!(store.counter(&key, 60).reserved, 0);
    // Trusted time stands still or went back: only elapsed time counts.
    let back = Moment { at: noon(-30), elapsed: secs(60) };
    let second = hold(&store, 2, &[item(key, 5, 5)], back).unwrap();
    assert!(store.commit(2, &[(key, 5)], second, 61));
    // The action has happened, so it is counted though its permit lapsed.
    assert!(!store.commit(1, &[(key, 5)], first, 61));
    assert_eq!(store.counter(&key, 61).used(), 10);
    // Lapsed, and nobody has reserved since.
    let third = hold(&store, 3, &[item(friends(1), 1, 6)], moment(1, 70)).unwrap();
    assert!(!store.commit(3, &[(friends(1), 1)], third, 130));
    assert_eq!(store.counter(&friends(1), 130).used(), 1);
}

pub(super) fn a_reboot_lapses_every_permit(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let key = app(GROUPS);
    assert!(fits(&store, 1, &[item(key, 5, 5)]));
    let after = Elapsed(secs(0).0 - 1);
    assert_eq!(store.read(move |t| t.counter(&key, after)).reserved, 0);
    assert!(hold(&store, 2, &[item(key, 5, 5)], Moment { at: noon(1), elapsed: after }).is_some());
}

pub(super) fn released_room_is_free_again(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let key = app(GROUPS);
    let since = hold(&store, 1, &[item(key, 5, 5)], moment(1, 0)).unwrap();
    store.release(1);
    store.release(1);
    assert!(fits(&store, 2, &[item(key, 5, 5)]));
    assert!(!store.commit(1, &[(key, 1)], since, 0), "not known, and counted");
    assert_eq!(store.counter(&key, 0).used(), 1);
}

pub(super) fn room_is_made_at_commit(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let key = app(GROUPS);
    store.apply(&[CounterOp::Observe { key, value: 5, at: noon(1) }]);
    let since = hold(&store, 1, &[item(key, -1, 5)], moment(1, 0)).expect("making room needs none");
    assert!(!fits(&store, 2, &[item(key, 1, 5)]), "not made yet");
    assert_eq!(store.counter(&key, 0).reserved, 0);
    assert!(store.commit(1, &[(key, -1)], since, 0));
    assert!(fits(&store, 2, &[item(key, 1, 5)]));
}

pub(super) fn unlimited_always_fits(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let all = HoldItem { key: app(GROUPS), amount: i64::MAX, max: Max::Unlimited };
    for permit in 1..=3 {
        assert!(fits(&store, permit, &[all]));
    }
    assert!(!fits(&store, 4, &[item(app(GROUPS), 1, u64::MAX - 1)]), "what is held saturates");
    assert!(fits(&store, 5, &[item(app(GROUPS), 0, 0)]), "nothing is added, so what exists may stay");
}

pub(super) fn a_permit_is_replaced(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let key = app(GROUPS);
    assert!(fits(&store, 1, &[item(key, 4, 5)]));
    assert!(fits(&store, 1, &[item(key, 5, 5)]), "its own room does not count against it");
    assert!(!fits(&store, 1, &[item(key, 6, 5)]));
    assert_eq!(store.counter(&key, 0).reserved, 5, "kept when the new items do not fit");
}

pub(super) fn an_empty_permit_commits(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let since = hold(&store, 1, &[], moment(1, 0)).unwrap();
    assert!(store.commit(1, &[], since, 0));
}

pub(super) fn a_replay_holds_room_whatever_the_bound_says(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let key = app(GROUPS);
    assert!(fits(&store, 1, &[item(key, 5, 5)]));
    let replayed = store.reserve(2, &[item(key, 3, 5)], moment(1, 0), MINUTE, Pass::Replay);
    assert!(matches!(replayed, ReserveAnswer::Held { .. }));
    assert_eq!(store.counter(&key, 0).reserved, 8);
}

pub(super) fn a_list_read_while_room_is_held_contains_the_action(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let key = friends(1);
    let observe = |value| CounterOp::Observe { key, value, at: noon(1) };
    store.apply(&[observe(2_998)]);
    let since = hold(&store, 1, &[item(key, 1, 3_000)], moment(1, 0)).unwrap();
    store.apply(&[observe(2_999)]);
    assert!(store.commit(1, &[(key, 1)], since, 1));
    assert_eq!(store.counter(&key, 1).used(), 2_999);
    // One that was read before does not contain it.
    let since = hold(&store, 2, &[item(key, 1, 3_000)], moment(1, 1)).unwrap();
    assert!(store.commit(2, &[(key, 1)], since, 1));
    assert_eq!(store.counter(&key, 1).used(), 3_000);
}

pub(super) fn racing_reserves_never_oversell(backend: &dyn Backend) {
    const ROOM: u64 = 10;
    let key = app(GROUPS);
    let won = AtomicU32::new(0);
    race((0..8).map(|_| backend.open()).collect(), |who, store| {
        let store = Caller::over(store);
        for n in 0..5_u32 {
            let permit = u128::from(who * 100 + n);
            if let Some(since) = hold(&store, permit, &[item(key, 1, ROOM)], moment(1, 0)) {
                won.fetch_add(1, Ordering::Relaxed);
                if n % 2 == 0 {
                    assert!(store.commit(permit, &[(key, 1)], since, 0));
                }
            }
        }
    });
    assert_eq!(u64::from(won.load(Ordering::Relaxed)), ROOM, "exactly as many as there is room for");
    let counter = Caller::of(backend).counter(&key, 0);
    assert_eq!(counter.used() + counter.reserved, ROOM);
}

fn terms(held: HeldSince) -> PermitTerms {
    let (group, members) = (super::members(7), friends(1));
    PermitTerms {
        items: vec![(app(GROUPS), 3), (members, -1)],
        amount: Some(1),
        group: Some(GroupTerms { members: group, group_type: GroupType::Work, own_max: Some(u64::MAX) }),
        creates: Some(NewGroup { group_type: GroupType::Community, members: 151 }),
        asked: noon(1),
        held,
        wait: super::wait(0, 60),
    }
}

pub(super) fn terms_are_taken_once(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let since = hold(&store, 1, &[item(app(GROUPS), 3, 5)], moment(1, 0)).unwrap();
    let (kept, wanted) = (terms(since), terms(since));
    store.write(move |t| t.keep_terms(PermitId(1), &kept, noon(1)));
    assert_eq!(Caller::of(backend).write(|t| t.take_terms(PermitId(1))), Some(wanted));
    assert_eq!(store.write(|t| t.take_terms(PermitId(1))), None);
    assert_eq!(store.write(|t| t.take_terms(PermitId(2))), None, "never kept");
}

pub(super) fn terms_outlive_the_room_and_end_with_their_month(backend: &dyn Backend) {
    let store = Caller::of(backend);
    for permit in [1, 2] {
        let kept = terms(unknown());
        store.write(move |t| t.keep_terms(PermitId(permit), &kept, noon(1)));
    }
    // Another action's room removes what has lapsed.
    assert!(fits(&store, 9, &[item(app(GROUPS), 1, 5)]));
    store.write(|t| t.prune(super::month("2026-11")));
    assert!(store.write(|t| t.take_terms(PermitId(1))).is_some());
    store.write(|t| t.prune(super::month("2026-12")));
    assert_eq!(store.write(|t| t.take_terms(PermitId(2))), None);
}

pub(super) fn terms_of_a_clock_ahead_are_dated_now(backend: &dyn Backend) {
    let store = Caller::of(backend);
    for (permit, asked) in [(1, noon(1)), (2, noon(31))] {
        let kept = PermitTerms { asked, ..terms(HeldSince { at: asked, seq: 7 }) };
        store.write(move |t| t.keep_terms(PermitId(permit), &kept, asked));
    }
    store.correct_time(noon(2));
    for (permit, asked) in [(1, noon(1)), (2, noon(2))] {
        let wanted = PermitTerms { asked, ..terms(HeldSince { at: asked, seq: 7 }) };
        assert_eq!(Caller::of(backend).write(move |t| t.take_terms(PermitId(permit))), Some(wanted));
    }
}
