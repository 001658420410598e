//! What a month costs: plan fee, services and usage beyond them, line by line with its source.
//!
//! Every figure is read from the price list. Where the documents leave something open, the line is marked as a
//! reading or the bill names the assumption; nothing is silently taken for granted.

mod assumption;
mod error;
mod input;
mod line;
mod metered;
mod plan;
mod request;
mod services;
mod share;
mod sheet;

pub use assumption::{Assumption, AssumptionId};
pub use error::BillError;
pub use line::{Bill, BillLine, Deduction, Due, Share};
pub use request::{BillRequest, MonthUsage, PlanPurchase, ServicePurchase};

use crate::model::catalog::Catalog;
use sheet::Sheet;

/// The bill of one month by the built-in price list.
///
/// ```
/// use planguard::EditionId;
/// use planguard::decide::bill::{BillRequest, bill};
/// let mut august = BillRequest::new(EditionId::Standard, "2024-08".parse()?);
/// august.usage.mau = Some(10_100);
/// // 399 for the plan and 100 users beyond the 10,000 at 0.015.
/// assert_eq!(bill(&august)?.total().map(|total| total.to_string()), Some("400.5 USD".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn bill(request: &BillRequest) -> Result<Bill, BillError> {
    bill_by(request.catalog.catalog(), request)
}

/// As [`bill`], by the price list given.
pub fn bill_by(catalog: &Catalog, request: &BillRequest) -> Result<Bill, BillError> {
    let mut sheet = Sheet::open(catalog, request)?;
    plan::charge(&mut sheet)?;
    services::charge(&mut sheet)?;
    metered::charge(&mut sheet)?;
    sheet.close()
}
