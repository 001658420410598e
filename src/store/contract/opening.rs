//! Whose a store is: the app, the device, and the instances that open it.

use std::sync::Arc;
use std::time::Duration;

use super::caller::{Caller, install, opening};
use super::{Backend, app, friends, moment, noon, user, wait};
use crate::model::{HoldItem, LeaseAnswer, LeaseEnd, LimitId, Max};
use crate::store::{Install, Opening, Pass, ProcessRole, ReserveAnswer, StoreError};

const APP: u64 = 1_400_000_001;

fn opened(backend: &dyn Backend, opening: &Opening) -> (Install, bool) {
    let opened = Caller::of(backend).try_open(opening).unwrap();
    (opened.install, opened.moved)
}

pub(super) fn the_first_install_stays(backend: &dyn Backend) {
    assert_eq!(opened(backend, &opening(APP, 1, 1)), (install(1), false));
    assert_eq!(opened(backend, &opening(APP, 2, 2)), (install(1), false));
    assert_eq!(opened(backend, &opening(APP, 2, 3)), (install(1), false), "the same instance again");
}

pub(super) fn another_apps_store_is_refused_and_untouched(backend: &dyn Backend) {
    let store = Caller::of(backend);
    store.try_open(&opening(APP, 1, 1)).unwrap();
    let LeaseAnswer::Granted { fence } = store.acquire(user(1), 1, wait(0, 30)) else { panic!() };
    let before = store.changes(0, 0);
    let other = Opening { renew: true, device: Some("theirs".to_owned()), ..opening(APP + 1, 2, 2) };
    let refused = Caller::of(backend).try_open(&other).unwrap_err();
    assert_eq!(refused, StoreError::OtherApp { found: APP, wanted: APP + 1 });
    assert_eq!(store.changes(0, 0), before);
    assert!(store.renew(user(1), fence, wait(1, 30)), "the lease runs on");
    let ours = Opening { device: Some("ours".to_owned()), ..opening(APP, 1, 3) };
    assert_eq!(opened(backend, &ours), (install(1), false));
}

pub(super) fn another_device_draws_new_ids_and_keeps_the_salt(backend: &dyn Backend) {
    let on = |device: Option<&str>, n: u8| Opening {
        device: device.map(str::to_owned),
        ..opening(APP, n.into(), n)
    };
    let (mut first, moved) = opened(backend, &on(None, 1));
    assert!(!moved);
    // The first device named is the one it is on.
    assert_eq!(opened(backend, &on(Some("phone"), 2)), (first.clone(), false));
    assert_eq!(opened(backend, &on(Some("phone"), 3)), (first.clone(), false));
    assert_eq!(opened(backend, &on(None, 4)), (first.clone(), false), "an app that stopped naming it");
    Caller::of(backend).count(user(1), noon(1));

    let (second, moved) = opened(backend, &on(Some("tablet"), 5));
    assert!(moved);
    first = Install { salt: first.salt, ..install(5) };
    assert_eq!(second, first);
    assert_eq!(opened(backend, &on(Some("tablet"), 6)), (first, false));
    assert_eq!(Caller::of(backend).users("2026-11").len(), 1, "what is counted stays");
}

pub(super) fn ids_are_renewed_on_demand(backend: &dyn Backend) {
    opened(backend, &opening(APP, 1, 1));
    let renewed = Install { salt: install(1).salt, ..install(2) };
    assert_eq!(opened(backend, &Opening { renew: true, ..opening(APP, 2, 2) }), (renewed.clone(), false));
    assert_eq!(opened(backend, &opening(APP, 3, 3)), (renewed, false));
}

pub(super) fn a_new_instance_of_a_role_ends_what_the_last_one_left(backend: &dyn Backend) {
    let dead = Caller::of(backend);
    dead.try_open(&opening(APP, 1, 1)).unwrap();
    let LeaseAnswer::Granted { fence } = dead.acquire(user(1), 1, wait(0, 60)) else { panic!() };
    let all = HoldItem { key: friends(1), amount: 5, max: Max::Of(5) };
    let minute = Duration::from_secs(60);
    let held = dead.reserve(1, &[all], moment(1, 0), minute, Pass::First);
    assert!(matches!(held, ReserveAnswer::Held { .. }));
    let settled = HoldItem { key: app(LimitId::NonAvGroups), amount: 1, max: Max::Of(1) };
    let seen = dead.changes(0, 0).seq;

    let next = Caller::of(backend);
    next.try_open(&opening(APP, 2, 2)).unwrap();
    assert!(matches!(next.acquire(user(1), 2, wait(1, 60)), LeaseAnswer::Granted { .. }));
    let changes = next.changes(seen, 1);
    assert!(changes.counters.iter().any(|(key, counter)| *key == friends(1) && counter.reserved == 0));
    for (permit, item) in [(2, all), (3, settled)] {
        let held = next.reserve(permit, &[item], moment(1, 1), minute, Pass::First);
        assert!(matches!(held, ReserveAnswer::Held { .. }));
    }
    assert!(!dead.end(user(1), fence, LeaseEnd::Succeeded, moment(1, 2)), "a late answer is void");
    // The same instance opening again ends nothing of its own.
    next.try_open(&opening(APP, 2, 3)).unwrap();
    assert_eq!(next.counter(&friends(1), 1).reserved, 5);
}

pub(super) fn room_is_held_in_the_name_of_whoever_asked_for_it(backend: &dyn Backend) {
    // An app and its extension in one process, on one handle.
    let shared = backend.open();
    let [app, extension] = [(1, ProcessRole::App), (2, ProcessRole::Extension)].map(|(owner, role)| {
        let caller = Caller::over(Arc::clone(&shared));
        caller.try_open(&Opening { role: Some(role), ..opening(APP, owner, 1) }).unwrap();
        caller
    });
    let one = |user| HoldItem { key: friends(user), amount: 1, max: Max::Of(5) };
    for (caller, permit) in [(&app, 1), (&extension, 2)] {
        caller.reserve(permit, &[one(1)], moment(1, 0), Duration::from_secs(60), Pass::First);
    }
    assert_eq!(app.counter(&friends(1), 1).reserved, 2);
    let next = Caller::of(backend);
    next.try_open(&opening(APP, 3, 2)).unwrap();
    assert_eq!(next.counter(&friends(1), 1).reserved, 1, "the extension's room is held still, and no other");
    next.release(2);
    assert_eq!(next.counter(&friends(1), 1).reserved, 0);
}

pub(super) fn another_role_is_left_alone(backend: &dyn Backend) {
    let main = Caller::of(backend);
    main.try_open(&opening(APP, 1, 1)).unwrap();
    assert!(matches!(main.acquire(user(1), 1, wait(0, 60)), LeaseAnswer::Granted { .. }));
    let item = HoldItem { key: friends(1), amount: 5, max: Max::Of(5) };
    main.reserve(1, &[item], moment(1, 0), Duration::from_secs(60), Pass::First);
    for (owner, role) in [(2, Some(ProcessRole::Extension)), (3, None)] {
        let other = Caller::of(backend);
        other.try_open(&Opening { role, ..opening(APP, owner, 2) }).unwrap();
        assert!(matches!(other.acquire(user(1), owner, wait(1, 60)), LeaseAnswer::Held(_)));
        assert_eq!(other.counter(&friends(1), 1).reserved, 5);
    }
}
