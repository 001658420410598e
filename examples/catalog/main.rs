//! Prints the price lists that ship with planguard: as tables a person can read, or as JSON with `--json`.
//!
//! `cargo run --example catalog -- --catalog intl-2024`
#![allow(clippy::print_stderr, reason = "an example says on standard error why it failed")]

mod prose;
#[cfg(test)]
#[path = "../shared/readme.rs"]
mod readme;
#[path = "../shared/sheet.rs"]
mod sheet;
mod tables;
#[path = "../shared/terminal.rs"]
mod terminal;
#[cfg(test)]
mod tests;

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use clap::Parser;
use planguard::catalog::Catalog;
use planguard::{CatalogId, catalog};

use terminal::NARROWEST;

/// Prints the price lists that ship with planguard.
#[derive(Parser)]
struct Args {
    /// Print JSON: every figure with its source document and date.
    #[arg(long)]
    json: bool,
    /// Print only this price list: intl-2022, intl-2024, cn-dau or intl-2026. May be given more than once.
    #[arg(long, value_name = "ID")]
    catalog: Vec<CatalogId>,
    /// The width of the tables, in columns; without it, that of the terminal, or 120.
    #[arg(long, value_parser = clap::value_parser!(u16).range(i64::from(NARROWEST)..))]
    width: Option<u16>,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("catalog: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let chosen: Vec<&Catalog> = catalog::all()
        .into_iter()
        .filter(|catalog| args.catalog.is_empty() || args.catalog.contains(&catalog.id))
        .collect();
    let text = if args.json {
        serde_json::to_string_pretty(&catalog::to_json(chosen))?
    } else {
        let width = args.width.unwrap_or_else(terminal::width);
        chosen.into_iter().map(|catalog| tables::render(catalog, width)).collect::<Vec<_>>().join("\n")
    };
    match writeln!(std::io::stdout().lock(), "{text}") {
        // Whoever reads has seen enough, such as `head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}
