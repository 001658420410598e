//! Does an action fit? Read from the snapshot: no lock, no allocation, no I/O.

use crate::client::core::Core;
use crate::client::gate::Seen;
use crate::client::plan::current;
use crate::decide::quota::{self, Plenty, Standpoint};
use crate::model::{
    Action, Assessment, CounterKey, Demand, Demands, Lifecycle, Moment, Snapshot, Timestamp, Verdict,
};

/// Decides about `action` by the state as it is now: the small answer.
pub(crate) fn check(core: &Core, action: &Action) -> Verdict {
    let at = core.now_coarse();
    let seen = current::seen(core, at);
    seen.as_ref().and_then(|seen| plenty(core, action, seen)).unwrap_or_else(|| {
        let demands = action.demands(&core.pseudonyms);
        seen.and_then(|seen| at_once(core, action, &demands, at, seen)).unwrap_or_else(|| {
            let now = core.moment();
            decide(core, &current::snapshot(core, now), action, &demands, now).verdict()
        })
    })
}

/// Where there is plenty of room everywhere, by nothing but the counters.
fn plenty(core: &Core, action: &Action, seen: &Seen) -> Option<Verdict> {
    if !seen.serves() || !quota::is_plain(action) {
        return None;
    }
    let (gate, reader) = (core.gate(), core.reader());
    let (mut plenty, mut all) = (Plenty::default(), true);
    action.each_demand(&core.pseudonyms, |Demand { limit, subject, amount }| {
        let key = CounterKey::within(limit, subject, seen.day, seen.month);
        all = all
            && match (gate.limit(seen, limit), reader.plain(&key)) {
                (Some(plain), Some(counter)) => plenty.also(limit, amount, plain, counter),
                _ => false,
            };
    });
    all.then(|| plenty.verdict(seen.stale(), seen.confirmed()))
}

/// By the plan as it was worked out last, where that still holds.
fn at_once(core: &Core, action: &Action, demands: &Demands, at: Timestamp, seen: Seen) -> Option<Verdict> {
    let snapshot = core.snapshot();
    // Replaced just now: what was seen may be of the one before.
    if !seen.serves() || snapshot.generation != seen.generation {
        return None;
    }
    let from = Standpoint {
        at,
        elapsed: || core.clock.elapsed(),
        day: seen.day,
        month: seen.month,
        stale: seen.stale(),
        // Any that serves: only one that does not is part of an answer.
        lifecycle: Lifecycle::Active,
    };
    Some(quota::verdict(&snapshot, action, demands, &from, &core.policy))
}

/// Decides about `action` by the state as it is now.
pub(crate) fn assess(core: &Core, action: &Action) -> Assessment {
    let now = core.moment();
    let snapshot = current::snapshot(core, now);
    decide(core, &snapshot, action, &action.demands(&core.pseudonyms), now)
}

/// Decides about `action` by `snapshot`.
pub(crate) fn decide(
    core: &Core,
    snapshot: &Snapshot,
    action: &Action,
    demands: &Demands,
    now: Moment,
) -> Assessment {
    let lifecycle = current::lifecycle(core, snapshot, now.at);
    quota::assess(snapshot, action, demands, now, &core.zone, &core.policy, lifecycle)
}
