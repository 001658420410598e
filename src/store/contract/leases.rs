//! The right to carry out one user's login.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::permits::race;
use super::{Backend, noon, user};
use crate::model::Timestamp;
use crate::store::port::{Lease, LeaseAnswer, LeaseEnd, Owner, Store};

const TTL: Duration = Duration::from_secs(30);
const SETTLE: Duration = Duration::from_secs(10);

fn now(secs: u64) -> Timestamp {
    noon(1).plus(Duration::from_secs(secs))
}

fn ask(store: &dyn Store, who: u8, owner: u128, secs: u64) -> LeaseAnswer {
    store.acquire_lease(user(who), Owner(owner), now(secs), TTL, SETTLE).unwrap()
}

fn granted(store: &dyn Store, who: u8, owner: u128, secs: u64) -> u64 {
    match ask(store, who, owner, secs) {
        LeaseAnswer::Granted { fence } => fence,
        LeaseAnswer::Held(lease) => panic!("held: {lease:?}"),
    }
}

fn held(store: &dyn Store, who: u8, owner: u128, secs: u64) -> Lease {
    match ask(store, who, owner, secs) {
        LeaseAnswer::Held(lease) => lease,
        LeaseAnswer::Granted { fence } => panic!("granted: {fence}"),
    }
}

pub(super) fn one_at_a_time(backend: &dyn Backend) {
    let (a, b) = (&*backend.open(), &*backend.open());
    assert_eq!(a.lease(user(1)).unwrap(), None);
    let fence = granted(a, 1, u128::MAX, 0);
    let lease = Lease { owner: Owner(u128::MAX), fence, until: now(30), ended: None };
    assert_eq!(held(b, 1, 2, 29), lease);
    assert_eq!(held(a, 1, u128::MAX, 29), lease, "also for the one who has it");
    assert_eq!(b.lease(user(1)).unwrap(), Some(lease));
}

pub(super) fn a_lapsed_lease_is_taken_over(backend: &dyn Backend) {
    let (a, b) = (&*backend.open(), &*backend.open());
    let first = granted(a, 1, 1, 0);
    let second = granted(b, 1, 2, 30);
    assert!(second > first);
    assert_eq!(held(a, 1, 1, 31).owner, Owner(2));
}

pub(super) fn a_stale_fence_is_void(backend: &dyn Backend) {
    let (a, b) = (&*backend.open(), &*backend.open());
    let first = granted(a, 1, 1, 0);
    let second = granted(b, 1, 2, 30);
    assert!(!a.renew_lease(user(1), first, now(90)).unwrap());
    assert!(!a.end_lease(user(1), first, LeaseEnd::Succeeded(now(31))).unwrap());
    assert_eq!(b.lease(user(1)).unwrap().unwrap().ended, None, "a late answer changes nothing");
    assert!(b.end_lease(user(1), second, LeaseEnd::Succeeded(now(32))).unwrap());
    assert!(!b.end_lease(user(1), second, LeaseEnd::Failed(now(33), 1)).unwrap(), "it ends once");
    assert!(!b.renew_lease(user(1), second, now(90)).unwrap());
    assert!(!b.end_lease(user(7), second, LeaseEnd::Abandoned(now(33))).unwrap());
}

pub(super) fn success_and_failure_settle(backend: &dyn Backend) {
    let store = &*backend.open();
    for (who, end) in [(1, LeaseEnd::Succeeded(now(5))), (2, LeaseEnd::Failed(now(5), -6014))] {
        let fence = granted(store, who, 1, 0);
        assert!(store.end_lease(user(who), fence, end).unwrap());
        assert_eq!(held(&*backend.open(), who, 2, 14).ended, Some(end));
        assert!(granted(store, who, 2, 15) > fence);
    }
}

pub(super) fn an_abandoned_login_frees_at_once(backend: &dyn Backend) {
    let store = &*backend.open();
    let fence = granted(store, 1, 1, 0);
    assert!(store.end_lease(user(1), fence, LeaseEnd::Abandoned(now(5))).unwrap());
    assert_eq!(store.lease(user(1)).unwrap().unwrap().ended, Some(LeaseEnd::Abandoned(now(5))));
    assert!(granted(store, 1, 2, 5) > fence);
}

pub(super) fn renewal_prolongs(backend: &dyn Backend) {
    let store = &*backend.open();
    let fence = granted(store, 1, 1, 0);
    assert!(store.renew_lease(user(1), fence, now(60)).unwrap());
    assert!(store.renew_lease(user(1), fence, now(40)).unwrap());
    assert_eq!(held(store, 1, 2, 59).until, now(60), "never shortened");
    granted(store, 1, 2, 60);
}

pub(super) fn users_do_not_block_each_other(backend: &dyn Backend) {
    let store = &*backend.open();
    assert!(granted(store, 1, 1, 0) < granted(store, 2, 1, 0));
}

pub(super) fn a_lease_from_the_far_future_binds_nobody(backend: &dyn Backend) {
    let store = &*backend.open();
    let future = noon(300);
    store.acquire_lease(user(1), Owner(1), future, TTL, SETTLE).unwrap();
    let fence = granted(store, 1, 2, 0);
    assert!(store.end_lease(user(1), fence, LeaseEnd::Succeeded(future)).unwrap());
    assert!(granted(store, 1, 2, 0) > fence);
}

pub(super) fn racing_for_a_lease_one_wins(backend: &dyn Backend) {
    let won = AtomicU32::new(0);
    race((0..8).map(|_| backend.open()).collect(), |who, store| {
        if matches!(ask(store, 1, who.into(), 0), LeaseAnswer::Granted { .. }) {
            won.fetch_add(1, Ordering::Relaxed);
        }
    });
    assert_eq!(won.load(Ordering::Relaxed), 1);
}
