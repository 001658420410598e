//! What a month of many users costs: rows, bytes a user, and how long the month's figures take, on SQLite and on Postgres.
//!
//! Every user logs in on one day as the provider tells, three of five also as a device tells, and one of five on a second
//! day. The rows are written by the functions that count webhooks and usage events, a thousand users a transaction;
//! single webhooks, each in a transaction of its own as they come in, are timed afterwards.
//!
//! `cargo run --release -p planguard-endpoint --example million -- [--users 1000000]`
#![allow(clippy::print_stdout, reason = "an example talks to a person")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::time::{Duration, Instant};

use clap::Parser;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use planguard_endpoint::accounts::{self, AccountKey};
use planguard_endpoint::db::{Db, DbError, Place, Queries};
use planguard_endpoint::drift;
use planguard_endpoint::ledger::period::{When, month_number};
use planguard_endpoint::ledger::tally::{Tallies, get, what};
use planguard_endpoint::ledger::users::{is_active, logged_in, logged_in_on_day};
use planguard_endpoint::ledger::{App, usage};
use planguard_endpoint::provider::{Settings, Token, apply, read};
use planguard_servers::Postgres;
use serde_json::json;

/// What a month of many users costs.
#[derive(Parser)]
struct Arguments {
    /// Users of the month.
    #[arg(long, default_value_t = 1_000_000)]
    users: u32,
}

const APP: u64 = 1_400_000_001;
const SECRET: &[u8] = b"a secret of this run";
const A_TRANSACTION: u32 = 1_000;
const SINGLE: u32 = 2_000;
const DAY: i64 = 86_400_000;

type Failed = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let users = Arguments::parse().users;
    println!("{users} users of one month\n");
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("million.db");
    let db = Db::open(&Place::File(file.clone())).await?;
    measure("SQLite", &db, users).await?;
    let url = tokio::task::spawn_blocking(|| Postgres::shared().database("million")).await?;
    let db = Db::open(&Place::Postgres(url)).await?;
    measure("Postgres", &db, users).await
}

fn app() -> Result<App, Failed> {
    let mut settings = Settings::with_tokens(vec![Token::new("token").ok_or("no token")?]);
    settings.complete_from = Some(jiff::civil::date(2026, 11, 1));
    let zone = TimeZone::fixed(Offset::constant(8));
    Ok(App { id: APP, zone, provider: Some(settings), accounts: true })
}

async fn measure(name: &str, db: &Db, users: u32) -> Result<(), Failed> {
    let app = app()?;
    let now = "2026-11-20T10:00:00Z".parse::<Timestamp>()?.as_millisecond();
    let when = When::new(&app.zone, now);
    let key = db.write(move |queries| accounts::current(queries, SECRET, APP, when.month, now)).await?;
    let before = bytes(db).await?;

    let begun = Instant::now();
    for from in (0..users).step_by(A_TRANSACTION as usize) {
        let (key, app) = (key.clone(), app.clone());
        let until = users.min(from + A_TRANSACTION);
        db.write(move |queries| fill(queries, &key, &app, from..until, now)).await?;
    }
    let filled = begun.elapsed();
    settle(db).await?;
    let size = bytes(db).await? - before;

    println!("{name}");
    println!("  {:>12}  rows of users", rows(db).await?);
    println!("  {:>12}  bytes a user, index and free space included", size / u64::from(users.max(1)));
    println!("  {:>12}  ms to fill, a thousand users a transaction", filled.as_millis());

    let month = month_number(when.month);
    let mau = timed(db, "the month's MAU, by its counter", move |q| get(q, APP, month, what::MAU)).await?;
    let counted = timed(db, "the same, by counting the rows", move |q| {
        let sql = "SELECT COUNT(*) FROM month_users WHERE app = $1 AND month = $2 AND provider_days <> 0";
        q.first(sql, &[i64::try_from(APP).unwrap_or(0).into(), month.into()])?.map_or(Ok(0), |row| row.get(0))
    })
    .await?;
    if (mau, counted) != (i64::from(users), i64::from(users)) {
        return Err(format!("{mau} by the counter, {counted} by the rows").into());
    }
    let of = app.clone();
    timed(db, "the document's usage", move |q| usage::usage(q, &of, now).map(|it| i64::from(it.is_some())))
        .await?;
    let of = app.clone();
    timed(db, "the drift report", move |q| {
        drift::report(q, &of, when.month, now).map(|report| report.users.both)
    })
    .await?;
    let asked = key.account(APP, "user-777");
    timed(db, "whether one user is active", move |q| is_active(q, APP, when.month, asked).map(i64::from))
        .await?;
    single(db, &app, now).await
}

/// A thousand users of both sides.
fn fill(
    queries: &mut dyn Queries,
    key: &AccountKey,
    app: &App,
    users: std::ops::Range<u32>,
    now: i64,
) -> Result<(), DbError> {
    let mut tallies = Tallies::default();
    for user in users {
        let account = key.account(APP, &format!("user-{user}"));
        // Over the month's first nineteen days.
        let first = When::new(&app.zone, now - i64::from(user % 19) * DAY);
        logged_in(queries, &mut tallies, APP, first, account)?;
        if user % 5 < 3 {
            logged_in_on_day(queries, &mut tallies, APP, first, &[account])?;
        }
        if user % 5 == 4 {
            let second = When::new(&app.zone, now - i64::from((user + 1) % 19) * DAY);
            logged_in(queries, &mut tallies, APP, second, account)?;
        }
    }
    tallies.write(queries, APP, 0)
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
    println!("  {:>9}.{:02}  ms: {what}", best.as_micros() / 1_000, best.as_micros() % 1_000 / 10);
    Ok(found)
}

/// Webhooks as they come in: of users who are counted already, and of new ones.
async fn single(db: &Db, app: &App, now: i64) -> Result<(), Failed> {
    for (what, prefix) in [("of users counted before", "user"), ("of new users", "new")] {
        let begun = Instant::now();
        for user in 0..SINGLE {
            let body = json!({
                "EventTime": now - i64::from(user % 19) * DAY,
                "Info": { "Action": "Login", "To_Account": format!("{prefix}-{user}") }
            });
            let app = app.clone();
            db.write(move |queries| {
                let callback = read("State.StateChange", body.to_string().as_bytes());
                let callback = callback.map_err(|error| DbError::Failed { why: error.to_string() })?;
                apply(queries, SECRET, &app, "State.StateChange", &callback, now, now)
            })
            .await?;
        }
        let each = begun.elapsed() / SINGLE;
        println!(
            "  {:>9}.{:02}  ms: one webhook {what}",
            each.as_micros() / 1_000,
            each.as_micros() % 1_000 / 10
        );
    }
    Ok(())
}

async fn rows(db: &Db) -> Result<i64, Failed> {
    let sql = "SELECT COUNT(*) FROM month_users";
    Ok(db.read(move |queries| queries.first(sql, &[])?.map_or(Ok(0), |row| row.get(0))).await?)
}

/// Bytes of the whole file, or of the one table with its index.
async fn bytes(db: &Db) -> Result<u64, Failed> {
    let sql = if db.is_postgres() {
        "SELECT pg_total_relation_size('month_users')"
    } else {
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    };
    let bytes: i64 = db.read(move |queries| queries.first(sql, &[])?.map_or(Ok(0), |row| row.get(0))).await?;
    Ok(bytes.unsigned_abs())
}

/// What Postgres does by itself after a while: its planner learns how large the table is.
async fn settle(db: &Db) -> Result<(), Failed> {
    db.write(|queries| queries.execute("ANALYZE", &[])).await?;
    Ok(())
}
