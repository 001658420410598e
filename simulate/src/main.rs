//! Replays a real log through the login guard and prints, per month, logins, active users and cost with and
//! without planguard.
//!
//! `cargo run --release -p planguard-simulate -- college-msg.csv.gz --svg months.svg`
//!
//! Reads login logs (`at,user_id,device_id,intent`) and message logs (`source,target,unix_seconds`), plain or
//! gzip, `-` for standard input. `crosscheck.py` of this package recomputes the figures without planguard.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its output is its report, or why there is none"
)]

mod assumptions;
mod chart;
mod cost;
mod drawing;
mod fields;
mod gate;
mod header;
mod intent;
mod lines;
mod log;
mod members;
mod plan;
mod progress;
mod replay;
mod run;
mod summary;
mod table;
mod warnings;

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use indicatif::ProgressDrawTarget;
use planguard::{BillingZone, CatalogId, EditionId};

use drawing::Drawing;
use progress::Progress;
use run::Options;
use summary::Report;

const BETWEEN_LINES: Duration = Duration::from_secs(3);

/// Replays a chat log through planguard's login guard.
#[derive(Parser)]
struct Args {
    /// The log, plain or gzip; `-` reads standard input.
    log: PathBuf,
    /// The price list: intl-2022, intl-2024 or cn-dau.
    #[arg(long, default_value = "intl-2024")]
    catalog: CatalogId,
    /// The edition of that list.
    #[arg(long, default_value = "standard")]
    edition: EditionId,
    /// Where billing days and months turn: an offset or an IANA name.
    #[arg(long, default_value = "+08:00", allow_hyphen_values = true)]
    zone: BillingZone,
    /// For how many minutes after a user's last row the app's process lives.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=1440))]
    session_minutes: u64,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Also draw the months into this file.
    #[arg(long)]
    svg: Option<PathBuf>,
    /// Fail at the first row that cannot be taken as it stands.
    #[arg(long)]
    strict: bool,
    /// List this many of the rows that could not; all are counted.
    #[arg(long, default_value_t = 20)]
    list_warnings: usize,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match simulate(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("simulate: {error}");
            ExitCode::FAILURE
        }
    }
}

fn simulate(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let (source, bytes) = open(&args.log)?;
    let drawing = args.svg.as_deref().map(|path| Drawing::open(path, &args.log)).transpose()?;
    let mut progress = Progress::new(bytes, ProgressDrawTarget::stderr(), BETWEEN_LINES);
    let options = Options {
        catalog: args.catalog,
        edition: args.edition,
        zone: args.zone.clone(),
        session_minutes: args.session_minutes,
        list_warnings: args.list_warnings,
        strict: args.strict,
    };
    let source = progress.reading(source);
    let outcome = run::run(source, &options, || {
        if let Some(line) = progress.row() {
            eprintln!("simulate: {line}");
        }
    });
    let last = progress.done();
    let (report, unlisted) = outcome?;
    if let Some(line) = last {
        eprintln!("simulate: {line}");
    }
    warn(&report, unlisted);
    if let Some(drawing) = drawing {
        drawing.draw(&chart::svg(&report)?)?;
    }
    let text = if args.json {
        format!("{}\n", serde_json::to_string_pretty(&report)?)
    } else {
        table::render(&report)
    };
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        // Whoever reads has read enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

type Source = Box<dyn Read>;

fn open(path: &Path) -> Result<(Source, Option<u64>), String> {
    if path == Path::new("-") {
        return Ok((Box::new(std::io::stdin()), None));
    }
    let file = File::open(path).map_err(|error| format!("log {}: {error}", path.display()))?;
    let bytes = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
    Ok((Box::new(file), bytes))
}

fn warn(report: &Report, unlisted: u64) {
    for note in &report.notes {
        eprintln!("simulate: warning: {note}");
    }
    for warning in &report.warnings {
        eprintln!("simulate: warning: {warning}");
    }
    if unlisted > 0 {
        eprintln!("simulate: {unlisted} more rows with warnings; --list-warnings shows more");
    }
}
