//! What the running month costs, from what the guard knows.

use super::guard::Planguard;
use crate::decide::forecast::{Forecast, of_month};

use crate::decide::forecast::ForecastError;

impl Planguard {
    /// The running month's bill, by the plan and the usage known now: if nothing is added, and at the pace so far. No
    /// lock, no I/O.
    ///
    /// Usage that the billing endpoint reports is as old as its `as_of`; what this install counted since is added.
    /// On a device that is its own user only, so between syncs the forecast lags behind. A service that the price
    /// list cannot bill as the endpoint lists it is in [`Forecast::left_out`].
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// let forecast = guard.forecast()?;
    /// assert_eq!(forecast.low.total().map(|total| total.to_string()), Some("399 USD".to_owned()));
    /// for quota in &forecast.low.included {
    ///     println!("{quota}"); // 8,124 of 10,000 monthly active users included
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`ForecastError::PlanUnknown`] while nothing is known of the plan, and [`ForecastError::Bill`] when what is
    /// known cannot be billed.
    #[doc(alias = "bill")]
    #[doc(alias = "cost")]
    #[doc(alias = "invoice")]
    pub fn forecast(&self) -> Result<Forecast, ForecastError> {
        let core = &self.inner.core;
        of_month(&core.snapshot(), core.now(), &core.zone)
    }
}
