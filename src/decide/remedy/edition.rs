//! Other editions of the price list that would lift a denial.

use crate::decide::change::{ChangeRefusal, NeedlessService};
use crate::model::catalog::{Edition, Meter, Overage};
use crate::model::{ChangePath, Feature, LimitId, Max, Money, Remedy, ServiceId, Support};

use super::need::Need;
use super::plan::Plan;
use super::service;

/// Editions that have room for every need. Where a single need is too much for an edition itself, but not with a
/// service that only that edition may buy, the service is part of the way.
pub(super) fn with_room(plan: &Plan<'_>, needs: &[&Need], ways: &mut Vec<Remedy>) {
    let Some(first) = needs.first() else { return };
    moves(plan, ways, |edition, gained| {
        // An edition that charges beyond the same quota lifts nothing where the present one charges too.
        let charges = |limit| charged_beyond(edition, limit) && !charged_beyond(plan.edition, limit);
        let lifts =
            |need: &&Need| gained(need.limit).is_some_and(|max| max.fits(need.total)) || charges(need.limit);
        if needs.iter().all(lifts) {
            let own = edition.limit(first.limit).map(|figure| figure.max);
            let raises_to = gained(first.limit).or(own);
            return Some(Terms { limit: Some(first.limit), raises_to, ..Terms::default() });
        }
        if needs.len() > 1 {
            return None;
        }
        let (service, price, to) = service::raising(plan.catalog, edition.id, first)?;
        let needs_service = Some((service, price));
        Some(Terms { limit: Some(first.limit), raises_to: Some(to), needs_service, ..Terms::default() })
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
pub(super) fn that_may_buy(
    plan: &Plan<'_>,
    service: ServiceId,
    suits: fn(Option<&str>) -> bool,
    ways: &mut Vec<Remedy>,
) {
    moves(plan, ways, |edition, _| {
        let row = service::monthly(plan.catalog, edition.id, service, suits)?;
        let price = service::money(plan.catalog, row);
        Some(Terms { needs_service: Some((service, price)), ..Terms::default() })
    });
}

/// What a particular move brings, besides what every move costs and takes away.
#[derive(Default)]
struct Terms {
    limit: Option<LimitId>,
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
        let (path, not_before) = match preview.allowed {
            Ok(path) => (path, None),
            Err(ChangeRefusal::OncePerMonth { until, .. }) => (ChangePath::Modify, Some(until)),
            Err(_) => continue,
        };
        let gained =
            |limit| preview.comparison.limits_gained.iter().find(|change| change.limit == limit)?.after;
        let Some(terms) = judge(edition, &gained) else { continue };
        ways.push(Remedy::ChangeEdition {
            catalog: plan.catalog.id,
            to: edition.id,
            path,
            extra_per_month: preview.comparison.extra_per_month,
            limit: terms.limit,
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
            drops_services: preview.needless_services.iter().map(|needless| needless.service).collect(),
            saves_per_month: saved(&preview.needless_services),
            not_before,
        });
    }
}

/// What the needless services cost together; `None` as soon as one has no price.
fn saved(needless: &[NeedlessService]) -> Option<Money> {
    let mut prices = needless.iter().map(|service| service.price);
    let first = prices.next()??;
    prices.try_fold(first, |sum, price| {
        let amount = sum.amount.checked_add(price?.amount)?;
        Some(Money { amount, ..sum })
    })
}

/// Going on beyond a quota on the present edition, where that is charged for.
pub(super) fn overage(plan: &Plan<'_>, need: &Need) -> Option<Remedy> {
    let rate = beyond(plan.edition, need.limit)?.rate.as_ref();
    Some(Remedy::PayOverage {
        limit: need.limit,
        price: rate.and_then(|rate| Some(Money::new(rate.price, plan.catalog.currency?))),
        // Without a price the documents give no block either.
        per: rate.map_or(1, |rate| rate.per),
    })
}

/// Whether an edition goes on beyond a quota and charges for it.
fn charged_beyond(edition: &Edition, limit: LimitId) -> bool {
    beyond(edition, limit).is_some()
}

fn beyond(edition: &Edition, limit: LimitId) -> Option<&Overage> {
    let meter = Meter::ALL.iter().find(|meter| meter.quota() == limit)?;
    edition.overage(*meter).filter(|overage| overage.supported)
}
