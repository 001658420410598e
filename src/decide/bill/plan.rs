//! The plan fee.

use rust_decimal::Decimal;

use crate::model::EditionId;
use crate::model::catalog::{ChangeCharge, Edition, Payment, Validity};

use super::assumption::AssumptionId;
use super::error::BillError;
use super::line::{Due, Share};
use super::request::PlanPurchase;
use super::share::{Paid, check_length, days_from, paid_month};
use super::sheet::{Position, Sheet, edition_of};

const FIELD: &str = "plan";

pub(super) fn charge(sheet: &mut Sheet<'_>) -> Result<(), BillError> {
    let prepaid = sheet.catalog.policies.plan_payment.value == Payment::Prepaid;
    match sheet.request.plan {
        None => {
            sheet.assume(AssumptionId::InForceAllMonth, FIELD);
            fee(sheet, sheet.edition, None, prepaid)
        }
        Some(plan) if prepaid => paid_ahead(sheet, plan),
        Some(plan) => billed_afterwards(sheet, plan),
    }
}

/// One fee for the paid month that starts in the calendar month.
fn paid_ahead(sheet: &mut Sheet<'_>, plan: PlanPurchase) -> Result<(), BillError> {
    let (catalog, month, zone) = (sheet.catalog, sheet.request.month, &sheet.request.zone);
    if let Some(from) = plan.from {
        edition_of(catalog, "plan.from", from)?;
        return Err(BillError::ChangeNotPriced { catalog: catalog.id, from, to: sheet.edition.id });
    }
    if sheet.edition.paid {
        check_length("plan.months", plan.months, catalog)?;
    }
    // Trials may be extended, which is no purchase: only their start bounds them.
    let months = if sheet.edition.validity == Some(Validity::PrepaidMonth) { plan.months } else { None };
    match paid_month(FIELD, catalog.policies.plan_period.value, plan.starts_at, months, month, zone)? {
        Paid::Starts => {
            sheet.assume(AssumptionId::PrepaidFeeInMonthOfStart, FIELD);
            fee(sheet, sheet.edition, None, true)
        }
        Paid::Covered => {
            sheet.assume(AssumptionId::PaidInEarlierMonth, FIELD);
            Ok(())
        }
    }
}

/// The calendar month, by day when the plan was taken up or changed in it.
fn billed_afterwards(sheet: &mut Sheet<'_>, plan: PlanPurchase) -> Result<(), BillError> {
    let (month, zone) = (sheet.request.month, &sheet.request.zone);
    let share = days_from(FIELD, plan.starts_at, month, zone)?;
    if plan.months.is_some() {
        sheet.assume(AssumptionId::MonthsNotUsed, "plan.months");
    }
    let Some(from) = plan.from else {
        let share = share.filter(|_| charged_by_day(sheet, None));
        if share.is_some() {
            sheet.assume(AssumptionId::DayOfChangeCounts, FIELD);
        }
        return fee(sheet, sheet.edition, share, false);
    };
    let before = edition_of(sheet.catalog, "plan.from", from)?;
    if !charged_by_day(sheet, Some(from)) {
        return Err(BillError::ChangeNotPriced { catalog: sheet.catalog.id, from, to: sheet.edition.id });
    }
    if let Some(Share { days, of }) = share {
        sheet.assume(AssumptionId::DayOfChangeCounts, FIELD);
        fee(sheet, before, Some(Share { days: of - days, of }), false)?;
    }
    fee(sheet, sheet.edition, share, false)
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
    sheet.add(Position {
        item: format!("plan:{}", edition.id),
        quantity: Decimal::ONE,
        unit_price: edition.price_per_month,
        share,
        due: if prepaid { Due::InAdvance } else { Due::NextMonth },
        source: edition.price_source,
        reading: false,
    })
}
