//! Price lists as data: editions, limits, features, services and rules, each figure with its source.
//!
//! ```
//! use planguard::features::Support;
//! use planguard::limits::Max;
//! use planguard::{EditionId, Feature, LimitId, catalog};
//!
//! let catalog = catalog::intl_2024();
//! let standard = catalog.edition(EditionId::STANDARD).ok_or("no such edition")?;
//! assert_eq!(standard.limit(LimitId::GroupsPerUser).map(|figure| figure.max), Some(Max::Of(500)));
//! assert_eq!(standard.feature(Feature::Community).support, Support::Unsupported);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod builtin;
mod edition;
mod error;
mod json;
mod load;
mod meter;
mod overage;
mod policy;
mod raw;
mod registry;
mod rows;
mod service;
mod source;

use std::borrow::Cow;

use crate::model::named::named_enum;
use crate::model::{CatalogId, Currency, EditionId, ServiceId};

pub use builtin::{all, built_in, cn_dau, intl_2022, intl_2024, intl_2026};
pub use edition::{Edition, FeatureFigure, LimitFigure, Validity};
pub use error::CatalogError;
pub use json::to_json;
pub use meter::Meter;
pub use overage::{Overage, Rate, Rounding};
pub use policy::{
    ChangeCharge, ChangeFrequency, DayWindow, FreeTrial, Move, MoveKind, Payment, PeriodRule, Policies,
    PurchaseLength, RefundRule, Reminders, Retention, UsedBasis,
};
pub use registry::Catalogs;
pub(crate) use registry::MOST_SERVED;
pub use service::{
    ActivationCharge, BillingCycle, Effect, Service, ServiceCategory, ServiceNote, ServicePrice,
};
pub use source::{Difference, Note, Source, SourceId, Stated, Statement, Subject, SubjectError};

/// A text of a price list: a constant of a built-in one, owned by one that was loaded.
pub type Text = Cow<'static, str>;

/// Rows of a price list: constants of a built-in one, owned by one that was loaded.
pub type List<T> = Cow<'static, [T]>;

named_enum! {
    /// What a price list counts active users by.
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum BillingModel as "billing_model" {
        /// Monthly active users.
        Mau = "mau",
        /// The month's peak of daily active users, and of groups.
        DauPeakGroups = "dau_peak_groups",
    }
}

/// A price list.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Object))]
pub struct Catalog {
    /// Which one.
    pub id: CatalogId,
    /// Its title, in English.
    pub title: Text,
    /// The currency of its prices; `None` when it has no prices.
    pub currency: Option<Currency>,
    /// What it counts active users by.
    pub billing_model: BillingModel,
    /// The documents its figures were taken from.
    pub sources: List<Source>,
    /// Its editions, in the order of the documents' columns.
    pub editions: List<Edition>,
    /// Value-added services and plugins.
    pub services: List<Service>,
    /// Whether these are all services that there are. Where the documents do not say, that one is missing means nothing.
    pub services_stated: bool,
    /// Its rules.
    pub policies: Policies,
    /// Remarks of the documents.
    pub notes: List<Note>,
    /// Where its documents differ.
    pub differences: List<Difference>,
}

impl Catalog {
    /// Reads a catalog from TOML and checks it whole: every figure present or marked as not stated, every id
    /// known, every price non-negative, every source declared.
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self, CatalogError> {
        load::load(text)
    }

    /// Reads a catalog from the same rows as JSON, which is what an endpoint serves, with the same checks as
    /// `from_toml`.
    pub fn from_json(text: &[u8]) -> Result<Self, CatalogError> {
        load::load_json(text)
    }

    /// The rows of a catalog's TOML as the JSON that an endpoint serves, once they have passed every check.
    #[cfg(feature = "toml")]
    pub fn served_form(toml: &str) -> Result<serde_json::Value, CatalogError> {
        load::load(toml)?;
        load::toml_rows(toml)
    }

    /// An edition of this price list; `None` when it belongs to another.
    pub fn edition(&self, id: EditionId) -> Option<&Edition> {
        self.editions.iter().find(|edition| edition.id == id)
    }

    /// The names of its editions as a list to read: `free, pro`.
    pub fn listed_editions(&self) -> String {
        let names: Vec<&str> = self.editions.iter().map(|edition| edition.id.as_str()).collect();
        names.join(", ")
    }

    /// A service of this price list; `None` when it has no such service.
    pub fn service(&self, id: ServiceId) -> Option<&Service> {
        self.services.iter().find(|service| service.id == id)
    }

    /// The document behind a figure of this catalog; `None` for the id of another catalog's document.
    pub fn source(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.index())
    }
}

/// Short: a whole price list would bury whatever holds one.
impl std::fmt::Debug for Catalog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalog").field("id", &self.id).field("title", &self.title).finish_non_exhaustive()
    }
}
