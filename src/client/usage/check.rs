//! Does an action fit? Read from the snapshot: no lock, no allocation, no I/O.

use crate::client::core::Core;
use crate::client::plan::current;
use crate::decide::quota;
use crate::model::{Action, Demands, Moment, Snapshot, Verdict};

/// Decides about `action` by the state as it is now.
pub(crate) fn check(core: &Core, action: &Action) -> Verdict {
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
) -> Verdict {
    let lifecycle = current::lifecycle(core, snapshot, now.at);
    quota::check(snapshot, action, demands, now, &core.zone, &core.policy, lifecycle)
}
