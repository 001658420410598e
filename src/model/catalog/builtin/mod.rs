//! The price lists that ship with planguard: constants, generated from the tables in `src/model/catalogs`.
//!
//! Nothing is parsed when a guard opens, and only the price list that is asked for is put on the heap, where
//! [`Catalogs`](super::Catalogs) shares it. `cargo xtask catalogs` writes the constants anew; a test compares them with
//! the tables.

#[rustfmt::skip]
mod cn_dau;
#[cfg(test)]
mod generate;
#[rustfmt::skip]
mod intl_2022;
#[rustfmt::skip]
mod intl_2024;
#[rustfmt::skip]
mod intl_2026;
mod parts;

use std::sync::Arc;

use once_cell::sync::Lazy;

use crate::model::CatalogId;

use super::Catalog;

static INTL_2022: Lazy<Arc<Catalog>> = Lazy::new(|| Arc::new(const { kept(intl_2022::CATALOG) }));
static INTL_2024: Lazy<Arc<Catalog>> = Lazy::new(|| Arc::new(const { kept(intl_2024::CATALOG) }));
static CN_DAU: Lazy<Arc<Catalog>> = Lazy::new(|| Arc::new(const { kept(cn_dau::CATALOG) }));
static INTL_2026: Lazy<Arc<Catalog>> = Lazy::new(|| Arc::new(const { kept(intl_2026::CATALOG) }));

#[cfg(not(planguard_without_remarks))]
const fn kept(catalog: Catalog) -> Catalog {
    catalog
}

/// Without what only people who read a price list as a whole see. No decision, bill or explanation is made of it, and the
/// module for mini programs has no room for it.
#[cfg(planguard_without_remarks)]
const fn kept(mut catalog: Catalog) -> Catalog {
    use super::List;
    use std::mem::{forget, replace};
    // What is replaced are constants, of which nothing is freed.
    forget(replace(&mut catalog.notes, List::Borrowed(&[])));
    forget(replace(&mut catalog.differences, List::Borrowed(&[])));
    catalog
}

/// The price list of the international site, November 2022.
pub fn intl_2022() -> &'static Arc<Catalog> {
    &INTL_2022
}

/// The price list of the international site, August 2024.
pub fn intl_2024() -> &'static Arc<Catalog> {
    &INTL_2024
}

/// The price list of the Chinese site.
pub fn cn_dau() -> &'static Arc<Catalog> {
    &CN_DAU
}

/// The price list of the international site, 2026: from public pages, not from the seed documents, with many figures
/// not stated.
pub fn intl_2026() -> &'static Arc<Catalog> {
    &INTL_2026
}

/// All price lists that ship with planguard, in the order of [`CatalogId::BUILT_IN`].
pub fn all() -> [&'static Catalog; CatalogId::BUILT_IN.len()] {
    [intl_2022(), intl_2024(), cn_dau(), intl_2026()]
}

/// The price list that ships with planguard under `id`; `None` where it is an owner's own, or unknown.
pub fn built_in(id: CatalogId) -> Option<&'static Arc<Catalog>> {
    match id {
        CatalogId::INTL_2022 => Some(intl_2022()),
        CatalogId::INTL_2024 => Some(intl_2024()),
        CatalogId::CN_DAU => Some(cn_dau()),
        CatalogId::INTL_2026 => Some(intl_2026()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builtin_catalog_is_found_under_its_id() {
        let ids = all().map(|catalog| catalog.id);
        assert_eq!(ids, CatalogId::BUILT_IN);
        for id in ids {
            assert_eq!(built_in(id).map(|catalog| catalog.id), Some(id));
        }
    }
}
