//! The months as an SVG drawing: what each panel shows. How a panel is drawn is in `panel`.

use indicatif::HumanCount;
use plotters::prelude::*;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::panel::{self, Area, Drawn, INK, NOTE, Panel, Part, Quota, WIDTH};
use crate::sheet::lines;
use crate::summary::{Figures, Report};
use crate::words::{money, percent};

const WITH: RGBColor = RGBColor(0x1f, 0x6f, 0xb4);
const AVOIDED: RGBColor = RGBColor(0xe0, 0x8a, 0x1e);
const DENIED: RGBColor = RGBColor(0xb5, 0x47, 0x3c);
const SUPPRESSED: RGBColor = RGBColor(0xb9, 0xc0, 0xcb);
/// Characters of the heading on one line.
const LINE: u16 = 158;
const LINE_HEIGHT: u32 = 19;

/// Draws the report: active users, logins, and the cost where it differs.
pub(crate) fn svg(report: &Report) -> Result<String, Box<dyn std::error::Error>> {
    let panels = panels(report);
    let heading = heading(report);
    let head = 64 + LINE_HEIGHT * u32::try_from(heading.len())?;
    let height = head + panels.iter().map(Panel::height).sum::<u32>();
    let months: Vec<&str> = report.months.iter().map(|month| month.month.as_str()).collect();
    let mut out = String::new();
    {
        let root = SVGBackend::with_string(&mut out, (WIDTH, height)).into_drawing_area();
        root.fill(&WHITE)?;
        let (area, mut rest) = root.split_vertically(head);
        write_heading(&area, &heading)?;
        for panel in &panels {
            let (area, below) = rest.split_vertically(panel.height());
            panel::draw(&area, panel, &months)?;
            rest = below;
        }
        root.present()?;
    }
    Ok(out)
}

/// The lines under the title, each with whether it is a sentence to take away or one that says what was replayed.
fn heading(report: &Report) -> Vec<(String, bool)> {
    let headline = report.headline.iter().map(|sentence| (sentence.clone(), true));
    headline
        .chain([(report.title(), false)])
        .flat_map(|(text, take_away)| {
            let broken: Vec<String> =
                textwrap::wrap(&text, lines(LINE)).iter().map(ToString::to_string).collect();
            broken.into_iter().map(move |line| (line, take_away))
        })
        .collect()
}

fn write_heading(area: &Area<'_>, lines: &[(String, bool)]) -> Drawn {
    let title = ("sans-serif", 20).into_font().style(FontStyle::Bold).color(&INK);
    area.draw(&Text::new("A chat log with and without planguard", (24, 18), title))?;
    let mut y = 50;
    for (line, take_away) in lines {
        let color = if *take_away { &INK } else { &NOTE };
        area.draw(&Text::new(line.as_str(), (24, y), ("sans-serif", 13).into_font().color(color)))?;
        y += i32::try_from(LINE_HEIGHT)?;
    }
    Ok(())
}

fn panels(report: &Report) -> Vec<Panel> {
    let days = report.plan.bills_days();
    let mut panels = vec![users(report, !days)];
    if days {
        panels.push(peak_days(report));
    }
    panels.push(logins(report));
    panels.extend(costs(report));
    panels
}

fn each<T>(report: &Report, of: impl Fn(&Figures) -> T) -> Vec<T> {
    report.months.iter().map(|month| of(&month.figures)).collect()
}

fn counts(report: &Report, of: impl Fn(&Figures) -> u64) -> Vec<String> {
    each(report, |f| HumanCount(of(f)).to_string())
}

fn quota(report: &Report, most: u64) -> Option<Quota> {
    let free = report.plan.free_active_users?;
    let what = if report.plan.bills_days() { "a day" } else { "a month" };
    let name = &report.plan.name;
    Some(Quota {
        at: height(free),
        label: format!(
            "Quota: {name} includes {} active users {what}; the highest bar is {} of it",
            HumanCount(free),
            percent(most, free)
        ),
    })
}

