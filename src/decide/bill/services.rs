//! The fees of services and plugins.

use rust_decimal::Decimal;

use crate::model::catalog::{ActivationCharge, BillingCycle, Effect, PeriodRule, Service, ServicePrice};
use crate::model::{BillingDay, ServiceId, Timestamp};

use super::assumption::AssumptionId;
use super::error::BillError;
use super::line::{Due, Share};
use super::request::ServicePurchase;
use super::share::{Paid, check_length, days_from, paid_month};
use super::sheet::{Position, Sheet};

pub(super) fn charge(sheet: &mut Sheet<'_>) -> Result<(), BillError> {
    for (index, purchase) in sheet.request.value_added.iter().enumerate() {
        let (service, price) = check(sheet, index, purchase)?;
        fee(sheet, index, purchase, service, price)?;
    }
    Ok(())
}

fn field(index: usize, name: &str) -> String {
    format!("value_added[{index}].{name}")
}

/// That the edition can have the service, in that tier and number, and has what it needs.
fn check<'a>(
    sheet: &Sheet<'a>,
    index: usize,
    purchase: &ServicePurchase,
) -> Result<(&'a Service, &'a ServicePrice), BillError> {
    let (catalog, edition, id) = (sheet.catalog, sheet.edition.id, purchase.id);
    let service = catalog.service(id).ok_or_else(|| BillError::ServiceNotInCatalog {
        field: field(index, "id"),
        service: id,
        catalog: catalog.id,
        allowed: catalog.services.iter().map(|service| service.id).collect(),
    })?;
    if !service.available_on(edition) {
        let sold = catalog.editions.iter().map(|edition| edition.id);
        return Err(BillError::ServiceNotOnEdition {
            field: field(index, "id"),
            service: id,
            edition,
            allowed: sold.filter(|&edition| service.available_on(edition)).collect(),
        });
    }
    let price = service.price(edition, purchase.tier.as_deref()).ok_or_else(|| {
        let here = service.prices.iter().filter(|row| row.edition == edition);
        BillError::NoSuchTier {
            field: field(index, "tier"),
            service: id,
            edition,
            tier: purchase.tier.clone(),
            allowed: here.filter_map(|row| row.tier.clone()).collect(),
        }
    })?;
    if purchase.quantity == 0 {
        let expected = "a whole number from 1 on; leave the service out if the app does not hold it";
        return Err(BillError::BadValue { field: field(index, "quantity"), value: "0".to_owned(), expected });
    }
    if purchase.quantity > 1 && !price.per_unit {
        let (field, quantity) = (field(index, "quantity"), purchase.quantity);
        return Err(BillError::OncePerApp { field, service: id, quantity, units: units(service) });
    }
    // Another tier is another purchase: the free week of calls and then a paid tier, or one tier and then a larger.
    let same = |other: &&ServicePurchase| other.id == id && other.tier == purchase.tier;
    if sheet.request.value_added[..index].iter().any(|other| same(&other)) {
        return Err(BillError::Duplicate { field: field(index, "id"), service: id });
    }
    let needs = catalog.services.iter().find(|other| units(other) == Some(id)).map(|other| other.id);
    if let Some(needs) = needs
        && !sheet.request.value_added.iter().any(|other| other.id == needs)
    {
        return Err(BillError::NeedsService { field: field(index, "id"), service: id, needs });
    }
    Ok((service, price))
}

/// The service whose units this one includes, where it does: Desk includes agents.
fn units(service: &Service) -> Option<ServiceId> {
    service.effects.iter().find_map(|effect| match effect {
        Effect::IncludesUnits { service, .. } => Some(*service),
        _ => None,
    })
}

fn fee(
    sheet: &mut Sheet<'_>,
    index: usize,
    purchase: &ServicePurchase,
    service: &Service,
    price: &ServicePrice,
) -> Result<(), BillError> {
    let item = match &purchase.tier {
        Some(tier) => format!("service:{}:{tier}", service.id),
        None => format!("service:{}", service.id),
    };
    let Occurs::Fee(share, reading) = occurs(sheet, index, purchase, service, price)? else { return Ok(()) };
    let unit_price =
        if waived(sheet, &item, purchase.starts_at, service) { Some(Decimal::ZERO) } else { price.price };
    sheet.add(Position {
        item,
        quantity: Decimal::from(purchase.quantity),
        unit_price,
        share,
        due: match price.cycle {
            BillingCycle::CalendarMonth => Due::NextMonth,
            BillingCycle::Day => Due::Daily,
            _ => Due::InAdvance,
        },
        source: price.source,
        reading,
    })
}

