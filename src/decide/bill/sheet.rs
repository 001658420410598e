//! The bill while it is being written.

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::model::catalog::{Catalog, Edition, Source, SourceId};
use crate::model::{BillingDay, BillingMonth, LimitId, Max, Timestamp};

use super::assumption::{Assumption, AssumptionId};
use super::error::BillError;
use super::line::{Bill, BillLine, Deduction, Due, IncludedUsage, Share};
use super::request::BillRequest;
use super::share::Days;

pub(super) struct Sheet<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) edition: &'a Edition,
    pub(super) request: &'a BillRequest,
    lines: Vec<BillLine>,
    assumptions: Vec<Assumption>,
}

/// A position before its amount is computed.
pub(super) struct Position {
    pub(super) item: String,
    pub(super) quantity: Decimal,
    pub(super) per: u64,
    pub(super) unit_price: Option<Decimal>,
    pub(super) share: Option<Share>,
    pub(super) due: Due,
    pub(super) source: SourceId,
    pub(super) reading: bool,
}

impl<'a> Sheet<'a> {
    /// Checks that edition, currency and usage suit price list and month.
    pub(super) fn open(request: &'a BillRequest) -> Result<Self, BillError> {
        let catalog = &*request.catalog;
        check_month(request.month)?;
        let edition = edition_of(catalog, "edition", request.edition)?;
        if let Some(wanted) = request.currency
            && catalog.currency != Some(wanted)
        {
            return Err(BillError::CurrencyNotOffered {
                currency: wanted.to_string(),
                catalog: catalog.id,
                allowed: catalog.currency.map(|currency| currency.to_string()),
            });
        }
        let (days, allowed) = (request.usage.push_calls_by_day.len(), request.month.days());
        if days > allowed as usize {
            let field = "usage.push_calls_by_day";
            return Err(BillError::TooManyDays { field, days, month: request.month, allowed });
        }
        Ok(Self { catalog, edition, request, lines: Vec::new(), assumptions: Vec::new() })
    }

    pub(super) fn first_day(&self) -> Date {
        self.request.month.first_date()
    }

    /// What the plan covers of a limit: the endpoint's word before the table's.
    pub(super) fn quota(&self, limit: LimitId, stated: Option<Max>) -> Option<Max> {
        self.request.limits.get(&limit).copied().or(stated)
    }

    /// The days of the month from the day of `at` on.
    pub(super) fn days_from(&self, at: Timestamp) -> Days {
        Days::of(self.request.month).starting(at, self.request.month, &self.request.zone)
    }

    /// The days of the month before the day of `at`.
    pub(super) fn days_until(&self, at: Timestamp) -> Days {
        Days::of(self.request.month).ending(at, self.request.month, &self.request.zone)
    }

    /// Of `days`, those before the app was suspended, where the price list charges what is billed afterwards by
    /// them.
    pub(super) fn before_suspension(&mut self, days: Days) -> Days {
        let Some(served) = self.request.suspended_at.map(|at| days.within(self.days_until(at))) else {
            return days;
        };
        if served == days {
            return days;
        }
        let stated = self.catalog.policies.suspended_month_in_proportion.as_ref();
        if stated.is_some_and(|stated| stated.value) {
            self.assume(AssumptionId::SuspendedShare, "suspended_at");
            return served;
        }
        self.assume(AssumptionId::SuspensionNotStated, "suspended_at");
        days
    }

    /// The editions of the month, each with its days: two in the month of a modification that is charged by day.
    pub(super) fn editions(&self) -> Vec<(&'a Edition, Days)> {
        let whole = Days::of(self.request.month);
        let change =
            self.request.plan.and_then(|plan| Some((plan.starts_at, self.catalog.edition(plan.from?)?)));
        let Some((at, before)) = change else { return vec![(self.edition, whole)] };
        let both = [(before, self.days_until(at)), (self.edition, self.days_from(at))];
        both.into_iter().filter(|(_, days)| !days.is_empty()).collect()
    }

