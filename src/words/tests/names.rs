//! Names: those of the price lists, and one for everything in both languages.

use std::collections::BTreeSet;

use super::dice::Dice;
use super::every::Every;
use crate::model::*;

/// Two languages, nothing empty, and no two things of one name.
fn distinct<T: Every + std::fmt::Debug>(name: impl Fn(&T, Locale) -> String) {
    for &locale in Locale::ALL {
        let all = T::every(&mut Dice::new(0));
        let names: BTreeSet<String> = all.iter().map(|one| name(one, locale)).collect();
        assert_eq!(names.len(), all.len(), "{names:?}");
        assert!(names.iter().all(|name| !name.is_empty() && !name.contains('_')), "{names:?}");
    }
}

#[test]
fn everything_has_a_name_of_its_own_in_both_languages() {
    distinct(|limit: &LimitId, locale| limit.name(locale));
    distinct(|feature: &Feature, locale| feature.name(locale).to_owned());
    distinct(|kind: &GroupType, locale| kind.name(locale).to_owned());
    distinct(|platform: &Platform, locale| platform.name(locale).to_owned());
    distinct(|catalog: &CatalogId, locale| catalog.name(locale));
    distinct(|authority: &Authority, locale| authority.name(locale).to_owned());
    distinct(|origin: &UsageOrigin, locale| origin.name(locale).to_owned());
    distinct(|scope: &Scope, locale| scope.name(locale).to_owned());
}

#[test]
fn editions_and_services_are_called_as_in_their_price_lists() {
    for catalog in catalog::all() {
        for edition in catalog.editions.iter() {
            assert_eq!(edition.id.name(Locale::En), edition.name);
            assert_eq!(edition.name_in(Locale::En), edition.name);
            assert_eq!(edition.name_in(Locale::ZhHans), edition.id.name(Locale::ZhHans));
            if let Some(local) = &edition.local_name {
                assert_eq!(edition.id.name(Locale::ZhHans), *local);
            }
        }
        for service in catalog.services.iter() {
            if let Some(local) = &service.local_name {
                let (short, local) = (service.id.name(Locale::ZhHans), local.replace(' ', ""));
                assert!(local.contains(&short.replace(' ', "")), "{short} is not in {local}");
            }
            assert_ne!(service.id.name(Locale::En), service.id.as_str(), "no name");
        }
    }
}

#[test]
fn what_planguard_does_not_know_is_called_by_its_id() {
    let reader = crate::words::format::Reader::of(Locale::ZhHans);
    assert_eq!(crate::words::names::edition(&reader, "gold"), "gold");
    assert_eq!(crate::words::names::service(&reader, "fax"), "“fax”");
    assert_eq!(crate::words::names::tier(&reader, "xl"), "xl");
}

#[test]
fn maxima_have_separators() {
    assert_eq!(Max::Of(10_000).explain(Locale::ZhHans), "10,000");
    assert_eq!(Max::Unlimited.explain(Locale::En), "unlimited");
    assert_eq!(Max::Unlimited.explain(Locale::ZhHans), "无限制");
}
