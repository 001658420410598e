//! Prints what a month costs: JSON in, a table out, or exact strings with `--json`.
//!
//! `cargo run --example bill -- examples/data/intl-2024-standard.json`
#![allow(clippy::print_stderr, reason = "an example says on standard error why it failed")]

mod paper;
#[cfg(test)]
#[path = "../shared/readme.rs"]
mod readme;
#[path = "../shared/sheet.rs"]
mod sheet;
#[path = "../shared/terminal.rs"]
mod terminal;
#[cfg(test)]
mod tests;
mod words;

use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::process::ExitCode;

use clap::Parser;
use planguard::billing::forecast;
use planguard::billing::{BillRequest, bill};
use planguard::time::Timestamp;

use terminal::NARROWEST;

/// Prints what a month costs under one of the price lists.
#[derive(Parser)]
struct Args {
    /// The month as JSON; `-` reads standard input. See `examples/data/`.
    file: String,
    /// Print JSON: every amount an exact string, every line with its source document and date.
    #[arg(long)]
    json: bool,
    /// The usage was true at this instant of the running month: print a forecast of its end.
    #[arg(long, value_name = "INSTANT")]
    as_of: Option<Timestamp>,
    /// The width of the tables, in columns; without it, that of the terminal, or 120.
    #[arg(long, value_parser = clap::value_parser!(u16).range(i64::from(NARROWEST)..))]
    width: Option<u16>,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("bill: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let text = print(&read(&args.file)?, args.as_of, args.json, args.width.unwrap_or_else(terminal::width))?;
    match writeln!(std::io::stdout().lock(), "{text}") {
        // Whoever reads has seen enough, such as `head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// What is printed for a request.
fn print(request: &str, as_of: Option<Timestamp>, json: bool, width: u16) -> Result<String, Box<dyn Error>> {
    let request = BillRequest::from_json(request)?;
    let Some(as_of) = as_of else {
        let bill = bill(&request)?;
        return Ok(if json {
            serde_json::to_string_pretty(&bill)?
        } else {
            paper::bill(&request, &bill, width)
        });
    };
    let ahead = forecast(&request, as_of)?;
    Ok(if json {
        serde_json::to_string_pretty(&ahead)?
    } else {
        paper::forecast(&request, &ahead, as_of, width)
    })
}

fn read(file: &str) -> Result<String, Box<dyn Error>> {
    if file == "-" {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}").into())
}
