//! What a month of many users costs: rows, bytes a user, and how long the month's figures take, on SQLite and on Postgres.
//!
//! Every user logs in on one day as the provider tells, three of five also as a device tells, and one of five on a second
//! day. The rows are written by the functions that count webhooks and usage events, a thousand users a transaction, eight
//! transactions at once; single webhooks and whole batches, as they come in, are timed afterwards. Postgres waits for
//! the disk at every commit, as SQLite does here.
//!
//! `cargo run --release -p planguard-endpoint --example million -- [--users 1000000] [--only sqlite]`
#![allow(clippy::print_stdout, reason = "an example talks to a person")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]

mod calls;
mod fill;
mod size;

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use jiff::Timestamp;
use planguard_endpoint::accounts;
use planguard_endpoint::clock::Clock;
use planguard_endpoint::config::Config;
use planguard_endpoint::db::{Db, DbError, Queries};
use planguard_endpoint::drift;
use planguard_endpoint::ledger::period::{When, month_number};
use planguard_endpoint::ledger::tally::{get, what};
use planguard_endpoint::ledger::users::is_active;
use planguard_endpoint::ledger::{App, usage};
use planguard_endpoint::secret::Secret;
use planguard_endpoint::service::Service;
use planguard_servers::Postgres;

use size::Size;

/// What a month of many users costs.
#[derive(Parser)]
struct Arguments {
    /// Users of the month.
    #[arg(long, default_value_t = 1_000_000)]
    users: u32,
    /// One of the databases alone.
    #[arg(long)]
    only: Option<Database>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

const APP: u64 = 1_400_000_001;
const NOW: &str = "2026-11-20T10:00:00Z";
const DAY: i64 = 86_400_000;

type Failed = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let Arguments { users, only } = Arguments::parse();
    println!("{users} users of one month\n");
    let wanted = |database| only.is_none_or(|only| only == database);
    if wanted(Database::Sqlite) {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("million.db");
        measure("SQLite", &open(&file.to_string_lossy()).await?, Size::OfFile, users).await?;
    }
    if wanted(Database::Postgres) {
        let server = tokio::task::spawn_blocking(|| Arc::new(Postgres::start())).await?;
        let url = server.database("million");
        measure("Postgres", &open(&url).await?, Size::on(server, &url), users).await?;
    }
    Ok(())
}

/// An endpoint whose clock stands, with webhooks from the month's first day on.
async fn open(database: &str) -> Result<Arc<Service>, Failed> {
    let text = format!(
        "[[app]]\nsdk_app_id = {APP}\n[app.webhooks]\ntokens = [\"token\"]\ncomplete_from = \"2026-11-01\""
    );
    let mut config = Config::parse(&text)?;
    database.clone_into(&mut config.database);
    Ok(Service::open(config, Secret::generate()?, Clock::fixed(NOW.parse()?)).await?)
}

async fn measure(name: &str, service: &Arc<Service>, size: Size, users: u32) -> Result<(), Failed> {
    let (db, now) = (&service.db, NOW.parse::<Timestamp>()?.as_millisecond());
    let (app, root) = (App::of(service.app(APP).map_err(|_| "no app")?), accounts::root(&service.secret));
    let month = When::new(&app.zone, now).month;
    let key = db.write(move |queries| accounts::current(queries, &root, APP, month, now)).await?;
    let before = size.bytes(db).await?;

    let begun = Instant::now();
    fill::fill(db, &root, &app, &key, users, now).await?;
    let filled = begun.elapsed();
    println!("{name}");
    println!("  {:>12}  ms to fill", filled.as_millis());
    println!("  {:>12}  rows of users", size::rows(db).await?);
    let per_user = |bytes: u64| bytes.saturating_sub(before) / u64::from(users.max(1));
    println!("  {:>12}  bytes a user, index and free space included", per_user(size.bytes(db).await?));
    size.vacuum("VACUUM ANALYZE").await?;

    let number = month_number(month);
    let mau = timed(db, "the month's MAU, by its counter", move |q| get(q, APP, number, what::MAU)).await?;
    let counted = timed(db, "the same, by counting the rows", move |q| {
        let sql = "SELECT COUNT(*) FROM month_users WHERE app = $1 AND month = $2 AND provider_days <> 0";
        q.first(sql, &[i64::try_from(APP).unwrap_or(0).into(), number.into()])?
            .map_or(Ok(0), |row| row.get(0))
    })
    .await?;
    if (mau, counted) != (i64::from(users), i64::from(users)) {
        return Err(format!("{mau} by the counter, {counted} by the rows").into());
    }
    let of = app.clone();
    timed(db, "the document's usage", move |q| usage::usage(q, &of, now).map(|it| i64::from(it.is_some())))
        .await?;
    let of = app.clone();
    timed(db, "the drift report", move |q| drift::report(q, &of, month, now).map(|report| report.users.both))
        .await?;
    let asked = key.account(APP, "user-777");
    timed(db, "whether one user is active", move |q| is_active(q, APP, month, asked).map(i64::from)).await?;
    calls::webhooks(db, &root, &app, now).await?;
    calls::batches(service, &key, now).await?;
    if size.vacuum("VACUUM FULL").await? {
        println!("  {:>12}  bytes a user, written anew (`VACUUM FULL`)", per_user(size.bytes(db).await?));
    }
    Ok(())
}

/// The best of five, so that what another process does at that moment is left out.
async fn timed(
    db: &Db,
    what: &str,
    work: impl Fn(&mut dyn Queries) -> Result<i64, DbError> + Clone + Send + 'static,
) -> Result<i64, Failed> {
    let mut best = Duration::MAX;
    let mut found = 0;
    for _ in 0..5 {
        let begun = Instant::now();
        found = db.read(work.clone()).await?;
        best = best.min(begun.elapsed());
    }
    say(best, what);
    Ok(found)
}

/// A line with a time.
fn say(time: Duration, what: &str) {
    println!("  {:>9}.{:02}  ms: {what}", time.as_micros() / 1_000, time.as_micros() % 1_000 / 10);
}
