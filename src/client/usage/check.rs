//! Does an action fit? Read from the snapshot: no lock, no allocation, no I/O.

use crate::client::core::Core;
use crate::client::plan::current;
use crate::decide::quota;
use crate::model::{Action, Assessment, Demands, Moment, Snapshot};

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
