//! The right to carry out one user's login.

use std::sync::atomic::{AtomicU32, Ordering};

use super::caller::{Caller, SETTLE};
use super::run::race;
use super::{Backend, moment, secs, user, wait};
use crate::model::{Elapsed, Lease, LeaseAnswer, LeaseEnd, LeaseEnded, Owner, Wait};

/// Seconds for which the leases here are asked for.
const LENGTH: u64 = 30;

fn granted(store: &Caller, who: u8, owner: u128, begun: u64) -> u64 {
    match store.acquire(user(who), owner, wait(begun, LENGTH)) {
        LeaseAnswer::Granted { fence } => fence,
        LeaseAnswer::Held(lease) => panic!("held: {lease:?}"),
    }
}

fn held(store: &Caller, who: u8, owner: u128, begun: u64) -> Lease {
    match store.acquire(user(who), owner, wait(begun, LENGTH)) {
        LeaseAnswer::Held(lease) => lease,
        LeaseAnswer::Granted { fence } => panic!("granted: {fence}"),
    }
}

fn ended(end: LeaseEnd, elapsed: u64) -> LeaseEnded {
    let now = moment(1, elapsed);
    LeaseEnded { end, at: now.at, elapsed: now.elapsed }
}

pub(super) fn one_at_a_time(backend: &dyn Backend) {
    let (a, b) = (Caller::of(backend), Caller::of(backend));
    assert_eq!(a.lease(user(1)), None);
    let fence = granted(&a, 1, u128::MAX, 0);
    let lease = Lease { owner: Owner(u128::MAX), fence, wait: wait(0, LENGTH), ended: None };
    assert_eq!(held(&b, 1, 2, 29), lease);
    assert_eq!(held(&a, 1, u128::MAX, 29), lease, "also for the one who has it");
    assert_eq!(b.lease(user(1)), Some(lease));
}

pub(super) fn a_lapsed_lease_is_taken_over(backend: &dyn Backend) {
    let (a, b) = (Caller::of(backend), Caller::of(backend));
    let first = granted(&a, 1, 1, 0);
    let second = granted(&b, 1, 2, 30);
    assert!(second > first);
    assert_eq!(held(&a, 1, 1, 31).owner, Owner(2));
}

pub(super) fn a_reboot_ends_every_lease(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let first = granted(&store, 1, 1, 0);
    let rebooted = Wait { begun: Elapsed(secs(0).0 - 1), ..wait(0, LENGTH) };
    let LeaseAnswer::Granted { fence } = store.acquire(user(1), 2, rebooted) else {
        panic!("whoever had it is gone")
    };
    assert!(fence > first);
}

pub(super) fn a_stale_fence_is_void(backend: &dyn Backend) {
    let (a, b) = (Caller::of(backend), Caller::of(backend));
    let first = granted(&a, 1, 1, 0);
    let second = granted(&b, 1, 2, 30);
    assert!(!a.renew(user(1), first, wait(31, 60)));
    assert!(!a.end(user(1), first, LeaseEnd::Succeeded, moment(1, 31)));
    assert_eq!(b.lease(user(1)).unwrap().ended, None, "a late answer changes nothing");
    assert!(b.end(user(1), second, LeaseEnd::Succeeded, moment(1, 32)));
    assert!(!b.end(user(1), second, LeaseEnd::Failed(1), moment(1, 33)), "it ends once");
    assert!(!b.renew(user(1), second, wait(33, 60)));
    assert!(!b.end(user(7), second, LeaseEnd::Abandoned, moment(1, 33)));
}

pub(super) fn success_and_failure_settle(backend: &dyn Backend) {
    let store = Caller::of(backend);
    for (who, end) in [(1, LeaseEnd::Succeeded), (2, LeaseEnd::Failed(-6014))] {
        let fence = granted(&store, who, 1, 0);
        assert!(store.end(user(who), fence, end, moment(1, 5)));
        assert_eq!(held(&Caller::of(backend), who, 2, 14).ended, Some(ended(end, 5)));
        assert!(granted(&store, who, 2, 15) > fence);
    }
}

pub(super) fn an_abandoned_login_frees_at_once(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let fence = granted(&store, 1, 1, 0);
    assert!(store.end(user(1), fence, LeaseEnd::Abandoned, moment(1, 5)));
    assert_eq!(store.lease(user(1)).unwrap().ended, Some(ended(LeaseEnd::Abandoned, 5)));
    assert!(granted(&store, 1, 2, 5) > fence);
}

pub(super) fn renewal_prolongs_and_never_shortens(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let fence = granted(&store, 1, 1, 0);
    assert!(store.renew(user(1), fence, wait(10, 50)));
    assert!(store.renew(user(1), fence, wait(20, 20)));
    assert_eq!(held(&store, 1, 2, 59).wait.end(), secs(60), "never shortened");
    granted(&store, 1, 2, 60);
}

pub(super) fn users_do_not_block_each_other(backend: &dyn Backend) {
    let store = Caller::of(backend);
    assert!(granted(&store, 1, 1, 0) < granted(&store, 2, 1, 0));
}

pub(super) fn sweeping_forgets_what_blocks_nobody(backend: &dyn Backend) {
    let store = Caller::of(backend);
    granted(&store, 1, 1, 0);
    let settled = granted(&store, 2, 1, 0);
    assert!(store.end(user(2), settled, LeaseEnd::Succeeded, moment(1, 25)));
    let last = granted(&store, 3, 1, 20);
    store.write(|t| t.sweep_leases(secs(30), SETTLE));
    let kept = [1, 2, 3].map(|who| store.lease(user(who)).is_some());
    assert_eq!(kept, [false, true, true], "one lapsed, one settles, one runs");
    store.write(|t| t.sweep_leases(secs(90), SETTLE));
    assert_eq!([2, 3].map(|who| store.lease(user(who))), [None, None]);
    assert!(granted(&store, 1, 1, 90) > last, "fences go on rising over what was forgotten");
}

pub(super) fn leases_that_ended_are_forgotten_with_their_month(backend: &dyn Backend) {
    let store = Caller::of(backend);
    for who in [1, 2] {
        let fence = granted(&store, who, 1, 0);
        let day = if who == 1 { 1 } else { 31 };
        assert!(store.end(user(who), fence, LeaseEnd::Succeeded, moment(day, 5)));
    }
    let running = granted(&store, 3, 2, 0);
    store.write(|t| t.prune(super::month("2026-12")));
    let kept = [1, 2, 3].map(|who| store.lease(user(who)).is_some());
    assert_eq!(kept, [false, true, true], "one of November, one of December, one runs");
    assert!(store.end(user(3), running, LeaseEnd::Abandoned, moment(31, 6)));
    assert_eq!(store.lease(user(3)).unwrap().owner, Owner(2));
}

pub(super) fn racing_for_a_lease_one_wins(backend: &dyn Backend) {
    let won = AtomicU32::new(0);
    race((0..8).map(|_| backend.open()).collect(), |who, store| {
        let answer = Caller::over(store).acquire(user(1), who.into(), wait(0, LENGTH));
        if matches!(answer, LeaseAnswer::Granted { .. }) {
            won.fetch_add(1, Ordering::Relaxed);
        }
    });
    assert_eq!(won.load(Ordering::Relaxed), 1);
}
