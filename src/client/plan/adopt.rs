//! Taking over entitlements: what is known at opening, and what a sync brought.

use std::sync::Arc;

use super::current::{announce, reported, resolve, resolve_by};
use crate::client::core::{Core, STORE_WAIT};
use crate::client::endpoint::HeldDocument;
use crate::client::events::Event;
use crate::client::usage::count;
use crate::client::usage::warn::{Warner, moved_limits};
use crate::decide::entitle;
use crate::model::{
    AppPhase, BillingZone, CatalogId, Catalogs, CounterOp, EditionId, Entitlements, Finding, Horizon,
    Snapshot, Standing, Timestamp,
};
use crate::net::DocumentError;

/// What is known when a guard opens: the last accepted document, else the one that ships with the app, else the
/// fallback, else nothing.
///
/// A cached document that cannot be used any more is reported as a finding, and the next of these holds until the next
/// sync.
pub(crate) fn at_open(
    held: Option<&HeldDocument>,
    unusable: Option<&DocumentError>,
    fallback: Option<(CatalogId, EditionId)>,
    catalogs: &Catalogs,
    phase: AppPhase,
    now: Timestamp,
    zone: &BillingZone,
) -> Entitlements {
    let mut entitlements = match (held, fallback) {
        (Some(held), _) => {
            resolve(&held.document, catalogs, now, held.fetched_at, held.fresh_for_secs, phase, zone)
        }
        (None, Some((catalog, edition))) => entitle::fallback(catalog, edition, catalogs),
        (None, None) => Entitlements::unknown(),
    };
    entitlements.phase = phase;
    if let Some(error) = unusable {
        entitlements.findings.push(Finding {
            // The whole document, as JSON pointers have it.
            field: String::new(),
            problem: format!("the cached document cannot be used: {error}"),
            remedy: "it was passed over; sync to fetch it again".to_owned(),
        });
    }
    entitlements
}

/// Takes over what a sync brought: entitlements, and the usage the endpoint knows of.
///
/// `held` is asked for the document when its turn has come, since several may be taken over at once: the last one is
/// then the newest.
pub(crate) async fn adopt(core: &Core, held: impl Fn() -> Option<HeldDocument>) {
    let now = core.moment();
    let mut taken = None;
    let after = core.update(|snapshot| {
        let Some(held) = held() else { return snapshot.clone() };
        core.name_accounts(held.accounts.clone());
        let phase = snapshot.entitlements.phase;
        let mut entitlements =
            resolve_by(core, &held.document, now.at, held.fetched_at, held.fresh_for_secs, phase);
        entitlements.reported_suspended = reported(snapshot, &entitlements, now);
        taken = Some((held.document, snapshot.clone()));
        Snapshot { entitlements: Arc::new(entitlements), ..snapshot.clone() }
    });
    let Some((document, before)) = taken else { return };
    // A confirmation of the same document can change answers too: it ends what only a refusal had shown, and a service
    // in it may have ended meanwhile.
    if !before.entitlements.same_terms(&after.entitlements) {
        announce(core, &after);
    }
    let list = |entitlements: &Entitlements| entitlements.price_list.as_ref().map(Arc::as_ptr);
    if before.entitlements.document.as_ref() == Some(&*document)
        && list(&before.entitlements) == list(&after.entitlements)
    {
        return;
    }
    // A document may be made anew at every request; its findings are reported once for each revision.
    let findings = |entitlements: &Entitlements| (entitlements.revision(), entitlements.findings.clone());
    if findings(&before.entitlements) != findings(&after.entitlements) {
        announce_findings(core, &after);
    }
    let moved = moved_limits(core, &before.entitlements, &after);
    let reports = document.usage_reports(now.at, &core.zone);
    let warner = Warner::of(core);
    let old = Arc::clone(&before.entitlements);
    // The document is taken over once, so this must happen though nobody waits for it.
    core.carry(STORE_WAIT, move |tx| {
        warner.moved(tx, &old, &moved)?;
        count::apply(tx, &warner, &reports)
    })
    .await;
}

/// Looks the fallback up again, once the price list that it names may have come. Only while nothing else is known.
pub(crate) fn look_up_fallback(core: &Core) {
    let Some((catalog, edition)) = core.fallback else { return };
    let before = Arc::clone(&core.snapshot().entitlements);
    let known = core.catalogs.load_full();
    if before.standing == Standing::Known
        || before.price_list.as_ref().map(Arc::as_ptr) == known.get(catalog).map(Arc::as_ptr)
    {
        return;
    }
    let after = core.update(|snapshot| {
        let old = &snapshot.entitlements;
        if old.standing == Standing::Known {
            return snapshot.clone();
        }
        let mut entitlements = entitle::fallback(catalog, edition, &known);
        entitlements.phase = old.phase;
        entitlements.asks_endpoint = old.asks_endpoint;
        entitlements.zone.clone_from(&old.zone);
        entitlements.reported_suspended = old.reported_suspended;
        Snapshot { entitlements: Arc::new(entitlements), ..snapshot.clone() }
    });
    if !before.same_terms(&after.entitlements) {
        announce(core, &after);
    }
    if before.findings != after.entitlements.findings {
        announce_findings(core, &after);
    }
}

/// Counts what the document held reports and the counters do not show: the process that took it over may have ended
/// before that.
pub(crate) async fn overdue(core: &Core) {
    let now = core.moment();
    let snapshot = Arc::clone(&core.snapshot());
    let Some(document) = &snapshot.entitlements.document else { return };
    let (day, month) = core.periods(now.at);
    let running = Horizon { day, ..Horizon::new(month) };
    let mut due = document.usage_reports(now.at, &core.zone);
    due.retain(|report| match report {
        CounterOp::Report { key, as_of, .. } => {
            !key.is_past(&running) && snapshot.usage.get(key).as_of < Some(*as_of)
        }
        _ => false,
    });
    // A number dated ahead was taken as one of the time when it came, and what was counted since is not in it.
    let dated_ahead = document.usage.as_ref().is_some_and(|usage| usage.as_of > now.at);
    if !due.is_empty() && !dated_ahead {
        let warner = Warner::of(core);
        core.write(STORE_WAIT, move |tx| count::apply(tx, &warner, &due)).await;
    }
}

/// Reports what is known when a guard opens, where something is. The findings of the document held were reported by the
/// sync that brought it; that it cannot be used any more is news.
pub(crate) fn announce_at_open(core: &Core, snapshot: &Snapshot) {
    let entitlements = &snapshot.entitlements;
    if entitlements.document.is_some() || entitlements.edition.is_some() {
        announce(core, snapshot);
    }
    if entitlements.document.is_none() {
        announce_findings(core, snapshot);
    }
}

/// Reports what of a document was not usable: once for each document.
fn announce_findings(core: &Core, snapshot: &Snapshot) {
    let findings = &snapshot.entitlements.findings;
    if !findings.is_empty() {
        core.report(Event::DocumentFindings(findings.as_slice().into()));
    }
}
