//! Bytes per user: in memory and in the file. Without an endpoint: usage events would wait in the file for their
//! delivery, and are none of the user's.

use std::path::Path;
use std::sync::Arc;

use futures::executor::block_on;
use futures::future::join_all;
use planguard::{LoginOutcome, Observation, Planguard, SqliteStore, UserId};
use planguard_bench::cli::Arguments;
use planguard_bench::operation::login;
use planguard_bench::report::{Report, Target, Wanted};
use planguard_bench::{app, process};

use crate::allocations::live_bytes;

/// Users that are there before: what a guard needs for itself is not counted as theirs.
const BEFORE: u32 = 1_000;

/// Writes that run at once.
const AT_ONCE: usize = 256;

pub(crate) fn run(arguments: &Arguments, report: &mut Report) {
    memory(arguments.pick([50_000, 60_000], [6_000, 8_000]), report);
    file(arguments.pick(20_000, 5_000), report);
}

/// Users that log in and whose friends are observed, on SQLite: a memory store would keep a copy of its own.
///
/// At two numbers of users, of which the worse counts: tables grow in steps, so that one number says little.
fn memory(counts: [u32; 2], report: &mut Report) {
    let folder = tempfile::tempdir().unwrap();
    let guard = guard(&folder.path().join("store.db"));
    let active = |from: u32, until: u32| {
        let users = app::users(from, until - from);
        log_in(&guard, &users);
        observe(&guard, &users);
    };
    active(0, BEFORE);
    let (bytes, resident) = (live_bytes(), process::resident());
    let mut done = BEFORE;
    let mut found = Vec::new();
    for count in counts {
        active(done, BEFORE + count);
        done = BEFORE + count;
        let per_user = |bytes: u64| bytes as f64 / f64::from(count);
        let value = per_user(live_bytes() - bytes);
        let grown =
            resident.zip(process::resident()).map(|(before, after)| per_user(after.saturating_sub(before)));
        let resident = grown.map_or_else(String::new, |grown| format!(" (resident pages: {grown:.0})"));
        println!("    {count} users: {value:.0} B a user{resident}");
        found.push((value, format!("{value:.0} B with {count}{resident}")));
    }
    let worst = found.iter().map(|(value, _)| *value).fold(0.0, f64::max);
    let measured: Vec<_> = found.into_iter().map(|(_, text)| text).collect();
    report.target(Target {
        what: "memory per user, with a ledger entry and a friends counter".to_owned(),
        measured: format!("allocated and kept: {}", measured.join(", ")),
        value: Some(worst),
        unit: "B",
        wanted: Wanted::AtMost(200.0),
    });
}

/// Users that log in; the file as it is after the guard has closed it.
fn file(count: u32, report: &mut Report) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let size = |from: u32, count: u32| {
        let guard = guard(&path);
        log_in(&guard, &app::users(from, count));
        drop(guard);
        settled(&path)
    };
    let before = size(0, BEFORE);
    let value = (size(BEFORE, count) - before) as f64 / f64::from(count);
    report.target(Target {
        what: "file per user, after real logins".to_owned(),
        measured: format!("{value:.0} B over {count} users"),
        value: Some(value),
        unit: "B",
        wanted: Wanted::AtMost(110.0),
    });
}

fn guard(path: &Path) -> Planguard {
    app::without_endpoint(Arc::new(SqliteStore::open(path).unwrap()))
}

fn log_in(guard: &Planguard, users: &[UserId]) {
    for batch in users.chunks(AT_ONCE) {
        let outcomes = block_on(join_all(batch.iter().map(|&user| login(guard, user))));
        assert!(outcomes.iter().all(|outcome| matches!(outcome, LoginOutcome::Executed { .. })));
    }
}

fn observe(guard: &Planguard, users: &[UserId]) {
    for batch in users.chunks(AT_ONCE) {
        let friends = batch.iter().map(|&user| Observation::Friends { user, count: 7 }).collect::<Vec<_>>();
        block_on(join_all(friends.iter().map(|friends| guard.observe(friends))));
    }
}

/// The file's size with the log written back into it.
fn settled(path: &Path) -> u64 {
    let connection = rusqlite::Connection::open(path).unwrap();
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).unwrap();
    assert_eq!(busy, 0, "the store is closed");
    std::fs::metadata(path).unwrap().len()
}
