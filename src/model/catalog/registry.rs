//! The price lists that a guard knows: the built-in ones, and those that the app's owner brought.

use std::sync::Arc;

use crate::model::{CatalogId, EditionId};

use super::builtin::built_in;
use super::{Catalog, CatalogError};

/// How many served price lists are held.
pub(crate) const MOST_SERVED: usize = 4;

/// Price lists by id. A built-in one is never replaced.
#[derive(Clone, Debug, Default)]
pub struct Catalogs {
    brought: Vec<Arc<Catalog>>,
    /// Served by the endpoint, the last one at the end.
    served: Vec<Arc<Catalog>>,
}

impl Catalogs {
    /// Adds an owner's own price list, which takes the place of an earlier one of the same id.
    pub fn bring(&mut self, catalog: Arc<Catalog>) -> Result<(), CatalogError> {
        if built_in(catalog.id).is_some() {
            return Err(CatalogError::BuiltIn { id: catalog.id });
        }
        self.served.retain(|known| known.id != catalog.id);
        self.brought.retain(|known| known.id != catalog.id);
        self.brought.push(catalog);
        Ok(())
    }

    /// These with one that the endpoint served. It takes no place of a built-in or brought one; of many, the last few
    /// stay.
    pub(crate) fn with_served(&self, catalog: Arc<Catalog>) -> Self {
        let mut all = self.clone();
        if !self.is_fixed(catalog.id) {
            all.served.retain(|known| known.id != catalog.id);
            all.served.push(catalog);
            let over = all.served.len().saturating_sub(MOST_SERVED);
            all.served.drain(..over);
        }
        all
    }

    /// Whether the price list of an id is built in or brought, so that the endpoint is not asked for it.
    pub(crate) fn is_fixed(&self, id: CatalogId) -> bool {
        built_in(id).is_some() || self.brought.iter().any(|catalog| catalog.id == id)
    }

    fn own(&self) -> impl Iterator<Item = &Arc<Catalog>> {
        self.brought.iter().chain(&self.served)
    }

    /// The price list of an id; `None` when it is not known.
    pub fn get(&self, id: CatalogId) -> Option<&Arc<Catalog>> {
        built_in(id).or_else(|| self.own().find(|catalog| catalog.id == id))
    }

    /// The ids of all of them, the built-in ones first.
    pub fn ids(&self) -> impl Iterator<Item = CatalogId> {
        CatalogId::BUILT_IN.iter().copied().chain(self.own().map(|catalog| catalog.id))
    }

    /// Why no plan can be assumed from these lists: the list is not among them, or has no such edition; `None` where it can.
    pub fn lacking(&self, catalog: CatalogId, edition: EditionId) -> Option<String> {
        let Some(list) = self.get(catalog) else {
            return Some(format!("there is no price list {catalog}; known: {}", self.listed()));
        };
        let missing = list.edition(edition).is_none();
        missing.then(|| format!("{catalog} has no edition {edition}; it has {}", list.listed_editions()))
    }

    /// The ids as a list to read: `intl-2022, intl-2024`.
    pub fn listed(&self) -> String {
        let mut text = String::new();
        for id in self.ids() {
            if !text.is_empty() {
                text.push_str(", ");
            }
            text.push_str(id.as_str());
        }
        text
    }
}
