//! Stores that the processes of a fleet share, on real servers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

mod backups;
mod contract;
mod crowd;
mod cut;
mod damage;
mod discarded;
mod doubt;
mod guide;
mod machines;
mod meddling;
mod outages;
mod refusals;
mod settings;
mod tls;
mod tools;

/// The table of what was tried, in the documentation, names tests that exist.
#[test]
fn what_is_said_to_have_been_tried_is_tried() {
    let files = [
        ("backups", include_str!("backups.rs")),
        ("crowd", include_str!("crowd.rs")),
        ("cut", include_str!("cut.rs")),
        ("damage", include_str!("damage.rs")),
        ("discarded", include_str!("discarded.rs")),
        ("doubt", include_str!("doubt.rs")),
        ("machines", include_str!("machines.rs")),
        ("meddling", include_str!("meddling.rs")),
        ("outages", include_str!("outages.rs")),
        ("settings", include_str!("settings.rs")),
    ];
    let named: Vec<_> = include_str!("../../docs/FLEET.md").split("`fleet::").skip(1).collect();
    assert!(named.len() > 20, "{}", named.len());
    for named in named {
        let (module, name) = named.split('`').next().unwrap().split_once("::").unwrap();
        let (_, text) = files.iter().find(|(file, _)| *file == module).unwrap();
        assert!(text.contains(&format!("fn {name}()")), "{module}::{name}");
    }
}

/// What a process does that this program started again; nothing in any other.
#[test]
fn child_process() {
    crowd::join();
    outages::count_until_killed();
}
