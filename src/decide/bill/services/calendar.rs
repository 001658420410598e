//! Services billed by the calendar month: by day where they began, changed or ended in it.

use crate::decide::bill::assumption::AssumptionId;
use crate::decide::bill::error::BillError;
use crate::decide::bill::share::Days;
use crate::decide::bill::sheet::Sheet;
use crate::model::catalog::{ActivationCharge, Edition, ServicePrice};

use super::{Held, ended_before, line};

/// One line, or two where a modification of the plan changed the price.
pub(super) fn charge(sheet: &mut Sheet<'_>, held: &Held<'_>) -> Result<(), BillError> {
    let about = format!("value_added[{}]", held.index);
    let mut days = Days::of(sheet.request.month);
    if let Some(end) = held.purchase.ends_at {
        let until = sheet.days_until(end);
        if until.is_empty() {
            return Err(ended_before(sheet, held));
        }
        if until.share().is_some() {
            sheet.assume(AssumptionId::ChargedUntilEnd, about.clone());
        }
        days = days.within(until);
    }
    if held.ended_with_change {
        sheet.assume(AssumptionId::EndedWithChange, about.clone());
    }
    let activated = activation(sheet, held);
    let rule = held.service.activation_month.as_ref();
    let whole = rule.is_some_and(|rule| rule.value == ActivationCharge::WholeMonth);
    let mut editions = sheet.editions();
    if let Some(from) = activated {
        if whole {
            // The month of activation is charged whole, by the edition on which it was activated.
            editions.retain(|(_, on)| !on.within(from).is_empty());
            editions.truncate(1);
            for (_, on) in &mut editions {
                *on = Days::of(sheet.request.month);
            }
        } else if rule.is_some() {
            days = days.within(from);
            sheet.assume(AssumptionId::DayOfChangeCounts, about);
        }
    }
    let reading = rule.is_some_and(|rule| rule.reading) && activated.is_some();
    for (price, on) in rows(held, &editions, days) {
        let on = sheet.before_suspension(on);
        line(sheet, held, price, 1, on.share(), reading)?;
    }
    Ok(())
}

/// The days from its activation on, where it was activated in the month: with the plan, unless it says when.
fn activation(sheet: &Sheet<'_>, held: &Held<'_>) -> Option<Days> {
    let with_plan = sheet.request.plan.map(|plan| plan.starts_at).filter(|_| !held.ended_with_change);
    let from = sheet.days_from(held.purchase.starts_at.or(with_plan)?);
    from.share().map(|_| from)
}

/// The prices that apply and the days of each; days at one price are one row.
fn rows<'a>(held: &Held<'a>, editions: &[(&Edition, Days)], days: Days) -> Vec<(&'a ServicePrice, Days)> {
    let mut rows: Vec<(&ServicePrice, Days)> = Vec::new();
    for (edition, on) in editions {
        let on = on.within(days);
        let price = held.service.price(edition.id, held.purchase.tier.as_deref());
        let Some(price) = price.filter(|_| !on.is_empty()) else { continue };
        let joined = rows.last().and_then(|(before, until)| {
            (before.price == price.price && before.source == price.source).then(|| until.joined(on))?
        });
        match (joined, rows.last_mut()) {
            (Some(both), Some(last)) => last.1 = both,
            _ => rows.push((price, on)),
        }
    }
    rows
}
