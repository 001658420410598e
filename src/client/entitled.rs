//! Entitlements on their way into the snapshot: from the cache, from a sync, and when a service in them expires.

use std::sync::Arc;

use super::core::Core;
use super::endpoint::HeldDocument;
use super::events::Event;
use super::limits;
use crate::decide::entitle;
use crate::model::{
    AppPhase, Authority, BillingZone, CatalogId, CounterKey, DecisionPolicy, EditionId, Entitlements,
    EntitlementsDocument, Finding, LimitId, Snapshot, Subject, Timestamp, UsageOrigin, catalog,
};
use crate::net::DocumentError;
use crate::store::CounterOp;

/// What is known when a guard opens: the last accepted document, else the fallback, else nothing.
///
/// A cached document that cannot be used any more is reported as a finding; the fallback stands in until the next
/// sync.
pub(super) fn at_open(
    held: Option<&HeldDocument>,
    unusable: Option<&DocumentError>,
    fallback: Option<(CatalogId, EditionId)>,
    phase: AppPhase,
    now: Timestamp,
    zone: &BillingZone,
) -> Entitlements {
    if let Some(held) = held {
        return from_document(held, phase, now, zone);
    }
    let mut entitlements = match fallback {
        Some((catalog, edition)) => entitle::fallback(catalog, edition),
        None => Entitlements::unknown(),
    };
    entitlements.phase = phase;
    if let Some(error) = unusable {
        entitlements.findings.push(Finding {
            field: "/".to_owned(),
            problem: format!("the cached document cannot be used: {error}"),
            remedy: "it was passed over; sync to fetch it again".to_owned(),
        });
    }
    entitlements
}

fn from_document(held: &HeldDocument, phase: AppPhase, now: Timestamp, zone: &BillingZone) -> Entitlements {
    let mut entitlements = resolve(&held.document, now, held.fetched_at, held.fresh_for_secs, zone);
    entitlements.phase = phase;
    entitlements
}

fn resolve(
    document: &EntitlementsDocument,
    now: Timestamp,
    fetched_at: Timestamp,
    fresh_for: Option<u64>,
    zone: &BillingZone,
) -> Entitlements {
    let catalog = document.catalog.and_then(|id| catalog::builtin(id).ok());
    let mut entitlements = entitle::resolve(document, catalog, now, fetched_at, fresh_for);
    entitlements.zone = Some(zone.clone());
    entitlements
}

/// Takes over what a sync brought: entitlements, and the usage the endpoint knows of.
pub(super) fn adopt(core: &Core, policy: &DecisionPolicy, held: &HeldDocument, phase: AppPhase) {
    let entitlements = Arc::new(from_document(held, phase, core.now(), &core.zone));
    let before = Arc::clone(&core.snapshot());
    let after = core.update(|snapshot| Snapshot { entitlements, ..snapshot.clone() });
    // A confirmation of the same document can change answers too: it ends what only a refusal had shown.
    if !before.entitlements.same_terms(&after.entitlements) {
        announce(core, &after);
    }
    if before.entitlements.document.as_ref() == Some(&*held.document) {
        return;
    }
    // A document may be made anew at every request; its findings are told once for each revision.
    let revision = |entitlements: &Entitlements| entitlements.document.as_ref().map(|held| held.revision);
    let findings = |entitlements: &Entitlements| (revision(entitlements), entitlements.findings.clone());
    if findings(&before.entitlements) != findings(&after.entitlements) {
        announce_findings(core, &after);
    }
    let limit = |entitlements: &Entitlements, key: &CounterKey| entitlements.limit(key.limit).map(|l| l.max);
    let moved = |key: &CounterKey| limit(&before.entitlements, key) != limit(&after.entitlements, key);
    limits::warn(core, policy, &before, after.usage.iter().map(|(key, _)| *key).filter(moved));
    let reports = usage_reports(core, &held.document);
    limits::count(core, policy, &reports);
}

/// Tells that the entitlements are others now.
pub(super) fn announce(core: &Core, snapshot: &Snapshot) {
    let revision = snapshot.entitlements.document.as_ref().map(|document| document.revision);
    core.emit(Event::EntitlementsChanged { generation: snapshot.generation, revision });
}

/// Tells what of a document was not usable: once for each document.
pub(super) fn announce_findings(core: &Core, snapshot: &Snapshot) {
    let findings = &snapshot.entitlements.findings;
    if !findings.is_empty() {
        core.emit(Event::DocumentFindings(findings.as_slice().into()));
    }
}

/// What the document says is used, in the window that each number was true in.
fn usage_reports(core: &Core, document: &EntitlementsDocument) -> Vec<CounterOp> {
    let Some(usage) = &document.usage else { return Vec::new() };
    // A figure dated ahead would keep out the true ones until its date has come.
    let as_of = usage.as_of.min(core.now());
    usage
        .counts
        .iter()
        .map(|(&limit, &value)| CounterOp::Report {
            key: CounterKey::at(limit, Subject::App, as_of, &core.zone),
            value,
            as_of,
            origin: UsageOrigin::Endpoint,
        })
        .collect()
}

/// The state to decide on. Resolves the entitlements again when a service in them has expired meanwhile: the one
/// read in a long while that pays for it.
pub(super) fn current(core: &Core, now: Timestamp) -> arc_swap::Guard<Arc<Snapshot>> {
    let snapshot = core.snapshot();
    if snapshot.entitlements.changes_at.is_none_or(|at| now < at) {
        return snapshot;
    }
    let after = core.update(|snapshot| {
        let old = &snapshot.entitlements;
        let (Some(document), Some(fetched_at)) = (&old.document, old.fetched_at) else {
            return snapshot.clone();
        };
        let mut entitlements = resolve(document, now, fetched_at, old.fresh_for, &core.zone);
        entitlements.phase = old.phase;
        // What the provider showed by refusing holds until the endpoint was asked.
        entitlements.reported_suspended = old.reported_suspended;
        for &limit in LimitId::ALL {
            let shown = old.limit(limit).filter(|known| known.authority == Authority::Rejection);
            if shown.is_some() {
                entitlements.set_limit(limit, shown);
            }
        }
        Snapshot { entitlements: Arc::new(entitlements), ..snapshot.clone() }
    });
    announce(core, &after);
    core.snapshot()
}
