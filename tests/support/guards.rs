//! Guards, opened as the tests need them.

use std::sync::Arc;

use planguard::client::Builder;
use planguard::login::LoginPolicy;
use planguard::store::{MemoryStore, Store};
use planguard::time::ManualClock;
use planguard::{
    CatalogId, DecisionPolicy, EditionId, Enforcement, EnforcementByLimit, Planguard, SessionMode,
};

use crate::{app, clock};

/// A guard of the app on that clock, without a plan or a store of its own.
pub fn builder(clock: &ManualClock) -> Builder {
    Planguard::builder(app()).clock(clock.clone())
}

/// A guard that falls back on Standard, in memory.
pub async fn open(
    clock: &ManualClock,
    store: &MemoryStore,
    mode: SessionMode,
    policy: LoginPolicy,
) -> Planguard {
    builder(clock)
        .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
        .session_mode(mode)
        .logins(policy)
        .store(store.clone())
        .open()
        .await
        .unwrap()
}

/// Every limit enforced, since a fallback is never fresh.
pub fn strict() -> DecisionPolicy {
    DecisionPolicy { enforcement: EnforcementByLimit::all(Enforcement::Enforce), ..DecisionPolicy::default() }
}

/// A guard that falls back on the Free Trial and enforces its limits.
pub async fn enforcing(store: Arc<dyn Store>, clock: &ManualClock) -> Planguard {
    builder(clock)
        .fallback(CatalogId::INTL_2024, EditionId::FREE_TRIAL)
        .decisions(strict())
        .shared_store(store)
        .open()
        .await
        .unwrap()
}

/// A guard of one user's device, in memory, and its clock.
pub async fn device() -> (Planguard, ManualClock) {
    let clock = clock();
    (open(&clock, &MemoryStore::new(), SessionMode::Device, LoginPolicy::default()).await, clock)
}
