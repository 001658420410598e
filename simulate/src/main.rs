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
mod encoding;
mod fields;
mod gate;
mod header;
mod headline;
mod intent;
mod lines;
mod log;
mod members;
mod panel;
mod plan;
mod progress;
mod replay;
mod run;
#[path = "../../examples/shared/sheet.rs"]
mod sheet;
mod sorted;
mod summary;
mod survey;
mod table;
#[path = "../../examples/shared/terminal.rs"]
mod terminal;
mod warnings;
mod words;

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use indicatif::ProgressDrawTarget;
use planguard::time::BillingZone;
use planguard::time::{Clock as _, SystemClock};
use planguard::{CatalogId, EditionId};

use drawing::Drawing;
use progress::{Progress, Total};
use run::Options;
use summary::Report;
use survey::Survey;

const BETWEEN_LINES: Duration = Duration::from_secs(3);

/// Replays a chat log through planguard's login guard.
#[derive(Parser)]
struct Args {
    /// The log, plain or gzip; `-` reads standard input, which has to be in order of time.
    log: PathBuf,
    /// The price list: intl-2022, intl-2024 or cn-dau.
    #[arg(long, default_value = "intl-2024")]
    catalog: CatalogId,
    /// The edition of that list; without it, the list's first that is not free.
    #[arg(long)]
    edition: Option<EditionId>,
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
    // What can be refused without reading the log comes first.
    plan::Plan::new(args.catalog, args.edition)?;
    let (mut source, bytes) = open(&args.log)?;
    let drawing = args.svg.as_deref().map(|path| Drawing::open(path, &args.log)).transpose()?;
    let options = Options {
        catalog: args.catalog,
        edition: args.edition,
        zone: args.zone.clone(),
        session_minutes: args.session_minutes,
        list_warnings: args.list_warnings,
        strict: args.strict,
        // A day for clocks that are ahead.
        not_after: SystemClock.now().plus(Duration::from_secs(24 * 60 * 60)),
    };
    let progress = |total| Progress::new(total, ProgressDrawTarget::stderr(), BETWEEN_LINES);
    let mut survey = None;
    if let Some(bytes) = bytes {
        let mut progress = progress(Total::Bytes(bytes));
        let reading = progress.reading(source);
        let found = Survey::of(reading, options.not_after, || tell(progress.row()));
        tell(progress.done());
        survey = Some(found?);
        (source, _) = open(&args.log)?;
    }
    let total = survey.as_ref().map_or(Total::Unknown, |survey| Total::Rows(survey.rows));
    let mut progress = progress(total);
    let outcome = run::run(source, survey.as_ref(), &options, || tell(progress.row()));
    let last = progress.done();
    let (report, unlisted) = outcome?;
    tell(last);
    warn(&report, unlisted);
    if let Some(drawing) = drawing {
        drawing.draw(&chart::svg(&report)?)?;
    }
    let text = if args.json {
        format!("{}\n", serde_json::to_string_pretty(&report)?)
    } else {
        table::render(&report, terminal::width())
    };
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        // Whoever reads has read enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

fn tell(line: Option<String>) {
    if let Some(line) = line {
        eprintln!("simulate: {line}");
    }
}

type Source = Box<dyn Read>;

/// The log, and its length where it is a file, which can be read twice.
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
