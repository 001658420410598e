//! The plan fee.

use rust_decimal::Decimal;

use crate::model::EditionId;
use crate::model::catalog::{ChangeCharge, Edition, Payment, Validity};

use super::assumption::AssumptionId;
use super::error::BillError;
use super::line::{Due, Share};
use super::request::PlanPurchase;
use super::share::{Days, Paid, Prepaid, check_length, check_start, undated};
use super::sheet::{Position, Sheet, edition_of};

const FIELD: &str = "plan";

pub(super) fn charge(sheet: &mut Sheet<'_>) -> Result<(), BillError> {
    let prepaid = sheet.catalog.policies.plan_payment.value == Payment::Prepaid;
    match sheet.request.plan {
        None if prepaid => undated_ahead(sheet),
        None => {
            sheet.assume(AssumptionId::InForceAllMonth, FIELD);
            let days = sheet.before_suspension(Days::of(sheet.request.month));
            fee(sheet, sheet.edition, days.share(), false)
        }
        Some(plan) if prepaid => paid_ahead(sheet, plan),
        Some(plan) => billed_afterwards(sheet, plan),
    }
}

/// Without a day of purchase one prepaid month starts in the calendar month.
fn undated_ahead(sheet: &mut Sheet<'_>) -> Result<(), BillError> {
    let suspended_at = sheet.request.suspended_at.filter(|_| sheet.edition.paid);
    let paid = undated(None, sheet.request.month, &sheet.request.zone, suspended_at);
    if paid == Paid::NotRenewed {
        sheet.assume(AssumptionId::NotRenewedSuspended, FIELD);
        return Ok(());
    }
    sheet.assume(AssumptionId::InForceAllMonth, FIELD);
    fee(sheet, sheet.edition, None, true)
}

/// One fee for each paid month that starts in the calendar month.
fn paid_ahead(sheet: &mut Sheet<'_>, plan: PlanPurchase) -> Result<(), BillError> {
    let (catalog, request) = (sheet.catalog, sheet.request);
    if let Some(from) = plan.from {
        edition_of(catalog, "plan.from", from)?;
        return Err(BillError::ChangeNotPriced { catalog: catalog.id, from, to: sheet.edition.id });
    }
    if sheet.edition.paid {
        check_length("plan.months", plan.months, catalog)?;
    }
    // Trials may be extended, which is no purchase: only their start bounds them.
    let bought = sheet.edition.validity == Some(Validity::PrepaidMonth);
    let prepaid = Prepaid {
        field: FIELD,
        rule: catalog.policies.plan_period.value,
        starts_at: plan.starts_at,
        months: plan.months.filter(|_| bought),
        ends_at: plan.ends_at.filter(|_| bought),
    };
    let suspended_at = request.suspended_at.filter(|_| bought);
    match prepaid.in_month(request.month, &request.zone, suspended_at)? {
        Paid::Starts(months) => {
            sheet.assume(AssumptionId::PrepaidFeeInMonthOfStart, FIELD);
            if months > 1 {
                sheet.assume(AssumptionId::TwoPaidMonthsStart, FIELD);
            }
            fees(sheet, sheet.edition, months, None, true)
        }
        Paid::Covered => {
            sheet.assume(AssumptionId::PaidInEarlierMonth, FIELD);
            Ok(())
        }
        Paid::Ended => {
            sheet.assume(AssumptionId::PlanEnded, FIELD);
            Ok(())
        }
        Paid::NotRenewed => {
            sheet.assume(AssumptionId::NotRenewedSuspended, FIELD);
            Ok(())
        }
    }
}

/// The calendar month, by day when the plan was taken up, changed or ended in it.
fn billed_afterwards(sheet: &mut Sheet<'_>, plan: PlanPurchase) -> Result<(), BillError> {
    let request = sheet.request;
    check_start(FIELD, plan.starts_at, request.month, &request.zone)?;
    if plan.months.is_some() {
        sheet.assume(AssumptionId::MonthsNotUsed, "plan.months");
    }
    let by_day = charged_by_day(sheet, plan.from);
    if let Some(from) = plan.from {
        edition_of(sheet.catalog, "plan.from", from)?;
        if !by_day {
            return Err(BillError::ChangeNotPriced { catalog: sheet.catalog.id, from, to: sheet.edition.id });
        }
    }
    let mut held = Days::of(request.month);
    if by_day && plan.from.is_none() {
        held = sheet.days_from(plan.starts_at);
    }
    if by_day && sheet.days_from(plan.starts_at).share().is_some() {
        sheet.assume(AssumptionId::DayOfChangeCounts, FIELD);
    }
    if let Some(end) = plan.ends_at {
        let until = sheet.days_until(end);
        if until.is_empty() {
            sheet.assume(AssumptionId::PlanEnded, FIELD);
            return Ok(());
        }
        if until.share().is_some() {
            sheet.assume(AssumptionId::ChargedUntilEnd, FIELD);
        }
        held = held.within(until);
    }
    for (edition, days) in sheet.editions() {
        let days = days.within(held);
        if !days.is_empty() {
            let days = sheet.before_suspension(days);
            fee(sheet, edition, days.share(), false)?;
        }
    }
    Ok(())
}

/// Whether the price list charges the month of this move, or of any move to the edition, by day.
fn charged_by_day(sheet: &Sheet<'_>, from: Option<EditionId>) -> bool {
    sheet.catalog.policies.moves.iter().any(|rule| {
        rule.to == sheet.edition.id
            && from.is_none_or(|from| rule.from == from)
            && rule.charge == ChangeCharge::ByDay
    })
}

fn fee(
    sheet: &mut Sheet<'_>,
    edition: &Edition,
    share: Option<Share>,
    prepaid: bool,
) -> Result<(), BillError> {
    fees(sheet, edition, 1, share, prepaid)
}

fn fees(
    sheet: &mut Sheet<'_>,
    edition: &Edition,
    months: u32,
    share: Option<Share>,
    prepaid: bool,
) -> Result<(), BillError> {
    sheet.add(Position {
        item: format!("plan:{}", edition.id),
        quantity: Decimal::from(months),
        per: 1,
        unit_price: edition.price_per_month,
        share,
        due: if prepaid { Due::InAdvance } else { Due::NextMonth },
        source: edition.price_source,
        reading: false,
    })
}
