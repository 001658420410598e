//! The report for a person: a headline, a table, a bar chart in text, and what it rests on.

use std::fmt::Write as _;

use indicatif::HumanCount;
use planguard::billing::Currency;

use crate::sheet::{Sheet, lines};
use crate::summary::{Figures, Report};
use crate::words::{money, on_the_point, percent};

const BAR_WIDTH: u64 = 44;
/// Lines of text are broken here at the latest: longer ones are hard to follow.
const TEXT_WIDTH: u16 = 110;

/// The whole report as text, at most so many columns wide.
pub(crate) fn render(report: &Report, width: u16) -> String {
    let text_width = TEXT_WIDTH.min(width);
    let mut out = String::new();
    for sentence in &report.headline {
        let _ = writeln!(out, "{}", textwrap::fill(sentence, lines(text_width)));
    }
    out.push('\n');
    for line in [report.title(), report.source()] {
        let _ = writeln!(out, "{}", textwrap::fill(&line, lines(text_width)));
    }
    let _ = write!(out, "{}\n\n", months_table(report, width));
    let less = if report.totals.figures.denied_users > 0 { "avoided or denied" } else { "avoided" };
    bars(&mut out, "Monthly active users", less, report, |f| (f.mau_without, f.mau_with));
    bars(&mut out, "Logins that reach the chat SDK", "not sent", report, |f| {
        (f.logins_without, f.logins_with)
    });
    out.push_str("What this rests on:\n");
    let options = lines(text_width).initial_indent("- ").subsequent_indent("  ");
    for assumption in &report.assumptions {
        let _ = writeln!(out, "{}", textwrap::fill(assumption, &options));
    }
    out
}

/// One column.
struct Column {
    heading: String,
    /// A cell for each month and for the total.
    cells: Vec<String>,
    /// Left out where there is no room for all, the last one first. What became of the logins is in the headline, too.
    optional: bool,
}

impl Column {
    fn new(heading: impl Into<String>, cells: Vec<String>) -> Self {
        Self { heading: heading.into(), cells, optional: false }
    }
}

fn months_table(report: &Report, width: u16) -> String {
    let rows: Vec<&Figures> =
        report.months.iter().map(|month| &month.figures).chain([&report.totals.figures]).collect();
    let names = report.months.iter().map(|month| month.month.clone()).chain(["total".to_owned()]);
    let mut columns = vec![Column::new("Month", names.collect())];
    columns.extend(users(report, &rows));
    columns.extend(logins(report, &rows));
    if let Some(currency) = report.plan.currency {
        columns.extend(costs(currency, &rows));
    }
    let cells =
        |row| columns.iter().map(|column| column.cells.get(row).cloned().unwrap_or_default()).collect();
    let sheet = Sheet {
        header: columns.iter().map(|column| column.heading.clone()).collect(),
        rows: (0..rows.len()).map(cells).collect(),
        right: (1..columns.len()).collect(),
        total: true,
        optional: (1..columns.len()).filter(|index| columns[*index].optional).collect(),
    };
    sheet.render(width)
}

fn count(heading: &str, rows: &[&Figures], of: fn(&Figures) -> u64) -> Column {
    Column::new(heading, rows.iter().map(|figures| HumanCount(of(figures)).to_string()).collect())
}

fn share(heading: &str, rows: &[&Figures], part: fn(&Figures) -> u64, whole: fn(&Figures) -> u64) -> Column {
    Column::new(heading, rows.iter().map(|figures| percent(part(figures), whole(figures))).collect())
}

fn users(report: &Report, rows: &[&Figures]) -> Vec<Column> {
    let mut columns = vec![
        count("MAU\nwithout", rows, |f| f.mau_without),
        count("MAU\nwith", rows, |f| f.mau_with),
        count("Users\navoided", rows, |f| f.avoided_users),
        Column { optional: true, ..share("avoided\nin %", rows, |f| f.avoided_users, |f| f.mau_without) },
    ];
    if report.totals.figures.denied_users > 0 {
        columns.push(count("Denied\nusers", rows, |f| f.denied_users));
    }
    if report.plan.bills_days() {
        columns.push(count("Peak DAU\nwithout", rows, |f| f.peak_dau_without));
        columns.push(count("Peak DAU\nwith", rows, |f| f.peak_dau_with));
    }
    columns
}

fn logins(report: &Report, rows: &[&Figures]) -> Vec<Column> {
    let mut columns = vec![
        count("Logins\nwithout", rows, |f| f.logins_without),
        count("Logins\nwith", rows, |f| f.logins_with),
        share("not\nsent", rows, |f| f.logins_without - f.logins_with, |f| f.logins_without),
        count("of these\nsuppressed", rows, |f| f.suppressed_logins),
        count("\ndeferred", rows, |f| f.deferred_logins),
    ];
    if report.totals.figures.denied_logins > 0 {
        columns.push(count("\ndenied", rows, |f| f.denied_logins));
    }
    for column in &mut columns {
        column.optional = true;
    }
    columns
}

/// One column where both sides cost the same: two equal ones look like a saving and are none.
fn costs(currency: Currency, rows: &[&Figures]) -> Vec<Column> {
    let column = |heading: &str, of: fn(&Figures) -> &Option<String>| {
        let texts = rows.iter().map(|figures| of(figures).as_deref().map_or_else(|| "-".to_owned(), money));
        Column::new(format!("Cost {currency}\n{heading}"), on_the_point(texts.collect()))
    };
    if rows.iter().all(|figures| figures.cost_without == figures.cost_with) {
        return vec![column("both sides", |f| &f.cost_with)];
    }
    vec![column("without", |f| &f.cost_without), column("with", |f| &f.cost_with)]
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
