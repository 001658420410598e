//! What a month costs, where it is going, what comes back, and what a move would do.

use std::sync::Arc;

use super::error::{ErrorDetails, Explanation, PlanguardError};
use super::guard::Planguard;
use super::money::{Bill, ChangePreview};
use crate::decide::bill::{Assumption, BillRequest, MonthUsage, bill as core_bill};
use crate::decide::change::{Comparison, compare as core_compare};
use crate::decide::forecast::{
    Forecast as Core, Marginal, forecast as core_forecast, marginal_mau_price as core_marginal,
};
use crate::decide::refund::{Refund, RefundRequest, refund as core_refund};
use crate::model::catalog::{Catalog, Edition};
use crate::model::{EditionId, Locale, Max, ServiceGrant, Timestamp};

/// A service that the endpoint lists and the price list cannot bill so.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LeftOut {
    /// The service, as the endpoint lists it.
    pub service: ServiceGrant,
    /// Why it cannot be billed.
    pub details: ErrorDetails,
}

/// Where the running month is going.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Forecast {
    /// When it was made.
    pub as_of: Timestamp,
    /// The bill if nothing is added.
    pub low: Bill,
    /// The bill if the month goes on as it began.
    pub linear: Bill,
    /// The usage of `linear`.
    pub linear_usage: MonthUsage,
    /// What the next active user costs.
    pub marginal: Marginal,
    /// What it takes for granted.
    pub assumptions: Vec<Assumption>,
    /// What could not be billed.
    pub left_out: Vec<LeftOut>,
    /// The same for a screen.
    pub explanation: Explanation,
}

impl From<&Core> for Forecast {
    fn from(core: &Core) -> Self {
        let left_out = core
            .left_out
            .iter()
            .map(|left| LeftOut { service: left.service.clone(), details: ErrorDetails::from(&left.error) });
        Self {
            as_of: core.as_of,
            low: Bill::from(&core.low),
            linear: Bill::from(&core.linear),
            linear_usage: core.linear_usage.clone(),
            marginal: core.marginal,
            assumptions: core.assumptions.clone(),
            left_out: left_out.collect(),
            explanation: Explanation::of(|locale| core.explain(locale)),
        }
    }
}

#[uniffi::export]
impl Forecast {
    /// The same in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        self.explanation.text(locale)
    }
}

#[uniffi::export]
impl Planguard {
    /// What the running month costs, from what the guard knows.
    pub fn forecast(&self) -> Result<Forecast, PlanguardError> {
        Ok(Forecast::from(&self.core()?.forecast()?))
    }

    /// What a move to another edition would do to this app.
    pub fn preview_change(&self, to: EditionId) -> Result<ChangePreview, PlanguardError> {
        Ok(ChangePreview::from(&self.core()?.preview_change(to)?))
    }
}

/// What a month costs.
#[uniffi::export]
pub fn bill(request: BillRequest) -> Result<Bill, PlanguardError> {
    Ok(Bill::from(&core_bill(&request)?))
}

/// What a month costs; the request is the JSON that `planguard`'s documents describe.
#[uniffi::export]
pub fn bill_of_json(text: String) -> Result<Bill, PlanguardError> {
    Ok(Bill::from(&core_bill(&BillRequest::from_json(&text)?)?))
}

/// Where the month of `request` is going, seen from `as_of`.
#[uniffi::export]
pub fn forecast(request: BillRequest, as_of: Timestamp) -> Result<Forecast, PlanguardError> {
    Ok(Forecast::from(&core_forecast(&request, as_of)?))
}

/// What comes back for orders that are returned.
#[uniffi::export]
pub fn refund(request: RefundRequest) -> Result<Refund, PlanguardError> {
    Ok(core_refund(&request)?)
}

/// What one edition has more and less than another.
#[uniffi::export]
pub fn compare(catalog: Arc<Catalog>, from: EditionId, to: EditionId) -> Result<Comparison, PlanguardError> {
    Ok(core_compare(&catalog, edition(&catalog, from)?, edition(&catalog, to)?))
}

/// What the next active user costs on an edition.
#[uniffi::export]
pub fn marginal_mau_price(
    catalog: Arc<Catalog>,
    edition: EditionId,
    so_far: u64,
    quota: Option<Max>,
) -> Result<Option<Marginal>, PlanguardError> {
    Ok(core_marginal(&catalog, edition, so_far, quota))
}

fn edition(catalog: &Catalog, id: EditionId) -> Result<&Edition, PlanguardError> {
    catalog.edition(id).ok_or_else(|| {
        let known = catalog.listed_editions();
        PlanguardError::input("edition", &format!("edition: {} has no `{id}`; it has {known}", catalog.id))
    })
}