/// Bars of users: those with planguard, those avoided, those denied.
fn users(report: &Report, with_quota: bool) -> Panel {
    let denied = |f: &Figures| f.mau_without.saturating_sub(f.mau_with).saturating_sub(f.avoided_users);
    let mut parts = vec![
        Part::new("active with planguard", WITH, each(report, |f| height(f.mau_with))),
        Part::new(
            "avoided: deferred, and not seen to open chat that month",
            AVOIDED,
            each(report, |f| height(f.avoided_users)),
        ),
    ];
    let mut rows = vec![
        ("without", counts(report, |f| f.mau_without)),
        ("with", counts(report, |f| f.mau_with)),
        ("avoided", counts(report, |f| f.avoided_users)),
        ("% avoided", each(report, |f| percent(f.avoided_users, f.mau_without))),
    ];
    if report.months.iter().any(|month| denied(&month.figures) > 0) {
        parts.push(Part::new("denied", DENIED, each(report, |f| height(denied(f)))));
        rows.push(("denied", counts(report, denied)));
    }
    let most = report.months.iter().map(|month| month.figures.mau_without).max().unwrap_or(0);
    Panel {
        title: "Monthly active users".to_owned(),
        parts,
        stacked: true,
        rows,
        quota: if with_quota { quota(report, most) } else { None },
        top: None,
    }
}

fn peak_days(report: &Report) -> Panel {
    let most = report.months.iter().map(|month| month.figures.peak_dau_without).max().unwrap_or(0);
    Panel {
        title: "Daily active users on the month's peak day".to_owned(),
        parts: vec![
            Part::new("without planguard", SUPPRESSED, each(report, |f| height(f.peak_dau_without))),
            Part::new("with planguard", WITH, each(report, |f| height(f.peak_dau_with))),
        ],
        stacked: false,
        rows: vec![
            ("without", counts(report, |f| f.peak_dau_without)),
            ("with", counts(report, |f| f.peak_dau_with)),
            (
                "less",
                each(report, |f| {
                    percent(f.peak_dau_without.saturating_sub(f.peak_dau_with), f.peak_dau_without)
                }),
            ),
        ],
        quota: quota(report, most),
        top: None,
    }
}

/// What became of each month's logins, as shares: a quiet month reads as well as a busy one.
fn logins(report: &Report) -> Panel {
    let share = |of: fn(&Figures) -> u64| -> Vec<f64> {
        each(report, |f| height(of(f)) * 100.0 / height(f.logins_without.max(1)))
    };
    let shares = |of: fn(&Figures) -> u64| each(report, |f| percent(of(f), f.logins_without));
    let mut parts = vec![
        Part::new("reach the chat SDK", WITH, share(|f| f.logins_with)),
        Part::new("deferred", AVOIDED, share(|f| f.deferred_logins)),
        Part::new(
            "suppressed, logged in already: saves no money",
            SUPPRESSED,
            share(|f| f.suppressed_logins),
        ),
    ];
    let mut rows = vec![
        ("asked for", counts(report, |f| f.logins_without)),
        ("reach SDK", shares(|f| f.logins_with)),
        ("deferred", shares(|f| f.deferred_logins)),
        ("suppressed", shares(|f| f.suppressed_logins)),
    ];
    if report.totals.figures.denied_logins > 0 {
        parts.push(Part::new("denied", DENIED, share(|f| f.denied_logins)));
        rows.push(("denied", shares(|f| f.denied_logins)));
    }
    Panel {
        title: "Logins asked for, %".to_owned(),
        parts,
        stacked: true,
        rows,
        quota: None,
        top: Some(100.0),
    }
}

/// Nothing where both sides cost the same: the headline says so, and equal bars say nothing.
fn costs(report: &Report) -> Option<Panel> {
    let currency = report.plan.currency?;
    let figures = &report.totals.figures;
    if figures.cost_without == figures.cost_with {
        return None;
    }
    // The height is only a place on paper: the amount itself is written as the exact decimal it is.
    let place = |cost: &Option<String>| {
        let amount = cost.as_deref().and_then(|text| text.parse::<Decimal>().ok());
        amount.and_then(|amount| amount.to_f64()).unwrap_or(0.0)
    };
    let text = |cost: &Option<String>| cost.as_deref().map_or_else(|| "-".to_owned(), money);
    Some(Panel {
        title: format!("Cost of the month, {currency}: the plan fee, due in either case, and the overage"),
        parts: vec![
            Part::new("without planguard", SUPPRESSED, each(report, |f| place(&f.cost_without))),
            Part::new("with planguard", WITH, each(report, |f| place(&f.cost_with))),
        ],
        stacked: false,
        rows: vec![
            ("without", each(report, |f| text(&f.cost_without))),
            ("with", each(report, |f| text(&f.cost_with))),
        ],
        quota: None,
        top: None,
    })
}

#[allow(clippy::cast_precision_loss, reason = "a count on paper, where one pixel is many")]
const fn height(count: u64) -> f64 {
    count as f64
}
