//! The fees of services and plugins.

mod calendar;

use rust_decimal::Decimal;

use crate::model::catalog::{BillingCycle, Effect, PeriodRule, Service, ServicePrice};
use crate::model::echo::echo;
use crate::model::{BillingDay, ServiceId, Timestamp};

use super::assumption::AssumptionId;
use super::error::BillError;
use super::line::{Due, Share};
use super::request::ServicePurchase;
use super::share::{Paid, Prepaid, check_length, check_start, undated};
use super::sheet::{Position, Sheet};

pub(super) fn charge(sheet: &mut Sheet<'_>) -> Result<(), BillError> {
    for (index, purchase) in sheet.request.value_added.iter().enumerate() {
        let held = check(sheet, index, purchase)?;
        if let Some(starts_at) = purchase.starts_at {
            check_start(&field(index, "starts_at"), starts_at, sheet.request.month, &sheet.request.zone)?;
        }
        match held.price.cycle {
            BillingCycle::CalendarMonth | BillingCycle::Day => calendar::charge(sheet, &held)?,
            _ => ahead(sheet, &held)?,
        }
    }
    Ok(())
}

/// A purchase that the price list knows.
pub(super) struct Held<'a> {
    pub(super) index: usize,
    pub(super) purchase: &'a ServicePurchase,
    pub(super) service: &'a Service,
    /// Its row on the edition at the end of the month, or else on the one before.
    pub(super) price: &'a ServicePrice,
    /// Only the edition before a change in this month can have it.
    pub(super) ended_with_change: bool,
}

fn field(index: usize, name: &str) -> String {
    format!("value_added[{index}].{name}")
}

/// That the edition can have the service, in that tier and number, and has what it needs.
fn check<'a>(sheet: &Sheet<'a>, index: usize, purchase: &'a ServicePurchase) -> Result<Held<'a>, BillError> {
    let (catalog, edition, id) = (sheet.catalog, sheet.edition.id, purchase.id);
    let service = catalog.service(id).ok_or_else(|| BillError::ServiceNotInCatalog {
        field: field(index, "id"),
        service: id,
        catalog: catalog.id,
        allowed: catalog.services.iter().map(|service| service.id).collect(),
    })?;
    let tier = purchase.tier.as_deref();
    let now = service.price(edition, tier);
    let before = now.is_none().then(|| on_edition_before(sheet, purchase, service)).flatten();
    let Some(price) = now.or(before) else { return Err(not_sold(sheet, index, purchase, service)) };
    if purchase.quantity == 0 {
        let expected = "a whole number from 1 on; leave the service out if the app does not hold it";
        return Err(BillError::BadValue { field: field(index, "quantity"), value: "0".to_owned(), expected });
    }
    if purchase.quantity > 1 && !price.per_unit {
        let (field, quantity) = (field(index, "quantity"), purchase.quantity);
        return Err(BillError::OncePerApp { field, service: id, quantity, units: units(service) });
    }
    // Another tier is another purchase: the free week of calls and then a paid tier, or one tier and then a larger.
    // So is the same one, bought again after it had ended.
    let same = |other: &&ServicePurchase| {
        let after = |a: &ServicePurchase, b: &ServicePurchase| {
            a.starts_at.zip(b.ends_at).is_some_and(|(start, end)| end <= start)
        };
        let apart = after(other, purchase) || after(purchase, other);
        other.id == id && other.tier == purchase.tier && !apart
    };
    if sheet.request.value_added[..index].iter().any(|other| same(&other)) {
        return Err(BillError::Duplicate { field: field(index, "id"), service: id });
    }
    let needs = catalog.services.iter().find(|other| units(other) == Some(id)).map(|other| other.id);
    if let Some(needs) = needs
        && !sheet.request.value_added.iter().any(|other| other.id == needs)
    {
        return Err(BillError::NeedsService { field: field(index, "id"), service: id, needs });
    }
    Ok(Held { index, purchase, service, price, ended_with_change: now.is_none() })
}

/// Its row on the edition before a change in this month, for a service held before that.
fn on_edition_before<'a>(
    sheet: &Sheet<'a>,
    purchase: &ServicePurchase,
    service: &'a Service,
) -> Option<&'a ServicePrice> {
    let plan = sheet.request.plan?;
    let [(before, _), _] = sheet.editions()[..] else { return None };
    let held = purchase.starts_at.is_none_or(|at| at < plan.starts_at);
    service.price(before.id, purchase.tier.as_deref()).filter(|_| held)
}

fn not_sold(sheet: &Sheet<'_>, index: usize, purchase: &ServicePurchase, service: &Service) -> BillError {
    let (edition, id) = (sheet.edition.id, purchase.id);
    if !service.available_on(edition) {
        let sold = sheet.catalog.editions.iter().map(|edition| edition.id);
        return BillError::ServiceNotOnEdition {
            field: field(index, "id"),
            service: id,
            edition,
            allowed: sold.filter(|&edition| service.available_on(edition)).collect(),
        };
    }
    let here = service.prices.iter().filter(|row| row.edition == edition);
    BillError::NoSuchTier {
        field: field(index, "tier"),
        service: id,
        edition,
        tier: purchase.tier.as_deref().map(|tier| echo(tier).into()),
        allowed: here.filter_map(|row| row.tier.as_deref().map(str::to_owned)).collect(),
    }
}

