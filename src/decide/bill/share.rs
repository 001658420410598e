//! Which paid months and which days of a calendar month a purchase covers.

use crate::model::catalog::{Catalog, PeriodRule};
use crate::model::{BillingMonth, BillingZone, PlanPeriods, Timestamp};

use super::error::BillError;
use super::line::Share;

/// What one calendar month has of the paid months that a purchase started.
pub(super) enum Paid {
    /// One of them starts in it.
    Starts,
    /// The last of them reaches into it.
    Covered,
}

/// Whether a paid month of a prepaid purchase starts in `month`.
pub(super) fn paid_month(
    field: &str,
    rule: PeriodRule,
    starts_at: Timestamp,
    months: Option<u32>,
    month: BillingMonth,
    zone: &BillingZone,
) -> Result<Paid, BillError> {
    let periods = PlanPeriods::new(rule, starts_at, zone.clone());
    // A period starts once in every calendar month from that of the purchase on: day T, or the month's last day.
    let index = u32::try_from(month.number() - zone.month(starts_at).number());
    match (index, months) {
        (Ok(_), None) => Ok(Paid::Starts),
        (Ok(index), Some(months)) if index < months => Ok(Paid::Starts),
        (Ok(_), Some(months)) if periods.span(months).end > zone.start_of(month.first_date()) => {
            Ok(Paid::Covered)
        }
        (_, months) => Err(BillError::NotInForce {
            field: field.to_owned(),
            from: zone.day(starts_at).to_string(),
            until: months.map(|months| periods.span(months).end.to_string()),
            month,
        }),
    }
}

/// Checks the months of one purchase against what the price list sells at once.
pub(super) fn check_length(field: &str, months: Option<u32>, catalog: &Catalog) -> Result<(), BillError> {
    let Some(months) = months else { return Ok(()) };
    let stated = catalog.policies.purchase_length.as_ref().map(|stated| stated.value);
    let (min, max) = stated.map_or((1, u32::MAX), |length| (length.min_months, length.max_months));
    if (min..=max).contains(&months) {
        return Ok(());
    }
    Err(BillError::PurchaseLength { field: field.to_owned(), months, min, max })
}

/// The days of `month` from the day of `starts_at` on, that day included; `None` for the whole month.
pub(super) fn days_from(
    field: &str,
    starts_at: Timestamp,
    month: BillingMonth,
    zone: &BillingZone,
) -> Result<Option<Share>, BillError> {
    let started = zone.month(starts_at);
    if started > month {
        let from = zone.day(starts_at).to_string();
        return Err(BillError::NotInForce { field: field.to_owned(), from, until: None, month });
    }
    let before = if started == month { zone.date(starts_at).day() - 1 } else { 0 };
    let before = u32::try_from(before).unwrap_or(0);
    let of = month.days();
    Ok((before > 0).then_some(Share { days: of - before, of }))
}

/// The days of `month` before the day of suspension; `None` when it was not suspended in or before it.
pub(super) fn days_until(suspended_at: Timestamp, month: BillingMonth, zone: &BillingZone) -> Option<Share> {
    let of = month.days();
    match zone.month(suspended_at).cmp(&month) {
        std::cmp::Ordering::Greater => None,
        std::cmp::Ordering::Less => Some(Share { days: 0, of }),
        std::cmp::Ordering::Equal => {
            let days = u32::try_from(zone.date(suspended_at).day() - 1).unwrap_or(0);
            Some(Share { days, of })
        }
    }
}
