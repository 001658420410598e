//! A bill and a forecast as text for a person.

use std::fmt::Write as _;

use planguard::billing::{Assumption, Bill, BillLine, BillRequest};
use planguard::billing::{Forecast, Marginal};
use planguard::time::Timestamp;

use crate::sheet::{Sheet, lines};
use crate::words::{amount, day, item, month, notes, number, on_the_point, share};

/// The bill of a month.
pub(crate) fn bill(request: &BillRequest, bill: &Bill, width: u16) -> String {
    let headline = fill(&format!("{}: {}", title(request, bill), total(bill)), width);
    let mut out = format!("{headline}\n\n{}", positions(request, bill, width));
    list(&mut out, "What this rests on:", request, bill.assumptions.iter(), width);
    out.trim_end().to_owned()
}

/// Where the month is going; of a month that is over, its bill.
pub(crate) fn forecast(request: &BillRequest, ahead: &Forecast, as_of: Timestamp, width: u16) -> String {
    let end = request.zone.start_of(request.month.next().first_date());
    if as_of >= end {
        return format!("The month is over: this is its bill.\n\n{}", bill(request, &ahead.low, width));
    }
    let (low, linear) = (&ahead.low, &ahead.linear);
    let mut out = String::new();
    for line in [
        format!("{} as of {as_of}", title(request, low)),
        format!("Low, if nothing is added: {}", total(low)),
        format!("Linear, if usage goes on at its pace: {}", total(linear)),
        format!("The next active user: {}", next_user(ahead.marginal)),
    ] {
        let _ = writeln!(out, "{}", fill(&line, width));
    }
    let _ = write!(out, "\nLow: nothing is added\n\n{}\n", positions(request, low, width));
    let _ = write!(out, "Linear: usage goes on at its pace\n\n{}", positions(request, linear, width));
    let all = ahead.assumptions.iter().chain(&low.assumptions).chain(&linear.assumptions);
    list(&mut out, "The forecast assumes:", request, all, width);
    out.trim_end().to_owned()
}

fn fill(text: &str, width: u16) -> String {
    textwrap::fill(text, lines(width))
}

fn title(request: &BillRequest, bill: &Bill) -> String {
    let edition =
        request.catalog.edition(bill.edition).map_or(bill.edition.as_str(), |edition| &edition.name);
    format!("{}, {edition} ({})", month(bill.month), bill.catalog)
}

fn total(bill: &Bill) -> String {
    match (bill.total(), bill.currency) {
        (Some(total), Some(currency)) => format!("{} {currency}", amount(Some(total))),
        _ => "no total, since the price list does not state every price".to_owned(),
    }
}

/// The lines as a table, what its marks mean, and when it is paid.
fn positions(request: &BillRequest, bill: &Bill, width: u16) -> String {
    let currency = bill.currency.map_or_else(|| "Amount".to_owned(), |currency| currency.to_string());
    let header = ["Item", "Quantity", "Unit price", "Days", &currency, "Share", "Paid", "Source"];
    let mut sheet = Sheet {
        header: header.map(str::to_owned).to_vec(),
        rows: Vec::new(),
        right: vec![1, 2, 3, 4, 5],
        total: true,
        // How a line is paid and where its price stands can be done without, and its amount says more than its price.
        optional: vec![2, 6, 5, 7],
    };
    let mut sources: Vec<String> = Vec::new();
    for line in &bill.lines {
        let source = line.source.to_string();
        let place = sources.iter().position(|other| *other == source).unwrap_or_else(|| {
            sources.push(source);
            sources.len() - 1
        });
        sheet.rows.push(row(request, bill, line, place + 1));
    }
    let whole = if bill.total().is_some() { "100.0 %" } else { "" };
    let empty = String::new;
    let total = amount(bill.total());
    sheet.rows.push(vec![
        "Total".to_owned(),
        empty(),
        empty(),
        empty(),
        total,
        whole.to_owned(),
        empty(),
        empty(),
    ]);
    for column in [2, 4] {
        let mut cells: Vec<String> = sheet.rows.iter().map(|row| row[column].clone()).collect();
        on_the_point(&mut cells);
        for (row, cell) in sheet.rows.iter_mut().zip(cells) {
            row[column] = cell;
        }
    }
    // A month in which nothing is charged for a part of it has no use for the column.
    if bill.lines.iter().all(|line| line.share.is_none()) {
        sheet.remove(3);
    }
    let mut out = sheet.render(width);
    out.push('\n');
    if bill.lines.iter().any(|line| line.reading) {
        let reading = "* planguard's reading: the document leaves the rounding or the proportion open";
        let _ = writeln!(out, "{}", fill(reading, width));
    }
    for (index, source) in sources.iter().enumerate() {
        let _ = writeln!(out, "{}", fill(&format!("[{}] {source}", index + 1), width));
    }
    let window = &bill.deduction;
    let currency = bill.currency.map_or_else(String::new, |currency| format!(" {currency}"));
    let deducted = window.amount().map_or_else(
        || "an amount that the price list does not state".to_owned(),
        |deducted| format!("{}{currency}", amount(Some(deducted))),
    );
    let deduction = format!("Deducted from {} to {}: {deducted}", day(window.first), day(window.last));
    let _ = writeln!(out, "{}", fill(&deduction, width));
    included(&mut out, bill, width);
    out
}

/// Usage beside what plan and plugins include.
fn included(out: &mut String, bill: &Bill, width: u16) {
    if bill.included.is_empty() {
        return;
    }
    let _ = write!(out, "\nIncluded usage:\n");
    let options = lines(width).initial_indent("- ").subsequent_indent("  ");
    for usage in &bill.included {
        let _ = writeln!(out, "{}", textwrap::fill(&usage.to_string(), &options));
    }
}

fn row(request: &BillRequest, bill: &Bill, line: &BillLine, source: usize) -> Vec<String> {
    // A blank at which no line is broken.
    let mark = if line.reading { "\u{a0}*" } else { "" };
    vec![
        format!("{}{mark}", item(&request.catalog, &line.item)),
        number(line.quantity, 0),
        amount(line.unit_price()),
        line.share.map_or_else(String::new, |share| format!("{} of {}", share.days, share.of)),
        amount(line.amount()),
        share(line.amount(), bill.total()),
        line.due.as_str().replace('_', " "),
        format!("[{source}]"),
    ]
}

fn list<'a>(
    out: &mut String,
    heading: &str,
    request: &BillRequest,
    assumptions: impl Iterator<Item = &'a Assumption>,
    width: u16,
) {
    let notes = notes(&request.catalog, request, assumptions);
    if notes.is_empty() {
        return;
    }
    let _ = write!(out, "\n{heading}\n");
    let options = lines(width).initial_indent("- ").subsequent_indent("  ");
    for note in notes {
        let _ = writeln!(out, "{}", textwrap::fill(&note, &options));
    }
}

fn next_user(marginal: Marginal) -> String {
    let at = |user: u64| number(user.into(), 0);
    match marginal {
        Marginal::Free { next_at: Some(user) } => format!("free; user {} is the first that costs", at(user)),
        Marginal::Free { next_at: None } => "free".to_owned(),
        Marginal::Price(price) => format!("{price}"),
        Marginal::Block { price, next_at } => {
            format!("{price}, for a whole block; the next starts with user {}", at(next_at))
        }
        Marginal::NotPossible => {
            "not possible: the edition ends at its quota, or the app is suspended".to_owned()
        }
        Marginal::NotStated => "charged, at a price that is not stated".to_owned(),
        Marginal::NotKnown => "not known: nothing says how many there are so far".to_owned(),
    }
}
