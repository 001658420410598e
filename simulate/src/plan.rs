//! The plan a log is replayed under: one edition of one price list.

use std::sync::Arc;

use planguard::billing::Currency;
use planguard::catalog::BillingModel;
use planguard::catalog::Catalog;
use planguard::catalog::{Edition, Meter, Rounding};
use planguard::limits::Max;
use planguard::{CatalogId, EditionId, LimitId, catalog};
use serde::Serialize;

/// There is no such price list, or it has no such edition.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanError {
    /// A price list that does not ship with planguard.
    #[error("--catalog: there is no price list {catalog}; known: {known}")]
    UnknownCatalog {
        /// The price list asked for.
        catalog: CatalogId,
        /// Those that there are.
        known: String,
    },
    /// An edition that the price list does not have.
    #[error("--edition: {catalog} has no edition {edition}; it has {known}")]
    ForeignEdition {
        /// The price list.
        catalog: CatalogId,
        /// The edition asked for.
        edition: EditionId,
        /// The list's editions.
        known: String,
    },
    /// None of the list's editions is a paid one, so there is none to fall back on.
    #[error("--edition: {catalog} has no paid edition; choose one of {known}")]
    AllFree {
        /// The price list.
        catalog: CatalogId,
        /// The list's editions.
        known: String,
    },
}

/// What one more active user costs beyond the quota.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OverageRate {
    /// The price of one block, exact.
    price: String,
    /// The active users in one block.
    per: u64,
    /// Whether a started block is charged whole.
    rounding: Rounding,
}

/// What the plan says about active users and their price.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Plan {
    /// The price list.
    #[serde(skip)]
    pub(crate) list: &'static Arc<Catalog>,
    /// Its id.
    pub(crate) catalog: CatalogId,
    /// The edition.
    pub(crate) edition: EditionId,
    /// What the price list calls it.
    #[serde(skip)]
    pub(crate) name: String,
    /// Whether months or days are counted.
    pub(crate) billing_model: BillingModel,
    /// The currency of its prices; `None` where the list has no prices.
    pub(crate) currency: Option<Currency>,
    /// The plan fee a month, exact.
    pub(crate) price_per_month: Option<String>,
    /// The active users (a month or a day) that the fee covers; `None` for no bound.
    pub(crate) free_active_users: Option<u64>,
    /// Whether usage goes on beyond them.
    pub(crate) overage: bool,
    /// At what rate; `None` where there is no overage or the list has no price for it.
    pub(crate) overage_rate: Option<OverageRate>,
    /// The most registered users; `None` for no bound.
    pub(crate) max_users: Option<u64>,
}

impl Plan {
    /// Looks the edition up; without one, the list's first edition that is not free.
    pub(crate) fn new(catalog: CatalogId, edition: Option<EditionId>) -> Result<Self, PlanError> {
        let Some(list) = catalog::built_in(catalog) else {
            let known: Vec<&str> = CatalogId::BUILT_IN.iter().map(CatalogId::as_str).collect();
            return Err(PlanError::UnknownCatalog { catalog, known: known.join(", ") });
        };
        let free = |edition: &&Edition| edition.price_per_month.is_some_and(|price| price.is_zero());
        let column = match edition {
            Some(edition) => list.edition(edition),
            None => list.editions.iter().find(|edition| !free(edition)),
        };
        let Some(column) = column else {
            let known: Vec<&str> = list.editions.iter().map(|edition| edition.id.as_str()).collect();
            let known = known.join(", ");
            return Err(match edition {
                Some(edition) => PlanError::ForeignEdition { catalog, edition, known },
                None => PlanError::AllFree { catalog, known },
            });
        };
        let meter = match list.billing_model {
            BillingModel::Mau => Meter::Mau,
            BillingModel::DauPeakGroups => Meter::Dau,
        };
        let overage = column.overage(meter);
        Ok(Self {
            list,
            catalog,
            edition: column.id,
            name: column.name.to_string(),
            billing_model: list.billing_model,
            currency: list.currency,
            price_per_month: column.price_per_month.map(|price| price.normalize().to_string()),
            free_active_users: number(column, meter.quota()),
            overage: overage.is_none_or(|overage| overage.supported),
            overage_rate: overage.and_then(|overage| overage.rate.as_ref()).map(|rate| OverageRate {
                price: rate.price.normalize().to_string(),
                per: rate.per,
                rounding: rate.rounding,
            }),
            max_users: number(column, LimitId::MaxUsers),
        })
    }

    /// Whether the bill is by the month's peak day, not by the month's users.
    pub(crate) const fn bills_days(&self) -> bool {
        matches!(self.billing_model, BillingModel::DauPeakGroups)
    }
}

fn number(edition: &Edition, limit: LimitId) -> Option<u64> {
    match edition.limit(limit)?.max {
        Max::Of(max) => Some(max),
        Max::Unlimited => None,
    }
}
