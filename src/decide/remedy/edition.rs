//! Other editions of the price list that would lift a denial.

use crate::model::catalog::{Edition, Meter};
use crate::model::{Feature, LimitId, Max, Money, Remedy, ServiceId, Support};

use super::need::Need;
use super::plan::Plan;
use super::service;

/// Editions that have room for every need. Where a single need is too much for an edition itself, but not with a
/// service that only that edition may buy, the service is part of the way.
pub(super) fn with_room(plan: &Plan<'_>, needs: &[&Need], ways: &mut Vec<Remedy>) {
    let Some(first) = needs.first() else { return };
    moves(plan, ways, |edition, gained| {
        let lifts = |need: &&Need| {
            gained(need.limit).is_some_and(|max| max.fits(need.total)) || charges_beyond(edition, need.limit)
        };
        if needs.iter().all(lifts) {
            let own = edition.limit(first.limit).map(|figure| figure.max);
            return Some(Terms { raises_to: gained(first.limit).or(own), ..Terms::default() });
        }
        if needs.len() > 1 {
            return None;
        }
        let (service, price, to) = service::raising(plan.catalog, edition.id, first)?;
        Some(Terms { raises_to: Some(to), needs_service: Some((service, price)), ..Terms::default() })
    });
}

/// Editions that have a feature, at once or on application.
pub(super) fn with_feature(plan: &Plan<'_>, feature: Feature, ways: &mut Vec<Remedy>) {
    moves(plan, ways, |edition, _| match edition.feature(feature).support {
        Support::Unsupported => None,
        Support::Supported => Some(Terms::default()),
        Support::OnApplication => Some(Terms { needs_application: true, ..Terms::default() }),
    });
}

/// Editions that may buy a service that the present one may not.
pub(super) fn that_may_buy(plan: &Plan<'_>, service: ServiceId, ways: &mut Vec<Remedy>) {
    moves(plan, ways, |edition, _| {
        let row = service::monthly(plan.catalog, edition.id, service)?;
        let price = service::money(plan.catalog, row);
        Some(Terms { needs_service: Some((service, price)), ..Terms::default() })
    });
}

/// What a particular move brings, besides what every move costs and takes away.
#[derive(Default)]
struct Terms {
    raises_to: Option<Max>,
    needs_application: bool,
    needs_service: Option<(ServiceId, Option<Money>)>,
}

/// Adds every allowed move that `judge` finds useful. It is told the edition, and to what the move would raise a
/// limit.
fn moves(
    plan: &Plan<'_>,
    ways: &mut Vec<Remedy>,
    judge: impl Fn(&Edition, &dyn Fn(LimitId) -> Option<Max>) -> Option<Terms>,
) {
    for edition in plan.catalog.editions.iter().filter(|edition| edition.id != plan.edition.id) {
        let preview = plan.preview(edition.id);
        let Ok(path) = preview.allowed else { continue };
        let gained =
            |limit| preview.comparison.limits_gained.iter().find(|change| change.limit == limit)?.after;
        let Some(terms) = judge(edition, &gained) else { continue };
        ways.push(Remedy::ChangeEdition {
            catalog: plan.catalog.id,
            to: edition.id,
            path,
            extra_per_month: preview.comparison.extra_per_month,
            raises_to: terms.raises_to,
            loses_features: preview.comparison.features_lost.clone(),
            lowers_limits: preview
                .comparison
                .limits_lost
                .iter()
                .filter_map(|change| Some((change.limit, change.after?)))
                .collect(),
            needs_application: terms.needs_application,
            needs_service: terms.needs_service.map(|(service, _)| service),
            service_per_month: terms.needs_service.and_then(|(_, price)| price),
        });
    }
}

/// Whether an edition goes on beyond a quota and charges for it.
fn charges_beyond(edition: &Edition, limit: LimitId) -> bool {
    Meter::ALL
        .iter()
        .filter(|meter| meter.quota() == limit)
        .any(|&meter| edition.overage(meter).is_some_and(|overage| overage.supported))
}
