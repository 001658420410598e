//! What a move to another edition would do to this app.

use super::current;
use crate::client::guard::Planguard;
use crate::decide::change::{ChangePreview, PreviewError, from_held};
use crate::model::EditionId;

impl Planguard {
    /// What a move to another edition of the price list would do to this app: the limits and features gained and lost,
    /// the usage that would be over, the services that would be needless, the price, and whether the move is allowed
    /// now. No lock, no I/O.
    ///
    /// It starts from what is in force, the billing endpoint's overrides and the services held included. Of usage it
    /// knows what was reported to this install or counted in it. An edition that the price list does not have is no
    /// error: [`ChangePreview::allowed`] says that there is no way to it.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::plan::ChangePath;
    /// use planguard::{Feature, Locale};
    ///
    /// let preview = guard.preview_change(EditionId::PREMIUM)?;
    /// assert_eq!(preview.allowed, Ok(ChangePath::Upgrade));
    /// assert!(preview.comparison.features_gained.contains(&Feature::Community));
    /// // 699 a month instead of 399.
    /// let extra = preview.comparison.extra_per_month.map(|money| money.to_string());
    /// assert_eq!(extra, Some("300 USD".to_owned()));
    /// println!("{}", preview.explain(Locale::En));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`PreviewError::PlanUnknown`] while nothing is known of the plan.
    #[doc(alias = "upgrade")]
    #[doc(alias = "downgrade")]
    pub fn preview_change(&self, to: EditionId) -> Result<ChangePreview, PreviewError> {
        let core = &self.inner.core;
        let now = core.moment();
        from_held(&current::snapshot(core, now), to, now.at, &core.zone)
    }
}
