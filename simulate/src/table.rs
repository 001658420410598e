//! The report for a person: a table, a bar chart in text, and what it rests on.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, Table};
use indicatif::HumanCount;

use crate::summary::{Figures, Report};

const BAR_WIDTH: u64 = 44;

/// The whole report as text.
pub(crate) fn render(report: &Report) -> String {
    let mut out = format!("{}\n{}\n\n", report.title(), months_table(report));
    bars(&mut out, "Monthly active users", report, |f| (f.mau_without, f.mau_with));
    bars(&mut out, "Logins that reach the chat SDK", report, |f| (f.logins_without, f.logins_with));
    out.push_str("What this rests on:\n");
    for assumption in &report.assumptions {
        let _ = writeln!(out, "- {assumption}");
    }
    out
}

fn months_table(report: &Report) -> Table {
    let mut header = vec![
        "Month",
        "Logins\nwithout",
        "Logins\nwith",
        "Logins\nsuppressed",
        "Logins\ndeferred",
        "MAU\nwithout",
        "MAU\nwith",
        "Deferred\nusers",
        "of these\nnot active",
    ];
    if report.totals.figures.denied_users > 0 {
        header.push("Denied\nusers");
    }
    if report.plan.bills_days() {
        header.extend(["Peak DAU\nwithout", "Peak DAU\nwith"]);
    }
    let currency = report.plan.currency.map(planguard::Currency::as_str);
    let costs = currency.map(|code| [format!("Cost {code}\nwithout"), format!("Cost {code}\nwith")]);
    header.extend(costs.iter().flatten().map(String::as_str));
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(header);
    let rows = report.months.iter().map(|month| (month.month.as_str(), &month.figures));
    for (name, figures) in rows.chain([("total", &report.totals.figures)]) {
        table.add_row(row(name, figures, report));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn row(name: &str, figures: &Figures, report: &Report) -> Vec<Cell> {
    let mut numbers = vec![
        figures.logins_without,
        figures.logins_with,
        figures.suppressed_logins,
        figures.deferred_logins,
        figures.mau_without,
        figures.mau_with,
        figures.deferred_users,
        figures.avoided_users,
    ];
    if report.totals.figures.denied_users > 0 {
        numbers.push(figures.denied_users);
    }
    if report.plan.bills_days() {
        numbers.extend([figures.peak_dau_without, figures.peak_dau_with]);
    }
    let mut cells = vec![Cell::new(name)];
    cells.extend(numbers.into_iter().map(|number| Cell::new(HumanCount(number))));
    if report.plan.currency.is_some() {
        cells.extend(
            [&figures.cost_without, &figures.cost_with].map(|c| Cell::new(c.as_deref().unwrap_or("-"))),
        );
    }
    cells
}

fn bars(out: &mut String, title: &str, report: &Report, values: impl Fn(&Figures) -> (u64, u64)) {
    let pairs = || report.months.iter().map(|month| (month.month.as_str(), values(&month.figures)));
    let longest = pairs().map(|(_, (without, with))| without.max(with)).max().unwrap_or(0).max(1);
    let _ = writeln!(out, "{title}");
    for (month, (without, with)) in pairs() {
        let _ = writeln!(out, "{month}  without {}", bar(without, longest));
        let _ = writeln!(out, "{:7}  with    {}", "", bar(with, longest));
    }
    out.push('\n');
}

/// A bar in eighths of a character, and its number.
fn bar(value: u64, longest: u64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let scaled = u128::from(value) * u128::from(BAR_WIDTH) * 8;
    let eighths = usize::try_from(scaled.div_ceil(u128::from(longest))).unwrap_or(0);
    format!("{}{} {}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8], HumanCount(value))
}
