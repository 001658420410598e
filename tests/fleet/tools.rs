//! What the tests share: opening stores, and small works.

use std::sync::Arc;
use std::time::Duration;

use planguard::model::{CounterKey, CounterOp, HoldItem, LimitId, Max, Moment, Owner, Subject, Wait};
use planguard::store::contract::{block_on, read, write};
use planguard::store::{
    Pass, PermitId, PostgresOptions, PostgresStore, Reserve, ReserveAnswer, Store, StoreError,
};
use planguard::time::{Elapsed, Timestamp};

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

/// Asks for room for one of `max`, for a minute.
pub(crate) fn reserve(store: &dyn Store, permit: u128, max: u64, elapsed: Elapsed) -> bool {
    let reserve = Reserve {
        permit: PermitId(permit),
        owner: Owner(1),
        items: vec![HoldItem { key: GROUPS, amount: 1, max: Max::Of(max) }],
        wait: Wait::new(elapsed, Duration::from_secs(60)),
        now: Moment { at: noon(), elapsed },
        pass: Pass::First,
    };
    let answer = write(store, move |t| t.reserve(&reserve)).unwrap();
    matches!(answer, ReserveAnswer::Held { .. })
}
