//! Whose the bytes of a library are, by the names of its symbols.

use std::collections::BTreeMap;

use anyhow::Context;
use object::{Object, ObjectSection, ObjectSymbol, SectionKind, SymbolKind};

/// What a library consists of.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    /// Bytes by section.
    pub sections: BTreeMap<String, u64>,
    /// Code and named data by crate; C code by where it comes from.
    pub crates: BTreeMap<String, u64>,
    /// That of planguard by module.
    pub modules: BTreeMap<String, u64>,
    /// The largest functions.
    pub largest: Vec<(u64, String)>,
    /// Constants that have no name of their own: texts, tables, price lists.
    pub unnamed: u64,
}

/// How many of the largest functions are kept.
const LARGEST: usize = 25;

/// Reads a library with its symbols.
pub(crate) fn read(bytes: &[u8]) -> anyhow::Result<Contents> {
    let file = object::File::parse(bytes).context("the library is no object file")?;
    let mut out = Contents::default();
    let mut constants = 0;
    for section in file.sections() {
        let zeros = matches!(section.kind(), SectionKind::UninitializedData | SectionKind::UninitializedTls);
        if section.address() == 0 || zeros {
            continue;
        }
        let name = section.name().unwrap_or("?");
        if name.starts_with(".rodata") || name.starts_with(".data") {
            constants += section.size();
        }
        *out.sections.entry(name.to_owned()).or_default() += section.size();
    }
    let mut source = String::new();
    let mut seen = std::collections::BTreeSet::new();
    for symbol in file.symbols() {
        let name = symbol.name().unwrap_or_default();
        if symbol.kind() == SymbolKind::File {
            name.clone_into(&mut source);
            continue;
        }
        let in_section = symbol.section_index().and_then(|index| file.section_by_index(index).ok());
        let Some(section) = in_section else { continue };
        // Folded functions share an address, and are there once.
        if symbol.size() == 0
            || section.kind() == SectionKind::UninitializedData
            || !seen.insert(symbol.address())
        {
            continue;
        }
        if section.kind() != SectionKind::Text {
            constants = constants.saturating_sub(symbol.size());
        }
        let demangled = rustc_demangle::try_demangle(name).map(|name| format!("{name:#}"));
        let owner = match &demangled {
            Ok(name) => owner(name),
            Err(_) => foreign(name, &source),
        };
        if owner == "planguard" {
            let module = demangled.as_deref().map_or("ffi (scaffolding)".to_owned(), module);
            *out.modules.entry(module).or_default() += symbol.size();
        }
        *out.crates.entry(owner).or_default() += symbol.size();
        out.largest.push((symbol.size(), demangled.unwrap_or_else(|_| name.to_owned())));
    }
    out.largest.sort_by(|one, other| other.cmp(one));
    out.largest.truncate(LARGEST);
    out.unnamed = constants;
    Ok(out)
}

/// The crate that a Rust symbol is there for: ours where it names us, else the first that is not the standard library.
///
/// A generic function of the standard library that was made for a type of ours is ours to reduce.
pub(crate) fn owner(name: &str) -> String {
    let crates = crates(name);
    if crates.contains(&"planguard") {
        return "planguard".to_owned();
    }
    let own = crates.iter().find(|name| !matches!(**name, "core" | "alloc" | "std" | "hashbrown"));
    own.copied().unwrap_or("std").to_owned()
}

/// The crates that a demangled name speaks of, in order: the first part of each path.
fn crates(name: &str) -> Vec<&str> {
    paths(name).filter_map(|path| path.split_once("::")).map(|(first, _)| first).collect()
}

/// Every path in a name, such as `core::option::Option`.
fn paths(name: &str) -> impl Iterator<Item = &str> {
    let in_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    name.split(move |c: char| !in_path(c)).filter(|path| path.contains("::") && !path.starts_with(':'))
}

/// The module of ours that a name speaks of first, two steps deep.
pub(crate) fn module(name: &str) -> String {
    let of_ours = paths(name).find_map(|path| path.strip_prefix("planguard::"));
    let mut steps = of_ours.unwrap_or("?").split("::");
    match (steps.next(), steps.next()) {
        (Some(wing), Some(part)) if part.chars().next().is_some_and(char::is_lowercase) => {
            format!("{wing}::{part}")
        }
        (Some(wing), _) => wing.to_owned(),
        (None, _) => "?".to_owned(),
    }
}

/// Where a symbol that is not Rust's comes from: the file that the linker names before local ones, or its prefix.
fn foreign(name: &str, source: &str) -> String {
    let of = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    if of(&["sqlite3"]) || source.contains("sqlite3") {
        "SQLite (C)".to_owned()
    } else if of(&["ring_core", "x25519", "fiat_", "bn_"]) || of(&["aes_", "chacha20", "gcm_", "ecp_nistz"]) {
        "ring".to_owned()
    } else if of(&["uniffi_", "UNIFFI_", "ffi_planguard"]) {
        "planguard".to_owned()
    } else if of(&["rust_", "__rust", "_R"]) {
        "std".to_owned()
    } else {
        format!("other ({source})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_is_of_the_crate_it_is_there_for() {
        for (name, of) in [
            ("planguard::client::open::open::{closure#0}", "planguard"),
            ("<alloc::vec::Vec<planguard::model::Move> as core::ops::drop::Drop>::drop", "planguard"),
            (
                "<serde_json::value::Value as serde_core::de::Deserializer>::deserialize_any::<url::Url>",
                "serde_json",
            ),
            ("core::ptr::drop_in_place::<alloc::string::String>", "std"),
            ("hashbrown::raw::RawTable<(alloc::string::String, u64)>::insert", "std"),
            ("main", "std"),
        ] {
            assert_eq!(owner(name), of, "{name}");
        }
    }

    #[test]
    fn our_modules_are_two_steps_deep() {
        assert_eq!(module("planguard::client::open::open::{closure#0}"), "client::open");
        assert_eq!(module("<planguard::model::Move as core::clone::Clone>::clone"), "model");
        assert_eq!(module("core::ptr::drop_in_place::<planguard::store::state::State>"), "store::state");
    }

    #[test]
    fn c_code_is_told_by_file_and_prefix() {
        assert_eq!(foreign("vdbeSorterSort", "sqlite3.c"), "SQLite (C)");
        assert_eq!(foreign("ring_core_0_17_14__x25519", ""), "ring");
        assert_eq!(foreign("uniffi_planguard_fn_method_guard_check", ""), "planguard");
    }
}
