//! Plays a month of a message log against the endpoint, from both sides at once, and compares what it counts with a count
//! of the log by plain sets.
//!
//! Every user has a phone on which a real planguard guards the logins. Whoever sends a message has opened chat; whoever
//! gets one is woken by a push. Each login that reaches the chat SDK is told to the endpoint by a signed webhook, and by
//! the phone's usage events; both go over HTTP on loopback.
//!
//! `cargo run -p planguard-endpoint --example month -- --log FILE [--month 2004-05] [--postgres] [--lose 5]`
//!
//! FILE is a CSV `source,target,unix_seconds`, plain or packed with gzip. Without `--database` it is a SQLite file that is
//! deleted at the end; a Postgres database has to be empty, and `--postgres` starts a server for the time of the run.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to a person")]

mod play;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use planguard::time::BillingMonth;
use planguard_servers::Postgres;
use play::{Message, Options, Outcome, busiest, play, read};

/// Plays a month of a message log against the endpoint, from both sides at once.
#[derive(Parser)]
struct Arguments {
    /// A CSV `source,target,unix_seconds`, plain or packed with gzip.
    #[arg(long)]
    log: PathBuf,
    /// The month in UTC+08:00; the one with the most messages without it.
    #[arg(long)]
    month: Option<BillingMonth>,
    /// `postgres://…` of an empty database, or the path of a new file.
    #[arg(long)]
    database: Option<String>,
    /// Starts a Postgres server on loopback for the time of the run.
    #[arg(long, conflicts_with = "database")]
    postgres: bool,
    /// So many of a hundred webhooks are lost on the way.
    #[arg(long, default_value_t = 0)]
    lose: u32,
}

type Failed = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<bool, Failed> {
    let messages: Vec<Message> = read(&arguments.log)?;
    let month = match arguments.month {
        Some(month) => month,
        None => busiest(&messages).ok_or("the log has no messages")?,
    };
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("month.db").to_string_lossy().into_owned();
    let database = if arguments.postgres {
        tokio::task::spawn_blocking(|| Postgres::shared().database("month")).await?
    } else {
        arguments.database.unwrap_or(file)
    };
    let played = play(&Options { database, month, lose_percent: arguments.lose }, &messages).await?;
    println!("{month} in UTC+08:00, {} messages, {} % of webhooks lost", played.messages, arguments.lose);
    show(&played);
    let wrong = played.mismatches();
    for line in &wrong {
        println!("WRONG: {line}");
    }
    if wrong.is_empty() {
        println!("Both sides and every day are equal to the independent count.");
    }
    Ok(wrong.is_empty())
}

fn show(played: &Outcome) {
    let (report, expected) = (&played.report, &played.expected);
    let rows = [
        ("users who sent a message, by the log", Some(expected.senders)),
        ("users logged in, by the chat SDK's journal", Some(expected.devices)),
        ("MAU by the provider's webhooks", report.users.provider),
        ("MAU by devices' usage events", Some(report.users.devices)),
        ("users whom both reported", Some(report.users.both)),
        ("users whom only devices reported", Some(report.users.only_devices)),
        ("of these by the journal: every webhook lost", Some(expected.only_devices)),
        ("users whom only the provider reported", Some(report.users.only_provider)),
        ("webhooks that arrived", Some(report.webhooks.delivered)),
        ("webhooks that were lost", Some(played.lost)),
        (
            "differences in the drift report",
            Some(i64::try_from(report.differences.len()).unwrap_or(i64::MAX)),
        ),
    ];
    for (what, number) in rows {
        println!("  {:>7}  {what}", number.map_or_else(|| "unknown".to_owned(), |number| number.to_string()));
    }
    for difference in &report.differences {
        println!("  {}", difference.text);
    }
}
