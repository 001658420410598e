//! From opening a guard to the first answer, in a process that did nothing before.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use futures::executor::block_on;
use planguard::store::{MemoryStore, Store};
use planguard::{CatalogId, EditionId, Feature, Observation, Planguard, SdkAppId, SqliteStore};
use planguard_bench::cli::Arguments;
use planguard_bench::operation::login;
use planguard_bench::report::{Report, Target, Timing, Wanted, nanoseconds};
use planguard_bench::{app, process};

use crate::rounds::min_and_median;

/// What a device's file holds.
const USERS: u32 = 20;

pub(crate) fn run(arguments: &Arguments, report: &mut Report) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    prepare(&path);
    let starts = arguments.pick(60, 8);
    let path = path.to_str().unwrap();
    let (mut memory, mut sqlite) = (Vec::new(), Vec::new());
    for _ in 0..starts {
        memory.push(start(&["--child", "start"]));
        sqlite.push(start(&["--child", "start", path]));
    }
    for (name, times, bound) in [("memory store", memory, 0.3), ("SQLite, warm file", sqlite, 3.0)] {
        let (min, median) = min_and_median(times);
        report.target(Target {
            what: format!("open to the first `feature`: {name}"),
            measured: format!(
                "{} (median {}) over {starts} new processes",
                nanoseconds(min),
                nanoseconds(median)
            ),
            value: Some(min / 1e6),
            unit: "ms",
            wanted: Wanted::Below(bound),
        });
        let group = "open to the first feature, new process".to_owned();
        report.timings.push(Timing { group, name: name.to_owned(), min, median });
    }
}

/// A file as an app leaves it: with a document and some users.
fn prepare(path: &Path) {
    let guard = app::guard(Arc::new(SqliteStore::open(path).unwrap()));
    for user in app::users(0, USERS) {
        assert!(block_on(login(&guard, user)).is_logged_in());
        block_on(guard.observe(&Observation::Friends { user, count: 7 }));
    }
}

fn start(arguments: &[&str]) -> f64 {
    process::output(&mut process::again(arguments)).trim().parse().unwrap()
}

/// What the new process does: it prints the nanoseconds from opening to the first answer.
pub(crate) fn child(words: &[String]) {
    assert_eq!(words[0], "start");
    let path = words.get(1);
    let app = SdkAppId::new(app::APP).unwrap();
    let started = Instant::now();
    let store: Arc<dyn Store> = match path {
        Some(path) => Arc::new(SqliteStore::open(path).unwrap()),
        None => Arc::new(MemoryStore::new()),
    };
    let builder =
        Planguard::builder(app).fallback(CatalogId::INTL_2024, EditionId::PREMIUM).shared_store(store);
    let guard = block_on(builder.open()).unwrap();
    let decision = guard.feature(Feature::Community);
    let time = started.elapsed();
    assert!(decision.granted);
    println!("{}", time.as_nanos());
}
