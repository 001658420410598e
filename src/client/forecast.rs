//! What the running month costs, from what the guard knows.

use super::guard::Planguard;
use crate::decide::forecast::of_month;

use crate::decide::forecast::{ForecastError, MonthForecast};

impl Planguard {
    /// The running month's bill, by the plan and the usage known now: if nothing is added, and at the pace so far.
    ///
    /// Usage that the billing endpoint reports is as old as its `as_of`; what this install counted since is added.
    /// On a device that is its own user only, so between syncs the forecast lags behind. A service that the price
    /// list cannot bill as the endpoint lists it is left out and named.
    pub fn forecast(&self) -> Result<MonthForecast, ForecastError> {
        let core = &self.inner.core;
        of_month(&core.snapshot(), core.now(), &core.zone)
    }
}
