//! `docs/SEEDS.md` and `docs/PAGES.md` have a row for every catalog entry, and name nothing that does not exist.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use planguard::catalog::{self, Effect, Service};
use planguard::{Catalog, CatalogId};
use support::root;

fn document() -> String {
    std::fs::read_to_string(root().join("docs/SEEDS.md")).unwrap()
}

/// The texts between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// `a/{b,c}/d` is `a/b/d` and `a/c/d`.
fn expand(text: &str) -> Vec<String> {
    let Some((head, rest)) = text.split_once('{') else { return vec![text.to_owned()] };
    let Some((choices, tail)) = rest.split_once('}') else { return vec![text.to_owned()] };
    choices
        .split(',')
        .flat_map(|choice| expand(tail).into_iter().map(move |tail| format!("{head}{choice}{tail}")))
        .collect()
}

/// The ids of catalog entries in a document.
fn mapped(text: &str) -> BTreeSet<String> {
    quoted(text)
        .filter(|quoted| CatalogId::BUILT_IN.iter().any(|id| quoted.starts_with(&format!("{id}/"))))
        .flat_map(expand)
        .collect()
}

fn service_entries(service: &Service) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for row in service.prices.iter() {
        let tier = row.tier.as_ref().map_or_else(String::new, |tier| format!(".{tier}"));
        names.insert(format!("price.{}{tier}", row.edition));
    }
    for effect in service.effects.iter() {
        names.insert(match effect {
            Effect::RaisesLimit { limit, .. } => format!("raises.{limit}"),
            Effect::MeteredAllowance { limit, .. } => format!("allowance.{limit}"),
            Effect::IncludesUnits { service, .. } => format!("includes.{service}"),
            Effect::Pack { unit, .. } => format!("pack.{unit}"),
            Effect::AddsFeature { feature, .. } => format!("feature.{feature}"),
            Effect::AddsCapability { .. } => "capability".to_owned(),
        });
    }
    let further = [
        ("conditions", service.conditions.is_empty()),
        ("notes", service.notes.is_empty()),
        ("activation_month", service.activation_month.is_none()),
    ];
    names.extend(further.into_iter().filter(|(_, absent)| !absent).map(|(name, _)| name.to_owned()));
    names
}

/// The ids of everything in a catalog.
fn entries(list: &Catalog) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for edition in list.editions.iter() {
        let id = edition.id;
        names.insert(id.to_string());
        names.extend(edition.price_per_month.map(|_| format!("{id}/price_per_month")));
        names.extend(edition.validity.map(|_| format!("{id}/validity")));
        names.extend(edition.limits().map(|(limit, _)| format!("{id}/{limit}")));
        names.extend(edition.features().map(|(feature, _)| format!("{id}/{feature}")));
        names.extend(edition.overages().map(|(meter, _)| format!("{id}/overage.{meter}")));
    }
    for service in list.services.iter() {
        names.insert(format!("service.{}", service.id));
        names.extend(
            service_entries(service).into_iter().map(|name| format!("service.{}/{name}", service.id)),
        );
    }
    // The JSON form lists every rule by name, so a new rule cannot be forgotten here.
    let json = catalog::to_json([list]);
    let policies = json[0]["policies"].as_object().unwrap();
    names.extend(
        policies
            .iter()
            .filter(|(name, value)| !value.is_null() && *name != "moves")
            .map(|(name, _)| format!("policy.{name}")),
    );
    names.extend(list.policies.moves.iter().map(|rule| format!("move.{}.{}", rule.from, rule.to)));
    names.extend(list.notes.iter().map(|note| format!("note.{}", note.about)));
    names.extend(list.differences.iter().map(|difference| format!("difference.{}", difference.about)));
    names.into_iter().map(|name| format!("{}/{name}", list.id)).collect()
}

#[test]
fn every_catalog_entry_has_a_row_and_every_row_an_entry() {
    let seeds = support::seed_catalogs().into_iter().flat_map(|list| entries(list)).collect();
    assert_rows("docs/SEEDS.md", &seeds);
    assert_rows("docs/PAGES.md", &entries(catalog::intl_2026()));
}

fn assert_rows(path: &str, expected: &BTreeSet<String>) {
    let mapped = mapped(&std::fs::read_to_string(root().join(path)).unwrap());
    let without_row: Vec<_> = expected.difference(&mapped).collect();
    assert!(without_row.is_empty(), "{path} has no row for: {without_row:#?}");
    let without_entry: Vec<_> = mapped.difference(expected).collect();
    assert!(without_entry.is_empty(), "{path} names what no catalog has: {without_entry:#?}");
}

#[test]
fn every_file_and_test_that_is_named_exists() {
    let text = document();
    let mut sources = BTreeMap::new();
    let mut named = 0;
    for quoted in quoted(&text) {
        if let Some((module, test)) = quoted.split_once("::") {
            let source = sources.entry(module.to_owned()).or_insert_with(|| source(module));
            assert!(source.contains(&format!("fn {test}(")), "no test `{quoted}`");
            named += 1;
        } else if Path::new(quoted).extension().is_some_and(|extension| extension == "rs") {
            assert!(root().join(quoted).is_file(), "no file `{quoted}`");
        }
    }
    assert!(named > 100, "only {named} tests named");
}

/// The text of a test module: below `tests/it/`, or of a file in `src/`.
fn source(module: &str) -> String {
    let path =
        if module.starts_with("src/") { format!("{module}.rs") } else { format!("tests/it/{module}.rs") };
    std::fs::read_to_string(root().join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_row_of_the_tables_says_where_it_went() {
    for line in document().lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        // Rows of the mapping have four cells; the third names code or the reason.
        if cells.len() == 4 && cells[0] != "Seed" && !cells[0].chars().all(|c| c.is_ascii_digit()) {
            assert!(!cells[2].is_empty(), "neither code nor a reason: {line}");
        }
    }
}

#[test]
fn braces_stand_for_each_choice() {
    assert_eq!(expand("a/{b,c}/{d,e}"), ["a/b/d", "a/b/e", "a/c/d", "a/c/e"]);
    assert_eq!(expand("a/b"), ["a/b"]);
}
