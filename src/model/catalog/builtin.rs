//! The price lists that ship with planguard, parsed once on first use.

use once_cell::sync::Lazy;

use crate::model::CatalogId;

use super::{Catalog, CatalogError};

type Loaded = Lazy<Result<Catalog, CatalogError>>;

static INTL_2022: Loaded = Lazy::new(|| Catalog::from_toml(include_str!("../catalogs/intl-2022.toml")));
static INTL_2024: Loaded = Lazy::new(|| Catalog::from_toml(include_str!("../catalogs/intl-2024.toml")));
static CN_DAU: Loaded = Lazy::new(|| Catalog::from_toml(include_str!("../catalogs/cn-dau.toml")));

/// A price list that ships with planguard.
///
/// The error can only arise from a defect in this crate's own data, which its tests rule out; it is a value all
/// the same, so that such a defect could never take an app down.
pub fn builtin(id: CatalogId) -> Result<&'static Catalog, &'static CatalogError> {
    let loaded = match id {
        CatalogId::Intl2022 => &INTL_2022,
        CatalogId::Intl2024 => &INTL_2024,
        CatalogId::CnDau => &CN_DAU,
    };
    Lazy::force(loaded).as_ref()
}

/// All price lists that ship with planguard, in the order of [`CatalogId::ALL`].
pub fn all() -> Result<Vec<&'static Catalog>, &'static CatalogError> {
    CatalogId::ALL.iter().map(|&id| builtin(id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builtin_catalog_loads() {
        for &id in CatalogId::ALL {
            assert_eq!(builtin(id).map(|catalog| catalog.id), Ok(id));
        }
        assert_eq!(all().map(|list| list.len()), Ok(CatalogId::COUNT));
    }
}
