//! The arrows of `docs/ARCHITECTURE.md`, read from the source:
//! `ffi → client → { decide, store, net, time } → model`, with `model` and `decide` pure, and `words` between `ffi` and
//! `client`.

mod circles;
mod paths;
mod rules;

use std::fs;
use std::path::{Path, PathBuf};

use rules::{module_of, violations};

#[test]
fn every_source_file_keeps_to_its_layer() {
    let problems: Vec<String> = sources(&support::root().join("src"))
        .iter()
        .flat_map(|(name, source)| violations(name, source))
        .collect();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn no_files_of_one_part_lie_on_a_circle() {
    let library = sources(&support::root().join("src"));
    let of = |layer: &str| library.iter().filter(|(name, _)| name.starts_with(layer)).cloned().collect();
    let parts: [(&str, Vec<(String, String)>); 7] = [
        ("client", of("client/")),
        ("decide", of("decide/")),
        ("model", of("model/")),
        ("store", of("store/")),
        ("words", of("words/")),
        ("endpoint-faults", sources(&support::root().join("endpoint-faults/src"))),
        ("endpoint", sources(&support::root().join("endpoint/src"))),
    ];
    let mut found = Vec::new();
    for (part, sources) in parts {
        assert!(sources.len() > 5, "no source of {part} was read");
        found.extend(circles::circles(&circles::arrows(&sources)));
    }
    assert!(found.is_empty(), "circles of files: {found:#?}");
}

#[test]
fn a_circle_of_files_is_found_also_through_a_re_export() {
    let source = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let straight = [
        source("client/mod.rs", "mod a; mod b; mod c; pub use a::A;"),
        source("client/a.rs", "use super::b::B; pub struct A;"),
        source("client/b.rs", "use crate::client::c::C; pub struct B;"),
        source("client/c.rs", "pub struct C;"),
    ];
    assert!(circles::circles(&circles::arrows(&straight)).is_empty());
    let mut back = straight.to_vec();
    back[3].1 = "use crate::client::A; pub struct C;".to_owned();
    let circle = [["client/a.rs", "client/b.rs", "client/c.rs"]];
    assert_eq!(circles::circles(&circles::arrows(&back)), circle);
}

/// Every source file below `root` with its text, but for those that only tests have.
fn sources(root: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    collect(root, &mut files);
    let sources: Vec<(String, String)> =
        files.iter().map(|path| (name(root, path), fs::read_to_string(path).unwrap())).collect();
    assert!(!sources.is_empty(), "no source was read");
    let test_modules: Vec<Vec<String>> = sources
        .iter()
        .flat_map(|(name, source)| paths::read(source, &module_of(name)).unwrap().test_modules)
        .collect();
    let only_for_tests = |name: &str| {
        let module = module_of(name);
        test_modules.iter().any(|tests| module.starts_with(tests))
    };
    sources.into_iter().filter(|(name, _)| !only_for_tests(name)).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn name(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/")
}

#[test]
fn what_breaks_the_layers_is_found() {
    let bad = [
        ("model/ids.rs", "use crate::decide::quota;"),
        ("model/ids.rs", "use super::super::store::Store;"),
        ("model/mod.rs", "use super::net;"),
        ("model/mod.rs", "use super::*;"),
        ("model/mod.rs", "fn f() { crate::client::open() }"),
        ("model/mod.rs", "macro_rules! m { () => { $crate::store::open() } }"),
        ("model/mod.rs", "mod inner { use super::super::net::Wire; }"),
        ("decide/login.rs", "use crate::{model::UserId, net::Wire};"),
        ("decide/login.rs", "use crate::UserId;"),
        ("decide/login.rs", "use crate::port::BoxFuture;"),
        ("port.rs", "use crate::model::UserId;"),
        ("store/mod.rs", "use crate::net::Transport;"),
        ("store/mod.rs", "use crate::runtime::handle;"),
        ("net/mod.rs", "use crate::decide::fetch::freshness;"),
        ("time/mod.rs", "use crate::store::Store;"),
        ("client/mod.rs", "use crate::ffi::Guard;"),
        ("client/mod.rs", "use crate::words::numbers;"),
        ("model/limit.rs", "use crate::words::names;"),
        ("words/login.rs", "use crate::time::Clock;"),
        ("words/login.rs", "use std::fs;"),
        ("helpers.rs", ""),
    ];
    for (file, source) in bad {
        assert_eq!(violations(file, source).len(), 1, "{file}: {source}");
    }
}

#[test]
fn what_is_impure_is_found_in_pure_layers_only() {
    let impure = [
        "use tokio::sync::Mutex;",
        "use tokio;",
        "fn f() { ::reqwest::get() }",
        "use std::{fmt, fs};",
        "use std::time::{Duration, Instant};",
        "use std::time;",
        "use std::time::{self, Duration};",
        "use std::time::*;",
        "static X: parking_lot::Once = parking_lot::Once::new();",
        "fn f() { tracing::info!(\"hello\") }",
        "use std::sync::Condvar;",
    ];
    for source in impure {
        assert!(!violations("model/mod.rs", source).is_empty(), "{source}");
        assert!(!violations("decide/mod.rs", source).is_empty(), "{source}");
        assert_eq!(violations("client/mod.rs", source), [""; 0], "{source}");
    }
}

#[test]
fn only_the_crate_s_own_mutex_is_taken() {
    for source in [
        "use parking_lot::Mutex;",
        "use std::sync::{Arc, Mutex};",
        "struct X(std::sync::RwLock<u8>);",
        "fn f() { parking_lot::Mutex::new(1); }",
    ] {
        assert_eq!(violations("client/core.rs", source).len(), 1, "{source}");
        assert_eq!(violations("lock.rs", source), [""; 0], "{source}");
    }
    assert_eq!(violations("client/core.rs", "use crate::lock::Mutex; use parking_lot::MutexGuard;"), [""; 0]);
}

#[test]
fn the_clock_is_read_in_one_file() {
    for source in [
        "fn f() { std::time::SystemTime::now(); }",
        "fn f() { web_time::SystemTime::now(); }",
        "use jiff::Timestamp; fn f() { Timestamp::now(); }",
        "fn f() { tokio::time::Instant::now(); }",
    ] {
        assert_eq!(violations("client/sync.rs", source).len(), 1, "{source}");
        assert_eq!(violations("time/system.rs", source), [""; 0], "{source}");
    }
}

#[test]
fn what_keeps_to_the_layers_passes() {
    let good = [
        ("lib.rs", "pub mod model; pub use client::Planguard; use crate::ffi::x;"),
        ("model/ids.rs", "use super::named::named_enum; use crate::model::Limit; use std::time::Duration;"),
        (
            "model/mod.rs",
            "//! Not [`crate::client`].\n/// See crate::net::Wire.\nconst X: &str = \"std::fs\";",
        ),
        ("model/mod.rs", "pub(crate) fn f(net: u8) -> u8 { net }"),
        ("model/mod.rs", "#[cfg(test)] mod tests { use std::fs; use crate::store::Store; }"),
        ("decide/mod.rs", "fn f(now: Timestamp) { clock.now(); }"),
        ("decide/login.rs", "use crate::model::{UserId, limit::{self, LimitId}};"),
        ("net/transport.rs", "use crate::port::BoxFuture;"),
        ("client/mod.rs", "use crate::{decide, model, net, store, time};"),
        (
            "words/login.rs",
            "use crate::{client::login::LoginOutcome, decide::login::DenyReason, model::Locale};",
        ),
        ("ffi/mod.rs", "use crate::Planguard; use crate::client;"),
    ];
    for (file, source) in good {
        assert_eq!(violations(file, source), [""; 0], "{file}: {source}");
    }
}

#[test]
fn a_violation_names_file_line_and_path() {
    let problems = violations("decide/login.rs", "use crate::model::UserId;\nuse crate::net::Wire;\n");
    assert_eq!(problems, ["decide/login.rs:2: `net::Wire` is in net, which decide must not know"]);
}

#[test]
fn a_test_module_in_its_own_file_is_known() {
    let source = "#[cfg(test)]\n#[allow(dead_code)]\npub(crate) mod contract;\nmod sqlite;";
    let found = paths::read(source, &module_of("store/mod.rs")).unwrap();
    assert_eq!(found.test_modules, [["store", "contract"]]);
}
