//! Price lists as objects.

use std::sync::Arc;

use super::error::PlanguardError;
use crate::model::catalog::{self, BillingModel, Catalog};
use crate::model::{CatalogId, Currency, EditionId, Feature, LimitId, Max, Money, ServiceId, Support};

#[uniffi::export]
impl Catalog {
    /// Reads an own price list from JSON, with every check.
    #[uniffi::constructor(name = "from_json")]
    pub fn read_json(text: String) -> Result<Arc<Self>, PlanguardError> {
        Ok(Arc::new(Self::from_json(text.as_bytes())?))
    }

    /// Reads an own price list from TOML, with every check.
    #[uniffi::constructor(name = "from_toml")]
    pub fn read_toml(text: String) -> Result<Arc<Self>, PlanguardError> {
        toml(&text)
    }

    /// A built-in price list; an error that lists the known ones where there is none of that name.
    #[uniffi::constructor(name = "built_in")]
    pub fn named(id: CatalogId) -> Result<Arc<Self>, PlanguardError> {
        catalog::built_in(id).cloned().ok_or_else(|| {
            let names: Vec<String> = catalog::all().iter().map(|known| known.id.to_string()).collect();
            let text = format!("catalog: there is no built-in `{id}`; known: {}", names.join(", "));
            PlanguardError::input("catalog", &text)
        })
    }

    /// Which one.
    #[uniffi::method(name = "id")]
    pub fn name(&self) -> CatalogId {
        self.id
    }

    /// Its title, in English.
    #[uniffi::method(name = "title")]
    pub fn english_title(&self) -> String {
        self.title.to_string()
    }

    /// The currency of its prices; none when it has no prices.
    #[uniffi::method(name = "currency")]
    pub fn currency_of_prices(&self) -> Option<Currency> {
        self.currency
    }

    /// What it counts active users by.
    #[uniffi::method(name = "billing_model")]
    pub fn counts_by(&self) -> BillingModel {
        self.billing_model
    }

    /// Its editions.
    #[uniffi::method(name = "editions")]
    pub fn edition_ids(&self) -> Vec<EditionId> {
        self.editions.iter().map(|edition| edition.id).collect()
    }

    /// Its value-added services.
    #[uniffi::method(name = "services")]
    pub fn service_ids(&self) -> Vec<ServiceId> {
        self.services.iter().map(|service| service.id).collect()
    }

    /// What an edition costs a month; none where it does not say, or has no such edition.
    pub fn price_per_month(&self, edition: EditionId) -> Result<Option<Money>, PlanguardError> {
        let amount = self.edition(edition).and_then(|edition| edition.price_per_month);
        Ok(amount.zip(self.currency).map(|(amount, currency)| Money { amount, currency }))
    }

    /// A limit of an edition; none where it does not say, or has no such edition.
    pub fn limit(&self, edition: EditionId, limit: LimitId) -> Result<Option<Max>, PlanguardError> {
        Ok(self.edition(edition).and_then(|edition| edition.limit(limit)).map(|figure| figure.max))
    }

    /// Whether an edition has a feature; none where it has no such edition.
    pub fn support(&self, edition: EditionId, feature: Feature) -> Result<Option<Support>, PlanguardError> {
        Ok(self.edition(edition).map(|edition| edition.feature(feature).support))
    }

    /// The whole price list as JSON, with the source of every figure.
    #[uniffi::method(name = "to_json")]
    pub fn as_json(&self) -> String {
        catalog::to_json([self]).to_string()
    }
}

#[cfg(feature = "toml")]
fn toml(text: &str) -> Result<Arc<Catalog>, PlanguardError> {
    Ok(Arc::new(Catalog::from_toml(text)?))
}

#[cfg(not(feature = "toml"))]
fn toml(_: &str) -> Result<Arc<Catalog>, PlanguardError> {
    Err(PlanguardError::input("text", "text: this build reads no TOML; pass JSON to `from_json`"))
}

/// The built-in price lists.
#[uniffi::export]
pub fn catalogs() -> Vec<Arc<Catalog>> {
    catalog::all().iter().filter_map(|known| catalog::built_in(known.id).cloned()).collect()
}
