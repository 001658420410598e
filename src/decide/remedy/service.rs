//! Value-added services that would lift a denial on the present edition.

use std::cmp::Ordering;

use crate::model::catalog::{BillingCycle, Catalog, Effect, Service, ServicePrice};
use crate::model::{EditionId, LimitId, Max, Money, Remedy, ServiceId};

use super::need::Need;
use super::plan::Plan;

/// Every tier of a service that suits, and that the present edition may buy and does not hold.
pub(super) fn offers(
    plan: &Plan<'_>,
    service: ServiceId,
    suits: fn(Option<&str>) -> bool,
    ways: &mut Vec<Remedy>,
) {
    let Some(service) = plan.catalog.service(service) else { return };
    for row in rows(plan, service).filter(|row| suits(row.tier.as_deref())) {
        ways.push(buy(plan, service, row, None, None));
    }
}

/// Services that raise the needed limit far enough, each in the cheapest tier that does, and what going beyond a
/// metered allowance costs.
pub(super) fn with_room(plan: &Plan<'_>, need: &Need, ways: &mut Vec<Remedy>) {
    for service in plan.catalog.services.iter() {
        let enough = rows(plan, service).filter_map(|row| {
            let to = raises(service, row, need)?.stated();
            to.is_none_or(|max| max.fits(need.total)).then_some((row, to))
        });
        // Among rows without a price the list's own order stands, smallest first.
        let cheapest = enough.min_by(|(a, _), (b, _)| match (a.price, b.price) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => Ordering::Equal,
        });
        if let Some((row, to)) = cheapest {
            ways.push(buy(plan, service, row, Some(need.limit), to));
        }
        if plan.entitlements.service(service.id).is_some() {
            ways.extend(overage(plan, service, need));
        }
    }
}

/// The service that on another edition raises the needed limit far enough, its price and what the limit would be.
pub(super) fn raising(
    catalog: &Catalog,
    edition: EditionId,
    need: &Need,
) -> Option<(ServiceId, Option<Money>, Max)> {
    catalog.services.iter().find_map(|service| {
        service.prices.iter().filter(|row| row.edition == edition).find_map(|row| {
            let to = raises(service, row, need)?.stated()?;
            to.fits(need.total).then(|| (service.id, money(catalog, row), to))
        })
    })
}

/// The cheapest row that suits and by which an edition may buy a service by the month.
pub(super) fn monthly(
    catalog: &Catalog,
    edition: EditionId,
    service: ServiceId,
    suits: fn(Option<&str>) -> bool,
) -> Option<&ServicePrice> {
    let rows = &catalog.service(service)?.prices;
    rows.iter()
        .filter(|row| row.edition == edition && row.cycle != BillingCycle::FixedDays)
        .filter(|row| suits(row.tier.as_deref()))
        .min_by_key(|row| row.price)
}

/// The price rows of a service that the present edition may buy and does not hold.
fn rows<'a>(plan: &'a Plan<'_>, service: &'a Service) -> impl Iterator<Item = &'a ServicePrice> {
    let held = plan.entitlements.service(service.id);
    service
        .prices
        .iter()
        .filter(|row| row.edition == plan.edition.id)
        // Whoever holds one tier is offered the others, but no free period to try the service.
        .filter(move |row| {
            held.is_none_or(|held| {
                held.tier.as_deref() != row.tier.as_deref() && row.cycle != BillingCycle::FixedDays
            })
        })
}

/// To how much a service raises a limit.
enum Raise {
    To(Max),
    /// The price list says that it does, and not to how much.
    Unstated,
}

impl Raise {
    const fn stated(self) -> Option<Max> {
        match self {
            Self::To(max) => Some(max),
            Self::Unstated => None,
        }
    }
}

/// To how much buying this row raises the needed limit; `None` when it does not.
fn raises(service: &Service, row: &ServicePrice, need: &Need) -> Option<Raise> {
    service.effects.iter().find_map(|effect| match effect {
        Effect::RaisesLimit { edition, tier, limit, to, .. }
            if *edition == row.edition && *tier == row.tier && *limit == need.limit =>
        {
            Some(to.map_or(Raise::Unstated, Raise::To))
        }
        Effect::MeteredAllowance { limit, included, .. } if *limit == need.limit => {
            Some(Raise::To(Max::Of(*included)))
        }
        _ => None,
    })
}

fn overage(plan: &Plan<'_>, service: &Service, need: &Need) -> Option<Remedy> {
    service.effects.iter().find_map(|effect| match effect {
        Effect::MeteredAllowance { limit, overage, .. } if *limit == need.limit => Some(Remedy::PayOverage {
            limit: need.limit,
            price: plan.catalog.currency.map(|currency| Money::new(overage.price, currency)),
            per: overage.per,
        }),
        _ => None,
    })
}

fn buy(
    plan: &Plan<'_>,
    service: &Service,
    row: &ServicePrice,
    limit: Option<LimitId>,
    raises_to: Option<Max>,
) -> Remedy {
    Remedy::BuyService {
        service: service.id,
        tier: row.tier.as_deref().map(str::to_owned),
        price_per_month: money(plan.catalog, row),
        for_days: row.days.filter(|_| row.cycle == BillingCycle::FixedDays),
        limit,
        raises_to,
        not_before: plan.services_from(),
    }
}

/// The price of a row; `None` where the list gives none.
pub(super) fn money(catalog: &Catalog, row: &ServicePrice) -> Option<Money> {
    Some(Money::new(row.price?, catalog.currency?))
}
