//! The state to decide on now: entitlements in which nothing has ended since they were resolved.

use std::sync::Arc;

use crate::client::core::Core;
use crate::client::events::Event;
use crate::client::gate::Seen;
use crate::client::usage::warn::{Warner, moved_limits};
use crate::decide::outlook::outlook;
use crate::decide::{entitle, lifecycle as stands};
use crate::model::{
    AppPhase, BillingZone, Catalogs, Entitlements, EntitlementsDocument, Lifecycle, Moment, Snapshot,
    Timestamp,
};

/// The state to decide on. Resolves the entitlements again when a service in them, or a suspension that only a
/// refusal showed, has ended meanwhile: the one read in a long while that pays for it.
pub(crate) fn snapshot(core: &Core, now: Moment) -> arc_swap::Guard<Arc<Snapshot>> {
    let snapshot = core.snapshot();
    if !is_out_of_date(&snapshot, now) {
        return snapshot;
    }
    drop(snapshot);
    let mut before = None;
    let after = core.update(|snapshot| {
        if !is_out_of_date(snapshot, now) {
            return snapshot.clone();
        }
        before = Some(snapshot.clone());
        renewed(core, snapshot, now)
    });
    if let Some(before) = before {
        announce(core, &after);
        warn_of_moved(core, before, &after);
    }
    core.snapshot()
}

/// Warns where the end of a service has put a counter at a threshold. Nobody waits for it: this may be a read.
fn warn_of_moved(core: &Core, before: Snapshot, after: &Snapshot) {
    // Otherwise nothing but a suspension has ended, which moves no limit.
    if before.entitlements.changes_at == after.entitlements.changes_at {
        return;
    }
    let moved = moved_limits(core, &before.entitlements, after);
    if !moved.is_empty() {
        let (warner, old) = (Warner::of(core), before.entitlements);
        core.submit(move |tx| warner.moved(tx, &old, &moved));
    }
}

fn is_out_of_date(snapshot: &Snapshot, now: Moment) -> bool {
    let entitlements = &snapshot.entitlements;
    entitlements.changes_at.is_some_and(|at| at <= now.at)
        || entitlements.reported_suspended != reported(snapshot, entitlements, now)
}

/// Since when a refusal shows the plan of `entitlements` to be suspended, where that is still believed.
pub(crate) fn reported(snapshot: &Snapshot, entitlements: &Entitlements, now: Moment) -> Option<Timestamp> {
    snapshot
        .suspension
        .filter(|suspension| suspension.holds(now.elapsed, entitlements.revision()))
        .map(|suspension| suspension.at)
}

fn renewed(core: &Core, snapshot: &Snapshot, now: Moment) -> Snapshot {
    let old = &snapshot.entitlements;
    let mut entitlements = match (&old.document, old.fetched_at) {
        (Some(document), Some(fetched_at)) if old.changes_at.is_some_and(|at| at <= now.at) => {
            resolve_by(core, document, now.at, fetched_at, old.fresh_for, old.phase)
        }
        _ => Entitlements::clone(old),
    };
    entitlements.reported_suspended = reported(snapshot, &entitlements, now);
    Snapshot { entitlements: Arc::new(entitlements), ..snapshot.clone() }
}

/// Time went back to `now`: what ended later has not ended yet. Resolves the entitlements anew, and tells if they are
/// others.
pub(crate) fn go_back(core: &Core, now: Moment) {
    let before = Arc::clone(&core.snapshot().entitlements);
    let after = core.update(|snapshot| {
        let old = &snapshot.entitlements;
        let mut entitlements = match (&old.document, old.fetched_at) {
            (Some(document), Some(fetched_at)) => {
                resolve_by(core, document, now.at, fetched_at, old.fresh_for, old.phase)
            }
            _ => Entitlements::clone(old),
        };
        entitlements.reported_suspended = reported(snapshot, &entitlements, now);
        entitlements.clamp(now.at);
        Snapshot { entitlements: Arc::new(entitlements), ..snapshot.clone() }
    });
    if !before.same_terms(&after.entitlements) {
        announce(core, &after);
    }
}

/// As [`resolve`], with what the guard knows.
pub(super) fn resolve_by(
    core: &Core,
    document: &EntitlementsDocument,
    now: Timestamp,
    fetched_at: Timestamp,
    fresh_for: Option<u64>,
    phase: AppPhase,
) -> Entitlements {
    let catalogs = core.catalogs.load();
    let mut entitlements = resolve(document, &catalogs, now, fetched_at, fresh_for, phase, &core.zone);
    entitlements.asks_endpoint = core.outgoing.is_some();
    entitlements
}

/// What a document entitles to at `now`.
pub(super) fn resolve(
    document: &EntitlementsDocument,
    catalogs: &Catalogs,
    now: Timestamp,
    fetched_at: Timestamp,
    fresh_for: Option<u64>,
    phase: AppPhase,
    zone: &BillingZone,
) -> Entitlements {
    let mut entitlements = entitle::resolve(document, catalogs, now, fetched_at, fresh_for);
    entitlements.phase = phase;
    entitlements.zone = Some(zone.clone());
    entitlements
}

/// Reports that the entitlements are others now.
pub(crate) fn announce(core: &Core, snapshot: &Snapshot) {
    let revision = snapshot.entitlements.document.as_ref().map(|document| document.revision);
    core.report(Event::EntitlementsChanged { generation: snapshot.generation, revision });
}

/// The plan at `at`, as it was worked out last; works it out if that no longer holds. `None` where it is to be decided
/// on the snapshot itself, which may be out of date.
pub(crate) fn seen(core: &Core, at: Timestamp) -> Option<Seen> {
    let seen = core.gate().look(at);
    if seen.is_none() { work_out(core) } else { seen }
}

#[cold]
fn work_out(core: &Core) -> Option<Seen> {
    let turn = core.gate().turn()?;
    let now = core.moment();
    let snapshot = snapshot(core, now);
    // What a refusal showed ends by elapsed time, which the gate does not look at.
    if snapshot.suspension.is_some() {
        return None;
    }
    let outlook = outlook(&snapshot.entitlements, now.at, &core.zone, &core.policy);
    core.gate().open(turn, snapshot.generation, &outlook);
    core.gate().look(now.at)
}

/// Where the plan of `snapshot` stands at `now`.
pub(crate) fn lifecycle(core: &Core, snapshot: &Snapshot, now: Timestamp) -> Lifecycle {
    stands::lifecycle(&snapshot.entitlements, now, &core.zone)
}
