//! Bytes of a user: on the server or in the file, and in a process. Users log in and have a counter of friends, through a
//! guard; what is there for some users is taken off what is there for many.

use std::path::Path;
use std::sync::Arc;

use futures::executor::block_on;
use futures::future::join_all;
use planguard::{Observation, UserId};
use planguard_bench::cli::Arguments;
use planguard_bench::operation::login;
use planguard_bench::{app, process};
use planguard_servers::{Postgres, Redis};

use crate::child::{Process, wait_to_go};
use crate::kind::Kind;

/// Users that are there before: what a store needs for itself is not counted as theirs.
const BEFORE: u32 = 1_000;

/// Writes that run at once.
const AT_ONCE: usize = 256;

/// Where a store of a kind is, and how its bytes are told.
enum Place {
    Postgres(Box<Postgres>),
    Redis(Box<Redis>),
    Sqlite(tempfile::TempDir),
}

/// Rows of users, and the bytes of all.
#[derive(Clone, Copy)]
struct Size {
    rows: u64,
    bytes: u64,
}

pub(crate) fn run(arguments: &Arguments) {
    let count = arguments.pick(20_000, 2_000);
    println!("{count} users who log in, each with a counter of friends\n");
    println!(
        "| | rows a user | bytes a user | the same, tidied up | of a process: after opening | after a write of each user |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    for (kind, place) in [
        (Kind::Postgres, Place::Postgres(Box::new(Postgres::start()))),
        (Kind::Redis, Place::Redis(Box::new(Redis::every_second()))),
        (Kind::Sqlite, Place::Sqlite(tempfile::tempdir().unwrap())),
    ] {
        let url = place.url();
        log_in(kind, &url, 0, BEFORE);
        let (few, opened_few) = (place.size(), held(kind, &url, BEFORE));
        place.tidy_up();
        let few_tidy = place.size();
        log_in(kind, &url, BEFORE, count);
        let many = place.size();
        place.tidy_up();
        let many_tidy = place.size();
        let opened_many = held(kind, &url, BEFORE + count);
        let per_user = |few: u64, many: u64| many.saturating_sub(few) as f64 / f64::from(count);
        println!(
            "| {} | {:.1} | {:.0} | {:.0} | {:.0} | {:.0} |",
            kind.title(),
            per_user(few.rows, many.rows),
            per_user(few.bytes, many.bytes),
            per_user(few_tidy.bytes, many_tidy.bytes),
            per_user(opened_few[0], opened_many[0]),
            per_user(opened_few[1], opened_many[1]),
        );
    }
}

impl Place {
    fn url(&self) -> String {
        match self {
            Self::Postgres(server) => server.url(),
            Self::Redis(server) => server.url(),
            Self::Sqlite(folder) => folder.path().join("store.db").to_string_lossy().into_owned(),
        }
    }

    /// The journal and the log of commits are left out: they are as long with few users as with many.
    fn size(&self) -> Size {
        match self {
            Self::Postgres(server) => {
                let of = |what: &str| {
                    let sql = format!(
                        "SELECT sum({what}) FROM pg_class WHERE relnamespace = 'planguard'::regnamespace \
                         AND relkind = 'r' AND relname NOT IN ('head', 'journal')"
                    );
                    server.sql("postgres", &sql).parse().unwrap()
                };
                server.sql("postgres", "ANALYZE");
                Size { rows: of("greatest(reltuples, 0)::bigint"), bytes: of("pg_total_relation_size(oid)") }
            }
            Self::Redis(server) => {
                let rows = format!("{{planguard:{}}}:rows", app::APP);
                let number = |command: &str| {
                    let answer = server.ask(command);
                    answer
                        .trim_start_matches(':')
                        .parse::<u64>()
                        .unwrap_or_else(|_| panic!("{command}: {answer}"))
                };
                Size {
                    rows: number(&format!("HLEN {rows}")),
                    bytes: number(&format!("MEMORY USAGE {rows} SAMPLES 0")),
                }
            }
            Self::Sqlite(_) => settled(Path::new(&self.url())),
        }
    }

    /// What Postgres does by itself after a while.
    fn tidy_up(&self) {
        if let Self::Postgres(server) = self {
            server.sql("postgres", "VACUUM FULL");
        }
    }
}

/// The file's size with the log written back into it.
fn settled(path: &Path) -> Size {
    let connection = rusqlite::Connection::open(path).unwrap();
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).unwrap();
    assert_eq!(busy, 0, "the store is closed");
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let mut names = connection.prepare(tables).unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let count = |name: &String| {
        let sql = format!("SELECT count(*) FROM \"{name}\"");
        let rows: i64 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
        u64::try_from(rows).unwrap()
    };
    Size { rows: names.iter().map(count).sum(), bytes: std::fs::metadata(path).unwrap().len() }
}

/// That many users from a number on log in, and their friends are observed.
fn log_in(kind: Kind, place: &str, from: u32, count: u32) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let guard = app::without_endpoint(kind.open(place).await);
        for batch in app::users(from, count).chunks(AT_ONCE) {
            let outcomes = join_all(batch.iter().map(|&user| login(&guard, user))).await;
            assert!(outcomes.iter().all(planguard::LoginOutcome::is_logged_in), "{outcomes:?}");
            observe(&guard, batch, 7).await;
        }
    });
}

async fn observe(guard: &planguard::Planguard, users: &[UserId], count: u64) {
    let friends: Vec<_> = users.iter().map(|&user| Observation::Friends { user, count }).collect();
    join_all(friends.iter().map(|friends| guard.observe(friends))).await;
}

/// Resident bytes of a process that opens a guard on the store: then, and after it has written something of each user.
fn held(kind: Kind, place: &str, users: u32) -> [u64; 2] {
    let mut process = Process::start(&["hold", kind.word(), place, &users.to_string()]);
    process.ready();
    process.go();
    serde_json::from_str(&process.found()).unwrap()
}

/// What such a process does.
pub(crate) fn hold(kind: Kind, place: &str, users: u32) {
    wait_to_go();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let store: Arc<_> = runtime.block_on(kind.open(place));
    let guard = runtime.block_on(async { app::without_endpoint(store) });
    let opened = process::resident().unwrap();
    for batch in app::users(0, users).chunks(AT_ONCE) {
        block_on(observe(&guard, batch, 8));
    }
    println!("{}", serde_json::to_string(&[opened, process::resident().unwrap()]).unwrap());
}
