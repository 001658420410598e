//! What the tests share: opening stores, and small works.

use std::sync::Arc;
use std::time::Duration;

use planguard::model::{CounterKey, CounterOp, HoldItem, LimitId, Max, Moment, Owner, Subject, Wait};
use planguard::store::contract::{block_on, read, write};
use planguard::store::{
    Pass, PermitId, PostgresOptions, PostgresStore, Reserve, ReserveAnswer, Store, StoreError, Work,
};
use planguard::time::{Clock as _, Elapsed, SystemClock, Timestamp};

pub(crate) const GROUPS: CounterKey =
    CounterKey { limit: LimitId::NonAvGroups, subject: Subject::App, bucket: 0 };

pub(crate) fn connect(url: &str, options: PostgresOptions) -> Result<PostgresStore, StoreError> {
    block_on(PostgresStore::connect(url, options))
}

pub(crate) fn open(url: &str) -> Arc<PostgresStore> {
    Arc::new(connect(url, PostgresOptions::new()).unwrap())
}

pub(crate) fn noon() -> Timestamp {
    "2026-11-01T04:00:00Z".parse().unwrap()
}

/// Adds one, and gives what is then used.
pub(crate) fn add(store: &dyn Store) -> Result<u64, StoreError> {
    write(store, |t| {
        t.apply(&[CounterOp::Add { key: GROUPS, delta: 1, at: noon() }])?;
        Ok(t.counter(&GROUPS, Elapsed(0))?.used())
    })
}

pub(crate) fn used(store: &dyn Store) -> Result<u64, StoreError> {
    read(store, |t| Ok(t.counter(&GROUPS, Elapsed(0))?.used()))
}

/// Has the store run these works as one group: they wait while it is busy with another one. Gives how each ended.
pub(crate) fn together(store: &dyn Store, works: Vec<Work>) -> Vec<Result<(), StoreError>> {
    let (busy, is_busy) = std::sync::mpsc::channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel();
    let held = store.transact(Work::read(move |_| {
        busy.send(()).unwrap();
        may_go_on.recv().unwrap();
        Ok(())
    }));
    is_busy.recv().unwrap();
    let given: Vec<_> = works.into_iter().map(|work| store.transact(work)).collect();
    go_on.send(()).unwrap();
    block_on(held).unwrap();
    given.into_iter().map(block_on).collect()
}

/// A work that adds `n` to a counter.
pub(crate) fn adding(key: CounterKey, n: i64) -> Work {
    Work::write(move |t, _| t.apply(&[CounterOp::Add { key, delta: n, at: noon() }]))
}

/// Waits until `is_so`, which something else brings about; a minute is no answer.
pub(crate) fn wait_until(mut is_so: impl FnMut() -> bool) {
    let started = SystemClock.elapsed();
    while !is_so() {
        assert!(SystemClock.elapsed().since(started) < Duration::from_secs(60), "it never came");
        std::thread::yield_now();
    }
}

/// Asks for room for one of `max`, for a minute.
pub(crate) fn reserve(
    store: &dyn Store,
    permit: u128,
    max: u64,
    elapsed: Elapsed,
) -> Result<bool, StoreError> {
    let reserve = Reserve {
        permit: PermitId(permit),
        owner: Owner(1),
        items: vec![HoldItem { key: GROUPS, amount: 1, max: Max::Of(max) }],
        wait: Wait::new(elapsed, Duration::from_secs(60)),
        now: Moment { at: noon(), elapsed },
        pass: Pass::First,
    };
    let answer = write(store, move |t| t.reserve(&reserve))?;
    Ok(matches!(answer, ReserveAnswer::Held { .. }))
}