/// Whether the month has a fee of the service.
enum Occurs {
    /// It was charged in an earlier month.
    NoFee,
    /// It is charged, for the whole month or a part of it; true where charging it so is a reading.
    Fee(Option<Share>, bool),
}

fn occurs(
    sheet: &mut Sheet<'_>,
    index: usize,
    purchase: &ServicePurchase,
    service: &Service,
    price: &ServicePrice,
) -> Result<Occurs, BillError> {
    let request = sheet.request;
    let (month, zone) = (request.month, &request.zone);
    let at = field(index, "starts_at");
    let bounded = |months| match purchase.starts_at {
        Some(starts_at) => {
            paid_month(&at, rule(sheet, price.cycle), starts_at, months, month, zone).map(Some)
        }
        None => Ok(None),
    };
    match price.cycle {
        BillingCycle::CalendarMonth | BillingCycle::Day => {
            let plan = request.plan.map(|plan| plan.starts_at);
            let Some(starts_at) = purchase.starts_at.or(plan) else { return Ok(Occurs::Fee(None, false)) };
            let share = days_from(&at, starts_at, month, zone)?;
            // Only the month of activation has a part that could be left out.
            let Some(rule) = service.activation_month.as_ref().filter(|_| share.is_some()) else {
                return Ok(Occurs::Fee(None, false));
            };
            if rule.value == ActivationCharge::WholeMonth {
                return Ok(Occurs::Fee(None, rule.reading));
            }
            sheet.assume(AssumptionId::DayOfChangeCounts, format!("value_added[{index}]"));
            Ok(Occurs::Fee(share, rule.reading))
        }
        BillingCycle::PrepaidMonth | BillingCycle::PluginMonth => {
            check_length(&field(index, "months"), purchase.months, sheet.catalog)?;
            let paid = bounded(purchase.months)?;
            if matches!(paid, Some(Paid::Covered)) {
                sheet.assume(AssumptionId::PaidInEarlierMonth, format!("value_added[{index}]"));
                return Ok(Occurs::NoFee);
            }
            if paid.is_none() {
                sheet.assume(AssumptionId::InForceAllMonth, format!("value_added[{index}]"));
            }
            Ok(Occurs::Fee(None, false))
        }
        // A pack bought in an earlier month may still be held: it was billed then.
        BillingCycle::Once => {
            let bought = purchase.starts_at.map(|starts_at| zone.month(starts_at));
            if bought.is_some_and(|bought| bought > month) {
                days_from(&at, purchase.starts_at.unwrap_or_default(), month, zone)?;
            }
            Ok(if bought.is_none_or(|bought| bought == month) {
                Occurs::Fee(None, false)
            } else {
                Occurs::NoFee
            })
        }
        BillingCycle::FixedDays => {
            fixed_days(sheet, &at, purchase.starts_at, price.days).map(|()| Occurs::Fee(None, false))
        }
    }
}

/// A period of so many days, the day of purchase included: in force on some day of the month, or not.
fn fixed_days(
    sheet: &Sheet<'_>,
    at: &str,
    starts_at: Option<Timestamp>,
    days: Option<u32>,
) -> Result<(), BillError> {
    let (month, zone) = (sheet.request.month, &sheet.request.zone);
    let (Some(starts_at), Some(days)) = (starts_at, days) else { return Ok(()) };
    days_from(at, starts_at, month, zone)?;
    let after = zone.day(starts_at).number().saturating_add(i32::try_from(days).unwrap_or(i32::MAX));
    if after > BillingDay::of(sheet.first_day()).number() {
        return Ok(());
    }
    Err(BillError::NotInForce {
        field: at.to_owned(),
        from: zone.day(starts_at).to_string(),
        until: Some(BillingDay::from_number(after).to_string()),
        month,
    })
}

fn rule(sheet: &Sheet<'_>, cycle: BillingCycle) -> PeriodRule {
    let policies = &sheet.catalog.policies;
    match (&policies.plugin_period, cycle) {
        (Some(plugin), BillingCycle::PluginMonth) => plugin.value,
        _ => policies.plan_period.value,
    }
}

/// Whether a limited offer waives the price on the day of purchase, or on the first of the month.
fn waived(sheet: &mut Sheet<'_>, item: &str, starts_at: Option<Timestamp>, service: &Service) -> bool {
    let Some(offer) = service.notes.iter().find(|note| note.waives_price) else { return false };
    let bought = starts_at.map_or(sheet.first_day(), |starts_at| sheet.request.zone.date(starts_at));
    let stands = offer.until.is_none_or(|until| bought <= until);
    sheet.assume(if stands { AssumptionId::OfferStands } else { AssumptionId::OfferEnded }, item);
    stands
}
