//! What a month costs: plan fee, services and usage beyond them, line by line with its source.
//!
//! Every figure is read from the price list. Where the documents leave something open, the line is marked as a
//! reading or the bill names the assumption; nothing is silently taken for granted.

mod assumption;
mod error;
mod included;
mod input;
mod line;
mod metered;
mod plan;
mod request;
mod services;
mod share;
mod sheet;
#[cfg(test)]
pub(crate) mod testing;

pub use assumption::{Assumption, AssumptionId};
pub use error::BillError;
pub use line::{Bill, BillLine, Deduction, Due, IncludedUsage, Share};
pub use request::{BillRequest, MonthUsage, PlanPurchase, ServicePurchase};

use sheet::Sheet;

/// The bill of one month by the request's price list.
///
/// ```
/// use planguard::{EditionId, catalog};
/// use planguard::billing::{BillRequest, bill};
/// let mut august = BillRequest::new(catalog::intl_2024(), EditionId::STANDARD, "2024-08".parse()?);
/// august.usage.mau = Some(8_124);
/// let within = bill(&august)?;
/// assert_eq!(within.total().map(|total| total.to_string()), Some("399 USD".to_owned()));
/// assert_eq!(within.included[0].to_string(), "8,124 of 10,000 monthly active users included");
/// // 399 for the plan and 100 users beyond the 10,000 at 0.015.
/// august.usage.mau = Some(10_100);
/// assert_eq!(bill(&august)?.total().map(|total| total.to_string()), Some("400.5 USD".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn bill(request: &BillRequest) -> Result<Bill, BillError> {
    let mut sheet = Sheet::open(request)?;
    plan::charge(&mut sheet)?;
    services::charge(&mut sheet)?;
    metered::charge(&mut sheet)?;
    let included = included::collect(&sheet);
    sheet.close(included)
}
