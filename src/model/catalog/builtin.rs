//! The price lists that ship with planguard, parsed once on first use.

use once_cell::sync::Lazy;

use crate::model::CatalogId;

use super::Catalog;

static INTL_2022: Lazy<Catalog> = Lazy::new(|| load(include_str!("../catalogs/intl-2022.toml")));
static INTL_2024: Lazy<Catalog> = Lazy::new(|| load(include_str!("../catalogs/intl-2024.toml")));
static CN_DAU: Lazy<Catalog> = Lazy::new(|| load(include_str!("../catalogs/cn-dau.toml")));

/// The text is part of this crate and a test loads each of them, so a defect cannot be released.
fn load(text: &str) -> Catalog {
    match Catalog::from_toml(text) {
        Ok(catalog) => catalog,
        Err(defect) => unreachable!("a price list that ships with planguard is defective: {defect}"),
    }
}

impl CatalogId {
    /// The price list that ships with planguard under this id.
    pub fn catalog(self) -> &'static Catalog {
        match self {
            Self::Intl2022 => &INTL_2022,
            Self::Intl2024 => &INTL_2024,
            Self::CnDau => &CN_DAU,
        }
    }
}

/// All price lists that ship with planguard, in the order of [`CatalogId::ALL`].
pub fn all() -> Vec<&'static Catalog> {
    CatalogId::ALL.iter().map(|id| id.catalog()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builtin_catalog_loads() {
        for &id in CatalogId::ALL {
            assert_eq!(id.catalog().id, id);
        }
        assert_eq!(all().len(), CatalogId::COUNT);
    }
}
