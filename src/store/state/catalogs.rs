//! Price lists that the endpoint served.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{CatalogId, Timestamp};
use crate::store::{MAX_CATALOGS, StoredCatalog};

/// The price lists by id, each with the number of the write that changed it last.
#[derive(Clone, Debug, Default)]
pub(super) struct Served(BTreeMap<CatalogId, (u64, Arc<StoredCatalog>)>);

impl Served {
    pub(super) fn save(&mut self, catalog: &StoredCatalog, seq: u64) {
        self.0.insert(catalog.id, (seq, Arc::new(catalog.clone())));
        while self.0.len() > MAX_CATALOGS {
            // The one changed the longest ago; of two of one write, the first by id stays.
            let oldest = self.0.iter().min_by_key(|(id, (seq, _))| (*seq, std::cmp::Reverse(**id)));
            let Some(oldest) = oldest.map(|(id, _)| *id) else { return };
            self.0.remove(&oldest);
        }
    }

    /// Takes one over as the store has it, which keeps to the bound.
    #[cfg(all(any(feature = "postgres", feature = "redis"), not(target_arch = "wasm32")))]
    pub(super) fn put(&mut self, seq: u64, catalog: StoredCatalog) {
        self.0.insert(catalog.id, (seq, Arc::new(catalog)));
    }

    #[cfg(all(feature = "redis", not(target_arch = "wasm32")))]
    pub(super) fn renumber(&mut self, seq: u64) {
        self.0.values_mut().for_each(|(changed, _)| *changed = seq);
    }

    #[cfg(all(any(feature = "postgres", feature = "redis"), not(target_arch = "wasm32")))]
    pub(super) fn forget(&mut self, id: CatalogId) {
        self.0.remove(&id);
    }

    /// Those that changed after write `seq`, by id.
    pub(super) fn since(&self, seq: u64) -> Vec<StoredCatalog> {
        self.rows().filter(|(changed, _)| *changed > seq).map(|(_, kept)| kept.clone()).collect()
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = (u64, &StoredCatalog)> {
        self.0.values().map(|(seq, kept)| (*seq, &**kept))
    }

    /// Nothing was fetched later than `now`.
    pub(super) fn correct(&mut self, now: Timestamp, seq: u64) {
        for (changed, kept) in self.0.values_mut().filter(|(_, kept)| kept.fetched_at > now) {
            *kept = Arc::new(StoredCatalog { fetched_at: now, ..StoredCatalog::clone(kept) });
            *changed = seq;
        }
    }
}
