//! Prints what a month costs: JSON in, a table out, or exact strings with `--json`.
//!
//! `cargo run --example bill -- examples/data/intl-2024-standard.json`
#![allow(clippy::print_stderr, reason = "an example says on standard error why it failed")]

use std::error::Error;
use std::fmt::Write as _;
use std::io::{ErrorKind, Read, Write};
use std::process::ExitCode;

use clap::Parser;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use planguard::decide::bill::{Bill, BillLine, BillRequest, bill};
use planguard::decide::forecast::{Forecast, Marginal, forecast};
use planguard::{Money, Timestamp};

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
    /// The width of the tables, in columns.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u16).range(60..))]
    width: u16,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let request = BillRequest::from_json(&read(&args.file)?)?;
    let text = match args.as_of {
        None => {
            let bill = bill(&request)?;
            if args.json { serde_json::to_string_pretty(&bill.to_json())? } else { table(&bill, args.width) }
        }
        Some(as_of) => {
            let ahead = forecast(&request, as_of)?;
            if args.json {
                serde_json::to_string_pretty(&ahead.to_json())?
            } else {
                forecast_text(&ahead, args.width)
            }
        }
    };
    match writeln!(std::io::stdout().lock(), "{text}") {
        // Whoever reads has seen enough, such as `head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

fn read(file: &str) -> Result<String, Box<dyn Error>> {
    if file == "-" {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}").into())
}

fn table(bill: &Bill, width: u16) -> String {
    let currency =
        bill.currency.map_or_else(|| "no prices stated".to_owned(), |currency| format!("in {currency}"));
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width).set_header(["Item", "Quantity", "Unit price", "Days", "Amount", "Paid", "Source"]);
    for column in 1..=4 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for line in &bill.lines {
        table.add_row(row(line));
    }
    let total = vec!["Total".to_owned(), String::new(), String::new(), String::new(), amount(bill.total())];
    table.add_row(total);
    let mut out = format!("{} {}, {}, {currency}\n{table}\n", bill.catalog, bill.edition, bill.month);
    if bill.lines.iter().any(|line| line.reading) {
        out.push_str("* planguard's reading: the document leaves the rounding or the proportion open.\n");
    }
    let window = &bill.deduction;
    let _ = writeln!(out, "Deducted from {} to {}: {}", window.first, window.last, amount(window.amount()));
    for assumption in &bill.assumptions {
        let _ = writeln!(out, "- {}: {}", assumption.about, assumption.id.explain());
    }
    out.trim_end().to_owned()
}

fn row(line: &BillLine) -> Vec<String> {
    let mark = if line.reading { " *" } else { "" };
    vec![
        format!("{}{mark}", line.item),
        line.quantity.normalize().to_string(),
        amount(line.unit_price()),
        line.share.map_or_else(String::new, |share| format!("{} of {}", share.days, share.of)),
        amount(line.amount()),
        line.due.as_str().replace('_', " "),
        line.source.to_string(),
    ]
}

/// An amount, exact and with cents; the headline names the currency.
fn amount(amount: Option<Money>) -> String {
    amount.map_or_else(
        || "not stated".to_owned(),
        |amount| {
            let text = amount.amount_text();
            match text.split_once('.').map(|(_, parts)| parts.len()) {
                None => format!("{text}.00"),
                Some(1) => format!("{text}0"),
                Some(_) => text,
            }
        },
    )
}

fn forecast_text(ahead: &Forecast, width: u16) -> String {
    let mut out = format!("If nothing is added\n{}\n\n", table(&ahead.low, width));
    let _ = writeln!(out, "If usage goes on at its pace\n{}\n", table(&ahead.linear, width));
    let _ = writeln!(out, "The next active user: {}\n", marginal(ahead.marginal));
    out.push_str("The forecast assumes:\n");
    for assumption in &ahead.assumptions {
        let _ = writeln!(out, "- {}: {}", assumption.about, assumption.id.explain());
    }
    out.trim_end().to_owned()
}

fn marginal(marginal: Marginal) -> String {
    match marginal {
        Marginal::Free { next_at: Some(at) } => format!("free; user {at} is the first that costs"),
        Marginal::Free { next_at: None } => "free".to_owned(),
        Marginal::Price(price) => format!("{price}"),
        Marginal::Block { price, next_at } => {
            format!("{price}, for a whole block; the next starts with user {next_at}")
        }
        Marginal::NotPossible => {
            "not possible: the edition ends at its quota, or the app is suspended".to_owned()
        }
        Marginal::NotStated => "charged, at a price that is not stated".to_owned(),
        Marginal::NotKnown => "not known: nothing says how many there are so far".to_owned(),
    }
}
