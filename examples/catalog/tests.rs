//! What a person sees of a price list.

use planguard::catalog;

use crate::tables::render;

/// Ids such as `friends_per_user`, and numbers with separators.
fn names(text: &str) -> Vec<String> {
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ',');
    let mut names: Vec<String> = text.split(word).map(|name| name.trim_matches(',').to_owned()).collect();
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn no_name_is_broken_at_any_width() {
    for catalog in catalog::all() {
        let whole = names(&render(catalog, 1000));
        for width in [60, 72, 80, 100, 120] {
            let text = render(catalog, width);
            let broken: Vec<String> = names(&text).into_iter().filter(|name| !whole.contains(name)).collect();
            assert!(broken.is_empty(), "{} at {width}: {broken:?}", catalog.id);
            let wide = text.lines().find(|line| textwrap::core::display_width(line) > usize::from(width));
            assert_eq!(wide, None, "{} at {width}", catalog.id);
        }
    }
}

#[test]
fn what_is_said_of_several_moves_is_said_once() {
    for catalog in catalog::all() {
        let text = render(catalog, 1000);
        for change in catalog.policies.moves.iter() {
            let said = text.matches(&*change.note).count();
            assert_eq!(said, 1, "{}: {}", catalog.id, change.note);
            assert!(text.contains(&format!("{} to {}", change.from, change.to)));
        }
    }
}

#[test]
fn documents_are_cited_by_name_and_never_by_path() {
    for catalog in catalog::all() {
        assert!(!render(catalog, 120).contains("seeds/"));
    }
    let json = catalog::to_json(catalog::all()).to_string();
    assert!(!json.contains("seeds/") && json.contains("Chat Purchase Guide: Pricing"));
}

#[test]
fn the_readme_quotes_what_is_printed() {
    let text = render(catalog::intl_2024(), 120);
    for line in crate::readme::quoted("cargo run --example catalog -- --catalog intl-2024") {
        assert!(text.lines().any(|printed| printed == line), "{line}");
    }
}
