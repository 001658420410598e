//! The built-in price lists against the documents: tables transcribed by hand, then the documents themselves
//! where they are at hand, and what the loader refuses.

mod cn_dau;
mod documents;
mod extremes;
mod intl_2022;
mod intl_2024;
mod intl_2026;
mod json;
mod owner;
mod refusals;
mod rows_and_dates;
mod sources;
mod table;

use planguard::catalog::built_in;
use planguard::{Catalog, CatalogId, Feature, LimitId};

fn builtin(id: CatalogId) -> &'static Catalog {
    built_in(id).unwrap()
}

#[test]
fn every_figure_names_a_declared_document() {
    for &id in CatalogId::BUILT_IN {
        let catalog = builtin(id);
        for edition in catalog.editions.iter() {
            for (limit, figure) in edition.limits() {
                assert!(catalog.source(figure.source).is_some(), "{id} {} {limit}", edition.id);
            }
            assert_eq!(edition.features().count(), Feature::COUNT);
        }
        // The list of 2026 is from public pages, which its own test names.
        let seeds = catalog.sources.iter().filter(|_| id != CatalogId::INTL_2026);
        for source in seeds {
            assert!(source.document.starts_with("seeds/00"), "{}", source.document);
            // Two of the documents bear no date, and none is invented for them.
            let undated =
                source.document.starts_with("seeds/003") || source.document.starts_with("seeds/004");
            assert_eq!(source.date.is_none(), undated, "{}", source.document);
            assert_eq!(source.time.is_none(), undated, "{}", source.document);
        }
    }
}

#[test]
fn lookups_know_only_their_own_price_list() {
    use planguard::{EditionId, ServiceId};
    let catalog = builtin(CatalogId::INTL_2024);
    assert!(catalog.edition(EditionId::PRO).is_none());
    assert!(catalog.service(ServiceId::HISTORY_RETENTION).is_none());
    assert!(catalog.service(ServiceId::PUSH).is_some());
    assert!(catalog.edition(EditionId::STANDARD).unwrap().limit(LimitId::FreeDau).is_none());
}
