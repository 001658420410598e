//! The months as an SVG drawing.

use indicatif::{HumanCount, HumanFloatCount};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::summary::{Figures, Report};

const WITHOUT: RGBColor = RGBColor(0xb0, 0xb7, 0xc3);
const WITH: RGBColor = RGBColor(0x1f, 0x6f, 0xb4);
const INK: RGBColor = RGBColor(0x22, 0x2b, 0x38);
const NOTE: RGBColor = RGBColor(0x5b, 0x66, 0x75);
const GRID: RGBColor = RGBColor(0xe6, 0xe9, 0xee);
const WIDTH: u32 = 960;
const TITLE_HEIGHT: u32 = 84;
const PANEL_HEIGHT: u32 = 290;
/// Room above a panel's axes for its title and note.
const TITLE_SPACE: u32 = 52;
/// Half the width of a bar, in months.
const HALF_BAR: f64 = 0.19;
/// Beyond so many months the numbers above the bars, and the months below, would run into each other.
const MOST_LABELLED: usize = 12;

/// One pair of bars a month.
struct Panel {
    title: String,
    /// What a reader might otherwise take it for.
    note: &'static str,
    /// Without planguard and with it, month by month: how high, and what is written above.
    pairs: Vec<[(f64, String); 2]>,
}

/// Draws the report: monthly active users, logins, and the cost where the price list has prices.
pub(crate) fn svg(report: &Report) -> Result<String, Box<dyn std::error::Error>> {
    let panels = panels(report);
    let height = TITLE_HEIGHT + PANEL_HEIGHT * u32::try_from(panels.len())?;
    let mut out = String::new();
    {
        let root = SVGBackend::with_string(&mut out, (WIDTH, height)).into_drawing_area();
        root.fill(&WHITE)?;
        let (head, body) = root.split_vertically(TITLE_HEIGHT);
        heading(&head, report)?;
        for (area, panel) in body.split_evenly((panels.len(), 1)).iter().zip(&panels) {
            draw(area, report, panel)?;
        }
        root.present()?;
    }
    Ok(out)
}

fn panels(report: &Report) -> Vec<Panel> {
    let count = |title: &str, note, values: fn(&Figures) -> [u64; 2]| Panel {
        title: title.to_owned(),
        note,
        pairs: report.months.iter().map(|m| values(&m.figures).map(counted)).collect(),
    };
    let mut panels = vec![count(
        "Monthly active users",
        "Users a month. Those in the difference never opened chat as far as the log shows, or were denied.",
        |f| [f.mau_without, f.mau_with],
    )];
    if report.plan.bills_days() {
        panels.push(count("Daily active users on the month's peak day", "Users a day.", |f| {
            [f.peak_dau_without, f.peak_dau_with]
        }));
    }
    panels.push(count(
        "Logins that reach the chat SDK",
        "Logins a month. Repeated logins of one user add no active user: fewer of them save no money.",
        |f| [f.logins_without, f.logins_with],
    ));
    if let Some(currency) = report.plan.currency {
        let costs = report
            .months
            .iter()
            .map(|m| [&m.figures.cost_without, &m.figures.cost_with].map(|cost| priced(cost.as_deref())));
        panels.push(Panel {
            title: format!("Cost of the month, {currency}"),
            note: "The plan fee, due in either case, and the overage beyond the active users it covers.",
            pairs: costs.collect(),
        });
    }
    panels
}

fn counted(count: u64) -> (f64, String) {
    (pixels(count), HumanCount(count).to_string())
}

/// The height is only a place on paper: the amount itself is written as the exact decimal it is.
fn priced(exact: Option<&str>) -> (f64, String) {
    let text = exact.unwrap_or_default().to_owned();
    let height = text.parse::<Decimal>().ok().and_then(|amount| amount.to_f64());
    (height.unwrap_or(0.0), text)
}

#[allow(clippy::cast_precision_loss, reason = "a count on paper, where one pixel is many")]
const fn pixels(count: u64) -> f64 {
    count as f64
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

fn heading(area: &Area<'_>, report: &Report) -> Drawn {
    let title = ("sans-serif", 20).into_font().style(FontStyle::Bold).color(&INK);
    area.draw(&Text::new("A chat log with and without planguard", (24, 18), title))?;
    let small = ("sans-serif", 13).into_font().color(&INK);
    area.draw(&Text::new(report.title(), (24, 48), small.clone()))?;
    let (right, _) = area.dim_in_pixel();
    for (name, color, back) in [("without planguard", WITHOUT, 310), ("with planguard", WITH, 150)] {
        let x = i32::try_from(right)? - back;
        area.draw(&Rectangle::new([(x, 22), (x + 14, 36)], color.filled()))?;
        area.draw(&Text::new(name, (x + 20, 23), small.clone()))?;
    }
    Ok(())
}

fn draw(area: &Area<'_>, report: &Report, panel: &Panel) -> Drawn {
    let title = ("sans-serif", 15).into_font().style(FontStyle::Bold).color(&INK);
    area.draw(&Text::new(panel.title.as_str(), (24, 6), title))?;
    let note = ("sans-serif", 13).into_font().color(&NOTE);
    area.draw(&Text::new(panel.note, (24, 28), note))?;
    let months = report.months.len();
    let top = panel.pairs.iter().flatten().map(|(height, _)| *height).fold(1.0, f64::max) * 1.15;
    let mut chart = ChartBuilder::on(area)
        .margin(12)
        .margin_top(TITLE_SPACE)
        .margin_right(24)
        .x_label_area_size(28)
        .y_label_area_size(72)
        .build_cartesian_2d(-0.5..pixels(months.max(1) as u64) - 0.5, 0.0..top)?;
    let month = |x: &f64| name(report, *x);
    let amount = |y: &f64| number(*y);
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(INK)
        .x_labels(months.clamp(2, MOST_LABELLED))
        .y_labels(5)
        .x_label_formatter(&month)
        .y_label_formatter(&amount)
        .label_style(("sans-serif", 12).into_font().color(&INK))
        .draw()?;
    for (side, color) in [WITHOUT, WITH].into_iter().enumerate() {
        let shift = if side == 0 { -HALF_BAR } else { HALF_BAR };
        let bars: Vec<(f64, f64, &str)> = (0_u64..)
            .zip(&panel.pairs)
            .map(|(i, pair)| (pixels(i) + shift, pair[side].0, pair[side].1.as_str()))
            .collect();
        chart.draw_series(bars.iter().map(|&(x, y, _)| {
            Rectangle::new([(x - HALF_BAR * 0.94, 0.0), (x + HALF_BAR * 0.94, y)], color.filled())
        }))?;
        if months <= MOST_LABELLED {
            let style = ("sans-serif", 11).into_font().color(&INK).pos(Pos::new(HPos::Center, VPos::Bottom));
            chart.draw_series(bars.iter().map(|&(x, y, label)| {
                EmptyElement::at((x, y)) + Text::new(label.to_owned(), (0, -3), style.clone())
            }))?;
        }
    }
    Ok(())
}

/// The month at a place on the axis; nothing between two months.
fn name(report: &Report, x: f64) -> String {
    let nearest = x.round();
    if (x - nearest).abs() > 0.01 {
        return String::new();
    }
    let mut months = (0_u64..).map(pixels).zip(&report.months);
    months.find(|(i, _)| (i - nearest).abs() < 0.5).map(|(_, m)| m.month.clone()).unwrap_or_default()
}

/// A whole number with its thousands set apart.
fn number(value: f64) -> String {
    HumanFloatCount(value).to_string().split('.').next().unwrap_or_default().to_owned()
}