/// The service whose units this one includes, where it does: Desk includes agents.
fn units(service: &Service) -> Option<ServiceId> {
    service.effects.iter().find_map(|effect| match effect {
        Effect::IncludesUnits { service, .. } => Some(*service),
        _ => None,
    })
}

/// A fee that is paid ahead, or once.
fn ahead(sheet: &mut Sheet<'_>, held: &Held<'_>) -> Result<(), BillError> {
    let (purchase, about) = (held.purchase, format!("value_added[{}]", held.index));
    let months = match held.price.cycle {
        BillingCycle::Once => once(sheet, purchase, &about),
        BillingCycle::FixedDays => {
            fixed_days(sheet, held)?;
            1
        }
        _ => {
            check_length(&field(held.index, "months"), purchase.months, sheet.catalog)?;
            match paid_months(sheet, held)? {
                Paid::Starts(months) => {
                    if months > 1 {
                        sheet.assume(AssumptionId::TwoPaidMonthsStart, about.clone());
                    }
                    if purchase.starts_at.is_none() {
                        sheet.assume(AssumptionId::InForceAllMonth, about);
                    }
                    months
                }
                Paid::Covered | Paid::Ended => {
                    sheet.assume(AssumptionId::PaidInEarlierMonth, about);
                    0
                }
                Paid::NotRenewed => {
                    sheet.assume(AssumptionId::NotRenewedSuspended, about);
                    0
                }
            }
        }
    };
    if months == 0 { Ok(()) } else { line(sheet, held, held.price, months, None, false) }
}

/// How many paid months of it start in the month; an error when it ended before.
fn paid_months(sheet: &Sheet<'_>, held: &Held<'_>) -> Result<Paid, BillError> {
    let (request, purchase) = (sheet.request, held.purchase);
    let (month, zone, ends_at) = (request.month, &request.zone, purchase.ends_at);
    let at = field(held.index, "starts_at");
    let paid = match purchase.starts_at {
        None => undated(ends_at, month, zone, request.suspended_at),
        Some(starts_at) => {
            let rule = rule(sheet, held.price.cycle);
            let prepaid = Prepaid { field: &at, rule, starts_at, months: purchase.months, ends_at };
            prepaid.in_month(month, zone, request.suspended_at)?
        }
    };
    if paid == Paid::Ended { Err(ended_before(sheet, held)) } else { Ok(paid) }
}

/// That it ended before the month.
pub(super) fn ended_before(sheet: &Sheet<'_>, held: &Held<'_>) -> BillError {
    let day = |at| sheet.request.zone.day(at).to_string();
    BillError::NotInForce {
        field: field(held.index, "ends_at"),
        from: held.purchase.starts_at.map_or_else(|| "an unknown day".to_owned(), day),
        until: held.purchase.ends_at.map(|end| end.to_string()),
        month: sheet.request.month,
    }
}

/// A pack is charged in the month in which it was bought, and may be held on after it.
fn once(sheet: &mut Sheet<'_>, purchase: &ServicePurchase, about: &str) -> u32 {
    let Some(starts_at) = purchase.starts_at else {
        sheet.assume(AssumptionId::BoughtInMonth, about);
        return 1;
    };
    u32::from(sheet.request.zone.month(starts_at) == sheet.request.month)
}

/// Adds the line of a service.
pub(super) fn line(
    sheet: &mut Sheet<'_>,
    held: &Held<'_>,
    price: &ServicePrice,
    months: u32,
    share: Option<Share>,
    reading: bool,
) -> Result<(), BillError> {
    let (purchase, service) = (held.purchase, held.service);
    let item = purchase.item();
    let unit_price =
        if waived(sheet, &item, purchase.starts_at, service) { Some(Decimal::ZERO) } else { price.price };
    let quantity = Decimal::from(purchase.quantity).checked_mul(Decimal::from(months));
    let quantity = quantity.ok_or_else(|| BillError::TooLarge { field: item.clone() })?;
    sheet.add(Position {
        item,
        quantity,
        per: 1,
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

/// A period of so many days, the day of purchase included: in force on some day of the month, or an error.
fn fixed_days(sheet: &Sheet<'_>, held: &Held<'_>) -> Result<(), BillError> {
    let (month, zone) = (sheet.request.month, &sheet.request.zone);
    if held.purchase.ends_at.is_some_and(|end| end <= zone.start_of(sheet.first_day())) {
        return Err(ended_before(sheet, held));
    }
    let (Some(starts_at), Some(days)) = (held.purchase.starts_at, held.price.days) else { return Ok(()) };
    let after = zone.day(starts_at).number().saturating_add(i32::try_from(days).unwrap_or(i32::MAX));
    if after > BillingDay::of(sheet.first_day()).number() {
        return Ok(());
    }
    Err(BillError::NotInForce {
        field: field(held.index, "starts_at"),
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