    pub(super) fn assume(&mut self, id: AssumptionId, about: impl Into<String>) {
        let assumption = Assumption::new(id, about);
        if !self.assumptions.contains(&assumption) {
            self.assumptions.push(assumption);
        }
    }

    /// Adds a line; its amount is rounded to cents, half up, only where a share makes it a fraction.
    pub(super) fn add(&mut self, position: Position) -> Result<(), BillError> {
        let Position { item, quantity, per, unit_price, share, due, source, reading } = position;
        let amount = match unit_price {
            None => None,
            Some(price) => {
                let amount = amount(quantity, price, share);
                Some(amount.ok_or_else(|| BillError::TooLarge { field: item.clone() })?)
            }
        };
        if amount.is_none() {
            self.assume(AssumptionId::NoPrice, item.clone());
        }
        let source = self.source(source)?;
        let reading = reading || share.is_some();
        let currency = self.catalog.currency;
        self.lines.push(BillLine {
            item,
            quantity,
            per,
            unit_price,
            share,
            amount,
            currency,
            due,
            source,
            reading,
        });
        Ok(())
    }

    fn source(&self, id: SourceId) -> Result<Source, BillError> {
        let missing = || BillError::Catalog { reason: "a figure without a source".to_owned() };
        self.catalog.source(id).cloned().ok_or_else(missing)
    }

    pub(super) fn close(self, included: Vec<IncludedUsage>) -> Result<Bill, BillError> {
        let window = self.catalog.policies.deduction.value;
        let next = BillingDay::of(self.request.month.next().first_date()).number();
        let day = |n: u8| BillingDay::from_number(next + i32::from(n.saturating_sub(1))).date();
        let total = sum(self.lines.iter())?;
        let deducted = sum(self.lines.iter().filter(|line| line.due == Due::NextMonth))?;
        Ok(Bill {
            catalog: self.catalog.id,
            edition: self.edition.id,
            month: self.request.month,
            currency: self.catalog.currency,
            total,
            deduction: Deduction {
                first: day(window.first_day),
                last: day(window.last_day),
                amount: deducted,
                currency: self.catalog.currency,
            },
            lines: self.lines,
            included,
            assumptions: self.assumptions,
        })
    }
}

/// That the calendar has the month and the one after it, in which it is deducted.
fn check_month(month: BillingMonth) -> Result<(), BillError> {
    let on_calendar = |month: BillingMonth| BillingMonth::of(month.first_date()) == month;
    if on_calendar(month) && on_calendar(month.next()) {
        return Ok(());
    }
    let (field, expected) = ("month".to_owned(), "a month from 1970-01 to 9999-11");
    Err(BillError::BadValue { field, value: month.to_string(), expected })
}

pub(super) fn edition_of<'a>(
    catalog: &'a Catalog,
    field: &'static str,
    edition: crate::model::EditionId,
) -> Result<&'a Edition, BillError> {
    catalog.edition(edition).ok_or_else(|| BillError::EditionNotInCatalog {
        field,
        edition,
        catalog: catalog.id,
        allowed: catalog.editions.iter().map(|edition| edition.id).collect(),
    })
}

fn amount(quantity: Decimal, price: Decimal, share: Option<Share>) -> Option<Decimal> {
    let whole = quantity.checked_mul(price)?;
    let Some(Share { days, of }) = share else { return Some(whole) };
    let part = whole.checked_mul(Decimal::from(days))?.checked_div(Decimal::from(of))?;
    Some(part.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
}

/// The sum, or `None` as soon as one amount is missing.
fn sum<'a>(lines: impl Iterator<Item = &'a BillLine>) -> Result<Option<Decimal>, BillError> {
    let mut total = Decimal::ZERO;
    for line in lines {
        let Some(amount) = line.amount else { return Ok(None) };
        total = total.checked_add(amount).ok_or_else(|| BillError::TooLarge { field: "total".to_owned() })?;
    }
    Ok(Some(total))
}
