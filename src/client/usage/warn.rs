//! Warnings: which thresholds a change reaches, found and noted in the transaction that makes the change.

use std::collections::HashSet;
use std::sync::Arc;

use crate::client::core::{Core, STORE_WAIT};
use crate::client::events::Event;
use crate::client::tx::Tx;
use crate::decide::quota;
use crate::decide::threshold::{Level, crossings};
use crate::model::{
    Counter, CounterKey, DecisionPolicy, Enforcement, Entitlements, Horizon, Max, Moment, Snapshot,
};
use crate::store::{StoreError, WarningKey};

/// What warnings rest on at one moment.
#[derive(Clone)]
pub(crate) struct Warner {
    entitlements: Arc<Entitlements>,
    policy: Arc<DecisionPolicy>,
    now: Moment,
}

impl Warner {
    /// By the entitlements that hold now.
    pub(crate) fn of(core: &Core) -> Self {
        Self {
            entitlements: Arc::clone(&core.snapshot().entitlements),
            policy: Arc::clone(&core.policy),
            now: core.moment(),
        }
    }

    /// Makes a change to the counters at `keys`, and warns where it reaches a threshold: once per threshold and
    /// period, across restarts and processes.
    pub(crate) fn around<T>(
        &self,
        tx: &mut Tx<'_>,
        keys: &[CounterKey],
        change: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let before =
            keys.iter().map(|key| tx.counter(key, self.now.elapsed)).collect::<Result<Vec<_>, _>>()?;
        let value = change(tx)?;
        for (key, before) in keys.iter().zip(before) {
            let after = tx.counter(key, self.now.elapsed)?;
            self.compare(tx, key, &Self::level(&self.entitlements, key, &before), &after)?;
        }
        Ok(value)
    }

    /// Warns where the limits that replaced those of `before` put the counters at `keys` at a threshold.
    pub(crate) fn moved(
        &self,
        tx: &mut Tx<'_>,
        before: &Entitlements,
        keys: &[CounterKey],
    ) -> Result<(), StoreError> {
        for key in keys {
            let counter = tx.counter(key, self.now.elapsed)?;
            self.compare(tx, key, &Self::level(before, key, &counter), &counter)?;
        }
        Ok(())
    }

    /// How much of its limit a counter uses. A limit that is not known warned of nothing.
    fn level(entitlements: &Entitlements, key: &CounterKey, counter: &Counter) -> Level {
        let bound = quota::binds(entitlements, key.limit, None, counter);
        match bound {
            Some(bound) => Level { used: counter.used(), max: bound.max },
            None => Level { used: 0, max: Max::Unlimited },
        }
    }

    fn compare(
        &self,
        tx: &mut Tx<'_>,
        key: &CounterKey,
        before: &Level,
        counter: &Counter,
    ) -> Result<(), StoreError> {
        let stale = self.entitlements.is_stale(self.now.at);
        if self.policy.enforcement(key.limit, stale) == Enforcement::Off {
            return Ok(());
        }
        let after = Self::level(&self.entitlements, key, counter);
        let step = crossings(*before, after, &self.policy);
        for threshold in step.rearm {
            tx.rearm(WarningKey { counter: *key, threshold })?;
        }
        let mut due = None;
        for &threshold in &step.reached {
            if tx.mark_warned(WarningKey { counter: *key, threshold })? {
                due = due.max(Some(threshold));
            }
        }
        if let Some(threshold) = due {
            let bound = quota::binds(&self.entitlements, key.limit, None, counter);
            let evidence = quota::evidence(&self.entitlements, bound, counter, self.now);
            tx.emit(Event::LimitWarning { limit: key.limit, subject: key.subject, threshold, evidence })?;
        }
        Ok(())
    }
}

/// The counters of windows that run which another limit binds than by the terms of `before`.
pub(crate) fn moved_limits(core: &Core, before: &Entitlements, after: &Snapshot) -> Vec<CounterKey> {
    let bound = |entitlements: &Entitlements, key: &CounterKey, counter: &Counter| {
        quota::binds(entitlements, key.limit, None, counter).map(|bound| bound.max)
    };
    let (day, month) = core.periods(core.now());
    let now = Horizon { day, ..Horizon::new(month) };
    let mut moved = Vec::new();
    after.usage.each(|key, counter| {
        let runs = !key.is_past(&now) && !key.is_ahead(day, month);
        if runs && bound(before, key, counter) != bound(&after.entitlements, key, counter) {
            moved.push(*key);
        }
    });
    moved
}

/// Warns of what is at a threshold and was never warned of: a limit may have moved while no process ran.
pub(crate) async fn overdue(core: &Core, given: Vec<WarningKey>) {
    let (warner, unknown) = (Warner::of(core), Entitlements::unknown());
    let given: HashSet<_> = given.into_iter().collect();
    let snapshot = Arc::clone(&core.snapshot());
    let mut due = moved_limits(core, &unknown, &snapshot);
    due.retain(|key| {
        let counter = snapshot.usage.get(key);
        let level = |entitlements: &Entitlements| Warner::level(entitlements, key, &counter);
        let reached = crossings(level(&unknown), level(&warner.entitlements), &warner.policy).reached;
        reached.iter().any(|&threshold| !given.contains(&WarningKey { counter: *key, threshold }))
    });
    if !due.is_empty() {
        core.write(STORE_WAIT, move |tx| warner.moved(tx, &unknown, &due)).await;
    }
}
