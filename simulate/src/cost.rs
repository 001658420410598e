//! The bill of a month, by planguard's own bill.

use planguard::billing::{BillError, BillRequest, bill};
use planguard::time::BillingMonth;
use rust_decimal::Decimal;

use crate::plan::Plan;
use crate::summary::Figures;

/// A month has no bill.
#[derive(Debug, thiserror::Error)]
#[error("the bill of {month}: {why}")]
pub(crate) struct CostError {
    /// The month.
    month: BillingMonth,
    /// What the bill says.
    why: BillError,
}

/// The sums of both sides; `None` as soon as one month has no price.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sums {
    without: Option<Decimal>,
    with: Option<Decimal>,
}

impl Default for Sums {
    fn default() -> Self {
        Self { without: Some(Decimal::ZERO), with: Some(Decimal::ZERO) }
    }
}

impl Sums {
    /// Prices one month and adds it.
    pub(crate) fn price(
        &mut self,
        plan: &Plan,
        month: BillingMonth,
        figures: &mut Figures,
    ) -> Result<(), CostError> {
        let without = total(plan, month, figures.mau_without, figures.peak_dau_without)?;
        let with = total(plan, month, figures.mau_with, figures.peak_dau_with)?;
        figures.cost_without = text(without);
        figures.cost_with = text(with);
        self.without = plus(self.without, without);
        self.with = plus(self.with, with);
        Ok(())
    }

    /// The sums as exact texts, without planguard and with it.
    pub(crate) fn texts(self) -> (Option<String>, Option<String>) {
        (text(self.without), text(self.with))
    }
}

/// The plan fee of one month and its overage.
fn total(plan: &Plan, month: BillingMonth, mau: u64, peak_dau: u64) -> Result<Option<Decimal>, CostError> {
    let mut request = BillRequest::new(plan.list, plan.edition, month);
    request.usage.mau = Some(mau);
    request.usage.peak_dau = Some(peak_dau);
    bill(&request).map(|bill| bill.total().map(|total| total.amount)).map_err(|why| CostError { month, why })
}

fn plus(sum: Option<Decimal>, amount: Option<Decimal>) -> Option<Decimal> {
    sum?.checked_add(amount?)
}

fn text(amount: Option<Decimal>) -> Option<String> {
    amount.map(|amount| amount.normalize().to_string())
}
