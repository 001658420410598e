//! Reads the hand-written tables of these tests and compares them with a catalog.

use std::collections::BTreeSet;

use planguard::catalog::Effect;
use planguard::{Catalog, EditionId, Feature, LimitId, Max, ServiceId, Support};
use rust_decimal::Decimal;

/// The cells of a table whose columns are split by `|`, blank lines left out.
pub(crate) fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|line| !line.trim().is_empty()).map(|line| line.split('|').map(str::trim).collect())
}

/// Every limit of the catalog is in the table and the other way round; `-` is a cell without a figure.
pub(crate) fn assert_limits(catalog: &Catalog, editions: [EditionId; 3], table: &str) {
    let mut seen = BTreeSet::new();
    for row in rows(table) {
        let limit: LimitId = row[0].parse().unwrap();
        seen.insert(limit);
        for (edition, cell) in editions.into_iter().zip(&row[1..4]) {
            let expected = match *cell {
                "-" => None,
                "unlimited" => Some(Max::Unlimited),
                number => Some(Max::Of(number.parse().unwrap())),
            };
            let found = catalog.edition(edition).unwrap().limit(limit);
            assert_eq!(found.map(|figure| figure.max), expected, "{limit} of {edition}");
        }
    }
    for edition in catalog.editions.iter() {
        for (limit, _) in edition.limits() {
            assert!(seen.contains(&limit), "{limit} of {} is in the catalog alone", edition.id);
        }
    }
}

/// Every feature is in the table: `yes`, `no`, or `apply`, for on application.
pub(crate) fn assert_features(catalog: &Catalog, editions: [EditionId; 3], table: &str) {
    let mut count = 0;
    for row in rows(table) {
        let feature: Feature = row[0].parse().unwrap();
        count += 1;
        for (edition, cell) in editions.into_iter().zip(&row[1..4]) {
            let expected = match *cell {
                "yes" => Support::Supported,
                "no" => Support::Unsupported,
                "apply" => Support::OnApplication,
                other => panic!("{other}"),
            };
            let found = catalog.edition(edition).unwrap().feature(feature);
            assert_eq!(found.support, expected, "{feature} of {edition}");
        }
    }
    assert_eq!(count, Feature::COUNT);
}

/// Every price row: service | edition | tier | price | cycle. `-` stands for none.
pub(crate) fn assert_prices(catalog: &Catalog, table: &str) {
    let mut expected: Vec<String> = rows(table).map(|row| row.join(" | ")).collect();
    let mut found = Vec::new();
    for service in catalog.services.iter() {
        for row in service.prices.iter() {
            let tier = row.tier.as_deref().unwrap_or("-");
            let price = row.price.map_or_else(|| "-".to_owned(), |price| price.to_string());
            found.push(format!("{} | {} | {tier} | {price} | {}", service.id, row.edition, row.cycle));
        }
    }
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

/// Every raised limit: service | edition | tier | limit | to.
pub(crate) fn assert_raises(catalog: &Catalog, table: &str) {
    let mut expected: Vec<String> = rows(table).map(|row| row.join(" | ")).collect();
    let mut found = Vec::new();
    for service in catalog.services.iter() {
        for effect in service.effects.iter() {
            if let Effect::RaisesLimit { edition, tier, limit, to, .. } = effect {
                let tier = tier.as_deref().unwrap_or("-");
                let to = to.map_or_else(|| "-".to_owned(), |to| to.to_string());
                found.push(format!("{} | {edition} | {tier} | {limit} | {to}", service.id));
            }
        }
    }
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

pub(crate) fn services(catalog: &Catalog) -> Vec<ServiceId> {
    catalog.services.iter().map(|service| service.id).collect()
}

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// The plan fees in the order of the editions.
pub(crate) fn fees(catalog: &Catalog) -> Vec<Option<String>> {
    catalog.editions.iter().map(|e| e.price_per_month.map(|price| price.to_string())).collect()
}

/// English name, Chinese name and term of each edition; `-` stands for none.
pub(crate) fn names(catalog: &Catalog) -> Vec<String> {
    let row = |edition: &planguard::catalog::Edition| {
        let local = edition.local_name.as_deref().unwrap_or("-");
        let term = edition.validity.map_or("-", planguard::catalog::Validity::as_str);
        format!("{} | {local} | {term}", edition.name)
    };
    catalog.editions.iter().map(row).collect()
}
