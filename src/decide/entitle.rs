//! From the endpoint's document and the price list to what is in force.
//!
//! Effective limits are those of the edition's table, raised by the value-added services in force, and
//! overridden by what the endpoint itself says. A group's own maximum and its type bound them further when an
//! action is checked.

mod names;
mod services;

use crate::model::catalog::{Catalogs, Edition};
use crate::model::{
    Authority, CatalogId, EditionId, EffectiveFeature, EffectiveLimit, Entitlements, EntitlementsDocument,
    Feature, Finding, Standing, Support, Timestamp,
};

use std::sync::Arc;
use std::time::Duration;

pub(crate) use names::{UnknownName, unknown_catalog, unknown_edition, unknown_name};

const HOUR: Duration = Duration::from_secs(3600);

/// What a document entitles the app to at `now`.
///
/// Its price list and edition are looked up in `catalogs`. While they are not known there, only what the document itself
/// states is in force. Services that have expired by `now` raise nothing; [`Entitlements::changes_at`] says when the next
/// one expires, which is when to resolve again.
///
/// Nothing in a document is fatal here: what cannot be used is reported in [`Entitlements::findings`].
pub fn resolve(
    document: &EntitlementsDocument,
    catalogs: &Catalogs,
    now: Timestamp,
    fetched_at: Timestamp,
    fresh_for: Option<u64>,
) -> Entitlements {
    let mut out = Entitlements::unknown();
    out.standing = Standing::Known;
    out.catalog = document.catalog;
    out.fetched_at = Some(fetched_at);
    out.fresh_for = fresh_for;
    out.findings.clone_from(&document.findings);

    let list = document.catalog.and_then(|id| catalogs.get(id));
    let catalog = list.map(Arc::as_ref);
    match (unknown_name(document, catalogs), catalog) {
        (Some(UnknownName::Catalog(id)), _) => {
            out.findings.push(names::catalog_finding(id, catalogs));
        }
        (Some(UnknownName::Edition(id)), Some(catalog)) => {
            out.findings.push(names::edition_finding("/edition", id, catalog));
        }
        _ => {}
    }
    let edition = catalog.zip(document.edition).and_then(|(catalog, id)| catalog.edition(id));
    out.price_list = list.cloned();
    out.edition = document.edition.filter(|_| edition.is_some() || catalog.is_none());
    if let Some(edition) = edition {
        tabulate(&mut out, edition, Authority::Catalog);
    }
    services::apply(&mut out, document, catalog, edition, now);
    for (&limit, &max) in &document.limits {
        out.set_limit(limit, Some(EffectiveLimit { max, authority: Authority::Endpoint }));
    }
    features(&mut out, document);
    out.document = Some(document.clone());
    out
}

/// What is assumed while nothing is known of the plan: the table of the edition that the app configured.
///
/// No service is assumed and no application counted as approved. A price list that is not known, or an edition that it
/// does not have, gives [`Entitlements::unknown`] with a finding that says so.
pub fn fallback(catalog: CatalogId, edition: EditionId, catalogs: &Catalogs) -> Entitlements {
    let mut out = Entitlements::unknown();
    let Some(list) = catalogs.get(catalog) else {
        out.findings.push(names::fallback_finding(catalog, catalogs));
        return out;
    };
    let Some(column) = list.edition(edition) else {
        out.findings.push(names::edition_finding("/fallback/edition", edition, list));
        return out;
    };
    out.standing = Standing::Fallback;
    out.catalog = Some(catalog);
    out.price_list = Some(Arc::clone(list));
    out.edition = Some(edition);
    tabulate(&mut out, column, Authority::Fallback);
    out
}

fn tabulate(out: &mut Entitlements, edition: &Edition, authority: Authority) {
    for (limit, figure) in edition.limits() {
        out.set_limit(limit, Some(EffectiveLimit { max: figure.max, authority }));
    }
    // What the price list does not state stays unknown.
    for (feature, figure) in edition.features().filter(|(_, figure)| figure.support.has().is_some()) {
        out.set_feature(
            feature,
            Some(EffectiveFeature {
                support: figure.support,
                approved_at: None,
                available_from: None,
                waiting_hours: figure.waiting_time_hours,
                authority,
            }),
        );
    }
}

fn features(out: &mut Entitlements, document: &EntitlementsDocument) {
    for (&feature, &support) in &document.features {
        let waiting_hours = out.feature(feature).and_then(|known| known.waiting_hours);
        out.set_feature(
            feature,
            Some(EffectiveFeature {
                support,
                approved_at: None,
                available_from: None,
                waiting_hours,
                authority: Authority::Endpoint,
            }),
        );
    }
    for (&feature, &approved_at) in &document.applications {
        approve(out, feature, approved_at);
    }
}

fn approve(out: &mut Entitlements, feature: Feature, approved_at: Timestamp) {
    let Some(known) = out.feature(feature) else {
        // The edition is not known to this version; the approval alone says that the plan has the feature.
        out.set_feature(
            feature,
            Some(EffectiveFeature {
                support: Support::OnApplication,
                approved_at: Some(approved_at),
                available_from: Some(approved_at),
                waiting_hours: None,
                authority: Authority::Endpoint,
            }),
        );
        return;
    };
    if known.support == Support::Unsupported {
        out.findings.push(Finding {
            field: format!("/applications ({feature})"),
            problem: format!(
                "an application for {feature} was approved, but the plan cannot have the feature"
            ),
            remedy: format!(
                "the feature stays denied; state it in `features` ({feature}: supported) if it is there"
            ),
        });
        return;
    }
    let waiting = HOUR * known.waiting_hours.unwrap_or(0);
    out.set_feature(
        feature,
        Some(EffectiveFeature {
            approved_at: Some(approved_at),
            available_from: Some(approved_at.plus(waiting)),
            ..known
        }),
    );
}
