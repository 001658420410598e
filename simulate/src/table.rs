//! The report for a person: a headline, a table, a bar chart in text, and what it rests on.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use indicatif::HumanCount;
use planguard::Currency;

use crate::summary::{Figures, Report};
use crate::words::{money, on_the_point, percent};

const BAR_WIDTH: u64 = 44;
/// Lines of text are broken here, as wide as the table below them.
const TEXT_WIDTH: usize = 110;

/// The whole report as text.
pub(crate) fn render(report: &Report) -> String {
    let mut out = String::new();
    for sentence in &report.headline {
        let _ = writeln!(out, "{}", textwrap::fill(sentence, TEXT_WIDTH));
    }
    let _ = write!(out, "\n{}\n{}\n{}\n\n", report.title(), report.source(), months_table(report));
    let less = if report.totals.figures.denied_users > 0 { "avoided or denied" } else { "avoided" };
    bars(&mut out, "Monthly active users", less, report, |f| (f.mau_without, f.mau_with));
    bars(&mut out, "Logins that reach the chat SDK", "not sent", report, |f| {
        (f.logins_without, f.logins_with)
    });
    out.push_str("What this rests on:\n");
    let options = textwrap::Options::new(TEXT_WIDTH).initial_indent("- ").subsequent_indent("  ");
    for assumption in &report.assumptions {
        let _ = writeln!(out, "{}", textwrap::fill(assumption, &options));
    }
    out
}

/// One column: its heading, and a cell for each month and for the total.
type Column = (String, Vec<String>);

fn months_table(report: &Report) -> String {
    let rows: Vec<&Figures> =
        report.months.iter().map(|month| &month.figures).chain([&report.totals.figures]).collect();
    let names = report.months.iter().map(|month| month.month.clone()).chain(["total".to_owned()]);
    let mut columns: Vec<Column> = vec![("Month".to_owned(), names.collect())];
    columns.extend(counts(report, &rows));
    if let Some(currency) = report.plan.currency {
        columns.extend(costs(currency, &rows));
    }
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(columns.iter().map(|(heading, _)| heading));
    for row in 0..rows.len() {
        table.add_row(columns.iter().map(|(_, cells)| cells.get(row).cloned().unwrap_or_default()));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    ruled(&table.to_string())
}

fn counts(report: &Report, rows: &[&Figures]) -> Vec<Column> {
    let count = |heading: &str, of: fn(&Figures) -> u64| {
        (heading.to_owned(), rows.iter().map(|figures| HumanCount(of(figures)).to_string()).collect())
    };
    let share = |heading: &str, part: fn(&Figures) -> u64, whole: fn(&Figures) -> u64| {
        (heading.to_owned(), rows.iter().map(|figures| percent(part(figures), whole(figures))).collect())
    };
    let mut columns = vec![
        count("MAU\nwithout", |f| f.mau_without),
        count("MAU\nwith", |f| f.mau_with),
        count("Users\navoided", |f| f.avoided_users),
        share("avoided\nin %", |f| f.avoided_users, |f| f.mau_without),
    ];
    if report.totals.figures.denied_users > 0 {
        columns.push(count("Denied\nusers", |f| f.denied_users));
    }
    if report.plan.bills_days() {
        columns.push(count("Peak DAU\nwithout", |f| f.peak_dau_without));
        columns.push(count("Peak DAU\nwith", |f| f.peak_dau_with));
    }
    columns.extend([
        count("Logins\nwithout", |f| f.logins_without),
        count("Logins\nwith", |f| f.logins_with),
        share("not\nsent", |f| f.logins_without - f.logins_with, |f| f.logins_without),
        count("of these\nsuppressed", |f| f.suppressed_logins),
        count("\ndeferred", |f| f.deferred_logins),
    ]);
    if report.totals.figures.denied_logins > 0 {
        columns.push(count("\ndenied", |f| f.denied_logins));
    }
    columns
}

/// One column where both sides cost the same: two equal ones look like a saving and are none.
fn costs(currency: Currency, rows: &[&Figures]) -> Vec<Column> {
    let column = |heading: &str, of: fn(&Figures) -> &Option<String>| {
        let texts = rows.iter().map(|figures| of(figures).as_deref().map_or_else(|| "-".to_owned(), money));
        (format!("Cost {currency}\n{heading}"), on_the_point(texts.collect()))
    };
    if rows.iter().all(|figures| figures.cost_without == figures.cost_with) {
        return vec![column("both sides", |f| &f.cost_with)];
    }
    vec![column("without", |f| &f.cost_without), column("with", |f| &f.cost_with)]
}

/// Draws a rule above the last row, which is the total.
fn ruled(table: &str) -> String {
    let lines: Vec<&str> = table.lines().collect();
    let rule: Option<String> = lines.iter().find(|line| line.starts_with('╞')).map(|line| {
        line.chars()
            .map(|c| match c {
                '╞' => '├',
                '═' => '─',
                '╪' => '┼',
                '╡' => '┤',
                other => other,
            })
            .collect()
    });
    let total = lines.len().saturating_sub(2);
    let (above, below) = lines.split_at(total);
    let all: Vec<&str> = above.iter().copied().chain(rule.as_deref()).chain(below.iter().copied()).collect();
    all.join("\n")
}

fn bars(out: &mut String, title: &str, less: &str, report: &Report, values: impl Fn(&Figures) -> (u64, u64)) {
    let pairs = || report.months.iter().map(|month| (month.month.as_str(), values(&month.figures)));
    let longest = pairs().map(|(_, (without, with))| without.max(with)).max().unwrap_or(0).max(1);
    let _ = writeln!(out, "{title}");
    for (month, (without, with)) in pairs() {
        let _ = writeln!(out, "{month}  without {}", bar(without, longest));
        let share = percent(without.saturating_sub(with), without);
        let _ = writeln!(out, "{:7}  with    {} ({share} {less})", "", bar(with, longest));
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
