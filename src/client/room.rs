//! Room for actions under way: what to hold, whether it is there, and what memory knows of it.

use super::core::Core;
use super::limits;
use crate::decide::quota;
use crate::model::{Action, Counter, CounterKey, DecisionPolicy, Demands, Snapshot, Timestamp};
use crate::store::{ReserveItem, Store, StoreError};

pub(super) fn items(
    core: &Core,
    policy: &DecisionPolicy,
    action: &Action,
    demands: &Demands,
    now: Timestamp,
) -> Vec<ReserveItem> {
    quota::reservation(&core.snapshot(), action, demands, now, &core.zone, policy)
        .into_iter()
        .map(|hold| ReserveItem { key: hold.key, amount: hold.amount, max: hold.max })
        .collect()
}

/// The counters as they stand in the store.
pub(super) fn standing(
    store: &dyn Store,
    keys: &[CounterKey],
    now: Timestamp,
) -> Result<Vec<(CounterKey, Counter)>, StoreError> {
    keys.iter().map(|key| Ok((*key, store.counter(key, now)?))).collect()
}

/// Reads the counters again where permits hold room. Memory knows the sum of what they hold and when the last of
/// them expires, but not that another one has expired before. Says whether there was anything to read.
pub(super) fn recount(core: &Core, demands: &Demands, now: Timestamp) -> bool {
    let snapshot = core.snapshot();
    let keys: Vec<_> = demands
        .iter()
        .map(|demand| limits::key(core, demand, now))
        .filter(|key| snapshot.usage.get(key).reserved_at(now) > 0)
        .collect();
    if keys.is_empty() {
        return false;
    }
    let read = core.persist(
        |store| standing(store, &keys, now),
        |snapshot, counters| limits::with_counters(snapshot, counters.iter().copied()),
    );
    read.inspect_err(|error| core.store_failed("count what permits hold", error)).is_ok()
}

/// `snapshot` with room held in every item.
pub(super) fn holding(
    snapshot: &Snapshot,
    items: &[ReserveItem],
    now: Timestamp,
    expires: Timestamp,
) -> Snapshot {
    items.iter().fold(snapshot.clone(), |snapshot, item| {
        let counter = snapshot.usage.get(&item.key);
        let reserved = counter.reserved_at(now).saturating_add(u64::try_from(item.amount).unwrap_or(0));
        let counter = Counter { reserved, reserved_until: counter.reserved_until.max(expires), ..counter };
        limits::with_counters(&snapshot, [(item.key, counter)])
    })
}

/// Holds room in this process while the store cannot. Still never oversells: the check and the hold are one step.
pub(super) fn hold_in_memory(core: &Core, items: &[ReserveItem], now: Timestamp, expires: Timestamp) -> bool {
    let mut held = true;
    core.update(|snapshot| {
        let fits = items.iter().all(|item| {
            let counter = snapshot.usage.get(&item.key);
            let wanted = u64::try_from(item.amount).unwrap_or(0);
            let taken = counter.used().saturating_add(counter.reserved_at(now));
            wanted == 0 || item.max.fits(taken.saturating_add(wanted))
        });
        if !fits {
            held = false;
            return snapshot.clone();
        }
        holding(snapshot, items, now, expires)
    });
    held
}
