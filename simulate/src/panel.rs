//! One panel of the drawing: bars month by month on a scale, the quota as a line, and the figures in rows below.

use indicatif::HumanFloatCount;
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

pub(crate) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(crate) type Drawn = Result<(), Box<dyn std::error::Error>>;
type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

pub(crate) const WIDTH: u32 = 960;
pub(crate) const INK: RGBColor = RGBColor(0x22, 0x2b, 0x38);
pub(crate) const NOTE: RGBColor = RGBColor(0x5b, 0x66, 0x75);
const GRID: RGBColor = RGBColor(0xdd, 0xe1, 0xe8);
/// Behind every second month, so that months are set apart down to their figures.
const BAND: RGBColor = RGBColor(0xf5, 0xf6, 0xf9);
const QUOTA: RGBColor = RGBColor(0xa8, 0x1e, 0x4b);

const PLOT_HEIGHT: u32 = 210;
/// Room above the plot for the title and the legend, which has a line of its own for the quota.
const HEAD_HEIGHT: u32 = 62;
const QUOTA_HEIGHT: u32 = 18;
const ROW_HEIGHT: i32 = 17;
const MARGIN: i32 = 24;
const AXIS_WIDTH: u32 = 96;
/// Half the width of a month's bar or bars, in months.
const HALF: f64 = 0.3;
/// Beyond so many months the figures below would run into each other; months are then named here and there.
const MOST_LABELLED: usize = 12;
/// Up to this many times the highest bar the quota is drawn to scale; beyond, the axis is cut.
const TO_SCALE: f64 = 1.8;

/// One colour of the bars.
pub(crate) struct Part {
    name: &'static str,
    color: RGBColor,
    heights: Vec<f64>,
}

impl Part {
    pub(crate) const fn new(name: &'static str, color: RGBColor, heights: Vec<f64>) -> Self {
        Self { name, color, heights }
    }
}

/// What the plan includes, as a line.
pub(crate) struct Quota {
    pub(crate) at: f64,
    pub(crate) label: String,
}

/// What one panel shows.
pub(crate) struct Panel {
    pub(crate) title: String,
    pub(crate) parts: Vec<Part>,
    /// Parts on top of each other, or side by side.
    pub(crate) stacked: bool,
    /// Under each month, a figure for each of these names.
    pub(crate) rows: Vec<(&'static str, Vec<String>)>,
    pub(crate) quota: Option<Quota>,
    /// The end of the scale, where it is not that of the bars.
    pub(crate) top: Option<f64>,
}

impl Panel {
    fn months(&self) -> usize {
        self.parts.iter().map(|part| part.heights.len()).max().unwrap_or(0)
    }

    /// Rows of text below the axis: the month, and its figures where there is room for them.
    fn lines(&self) -> i32 {
        let figures = if self.months() <= MOST_LABELLED { self.rows.len() } else { 0 };
        i32::try_from(figures).unwrap_or(0) + 1
    }

    fn head_height(&self) -> u32 {
        HEAD_HEIGHT + if self.quota.is_some() { QUOTA_HEIGHT } else { 0 }
    }

    /// How high the panel is, in pixels.
    pub(crate) fn height(&self) -> u32 {
        self.head_height() + PLOT_HEIGHT + (self.lines() * ROW_HEIGHT).unsigned_abs() + 30
    }

    fn highest(&self) -> f64 {
        let of_month = |month: usize| {
            let heights = self.parts.iter().filter_map(|part| part.heights.get(month).copied());
            if self.stacked { heights.sum() } else { heights.fold(0.0, f64::max) }
        };
        (0..self.months()).map(of_month).fold(1.0, f64::max)
    }

    /// The end of the scale, and where the quota's line goes, which is above a cut where it is far beyond.
    fn scale(&self) -> (f64, Option<(f64, bool)>) {
        let highest = self.top.unwrap_or_else(|| self.highest());
        match &self.quota {
            None => (if self.top.is_some() { highest } else { highest * 1.08 }, None),
            Some(quota) if quota.at <= highest * TO_SCALE => {
                (highest.max(quota.at) * 1.14, Some((quota.at, false)))
            }
            Some(_) => (highest * 1.3, Some((highest * 1.2, true))),
        }
    }
}

/// Draws a panel; `months` are named under it.
pub(crate) fn draw(area: &Area<'_>, panel: &Panel, months: &[&str]) -> Drawn {
    let (top, quota) = panel.scale();
    let below = panel.lines() * ROW_HEIGHT + 6;
    bands(area, panel, below)?;
    head(area, panel)?;
    let cut_above = quota.as_ref().and_then(|(at, cut)| cut.then_some(*at * 0.96));
    let mut chart = ChartBuilder::on(area)
        .margin_top(panel.head_height())
        .margin_right(MARGIN)
        .margin_bottom(24)
        .x_label_area_size(below)
        .y_label_area_size(AXIS_WIDTH)
        .build_cartesian_2d(-0.5..pixels(months.len().max(1)) - 0.5, 0.0..top)?;
    // Above a cut the scale says nothing.
    let amount = |y: &f64| match cut_above {
        Some(cut) if *y > cut => String::new(),
        _ => number(*y),
    };
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(INK)
        .x_labels(0)
        .y_labels(5)
        .y_label_formatter(&amount)
        .label_style(("sans-serif", 12).into_font().color(&INK))
        .draw()?;
    bars(&mut chart, panel)?;
    if let Some((at, cut)) = quota {
        quota_line(area, &mut chart, at, cut, months.len())?;
    }
    figures(area, &chart, panel, months)
}

fn bands(area: &Area<'_>, panel: &Panel, below: i32) -> Drawn {
    let (width, height) = area.dim_in_pixel();
    let left = f64::from(AXIS_WIDTH);
    let month = (f64::from(width) - left - f64::from(MARGIN)) / pixels(panel.months().max(1));
    let bottom = i32::try_from(height)? - 24;
    for n in (1..panel.months()).step_by(2) {
        let x = left + month * pixels(n);
        let corners = [(round(x), bottom - below - i32::try_from(PLOT_HEIGHT)?), (round(x + month), bottom)];
        area.draw(&Rectangle::new(corners, BAND.filled()))?;
    }
    Ok(())
}

/// The title, and the legend below it, left to right.
fn head(area: &Area<'_>, panel: &Panel) -> Drawn {
    let title = ("sans-serif", 15).into_font().style(FontStyle::Bold).color(&INK);
    area.draw(&Text::new(panel.title.as_str(), (MARGIN, 6), title))?;
    let small = ("sans-serif", 12).into_font().color(&INK);
    let mut x = MARGIN;
    for part in &panel.parts {
        area.draw(&Rectangle::new([(x, 31), (x + 13, 44)], part.color.filled()))?;
        area.draw(&Text::new(part.name, (x + 19, 31), small.clone()))?;
        // About seven pixels a character at this size, in whatever font a viewer has.
        x += 19 + 7 * i32::try_from(part.name.chars().count())? + 18;
    }
    if let (Some(quota), (_, Some((_, cut)))) = (&panel.quota, panel.scale()) {
        for dash in [0, 8] {
            let dash = [(MARGIN + dash, 56), (MARGIN + dash + 5, 56)];
            area.draw(&PathElement::new(dash, QUOTA.stroke_width(2)))?;
        }
        let scale = if cut { " (the axis is cut)" } else { "" };
        let style = ("sans-serif", 12).into_font().color(&QUOTA);
        area.draw(&Text::new(format!("{}{scale}", quota.label), (MARGIN + 19, 50), style))?;
    }
    Ok(())
}

fn bars(chart: &mut Chart<'_, '_>, panel: &Panel) -> Drawn {
    let side_by_side = pixels(panel.parts.len().max(1));
    for month in 0..panel.months() {
        let mut floor = 0.0;
        for (place, part) in panel.parts.iter().enumerate() {
            let height = part.heights.get(month).copied().unwrap_or(0.0);
            let (left, right) = if panel.stacked {
                (-HALF, HALF)
            } else {
                let width = 2.0 * HALF / side_by_side;
                (-HALF + width * pixels(place), -HALF + width * (pixels(place) + 0.94))
            };
            let corners = [(pixels(month) + left, floor), (pixels(month) + right, floor + height)];
            chart.draw_series([Rectangle::new(corners, part.color.filled())])?;
            if panel.stacked {
                floor += height;
            }
        }
    }
    Ok(())
}

/// The quota as a dashed line; where the axis is cut, two strokes across it say so.
fn quota_line(area: &Area<'_>, chart: &mut Chart<'_, '_>, at: f64, cut: bool, months: usize) -> Drawn {
    let end = pixels(months.max(1)) - 0.5;
    chart.draw_series(DashedLineSeries::new([(-0.5, at), (end, at)], 7, 5, QUOTA.stroke_width(2)))?;
    if cut {
        let (left, y) = local(area, chart.backend_coord(&(-0.5, at)));
        for up in [0, 5] {
            let y = y + 14 - up;
            area.draw(&PathElement::new([(left - 6, y + 3), (left + 6, y - 3)], INK.stroke_width(1)))?;
        }
    }
    Ok(())
}

/// Under each month its name and its figures.
fn figures(area: &Area<'_>, chart: &Chart<'_, '_>, panel: &Panel, months: &[&str]) -> Drawn {
    let centred =
        |color: &RGBColor| ("sans-serif", 12).into_font().color(color).pos(Pos::new(HPos::Center, VPos::Top));
    let every = months.len().div_ceil(MOST_LABELLED).max(1);
    let mut bottom = 0;
    for (n, month) in months.iter().enumerate() {
        let (x, y) = local(area, chart.backend_coord(&(pixels(n), 0.0)));
        bottom = y + 6;
        if n.is_multiple_of(every) {
            let bold = ("sans-serif", 12).into_font().style(FontStyle::Bold).color(&INK);
            area.draw(&Text::new(
                (*month).to_owned(),
                (x, bottom),
                bold.pos(Pos::new(HPos::Center, VPos::Top)),
            ))?;
        }
        if months.len() <= MOST_LABELLED {
            for ((_, cells), line) in panel.rows.iter().zip(1..) {
                let cell = cells.get(n).cloned().unwrap_or_default();
                area.draw(&Text::new(cell, (x, bottom + line * ROW_HEIGHT), centred(&INK)))?;
            }
        }
    }
    if months.len() <= MOST_LABELLED {
        let style = ("sans-serif", 12).into_font().color(&NOTE).pos(Pos::new(HPos::Left, VPos::Top));
        for ((name, _), line) in panel.rows.iter().zip(1..) {
            area.draw(&Text::new(*name, (MARGIN, bottom + line * ROW_HEIGHT), style.clone()))?;
        }
    }
    Ok(())
}

/// A place in the whole drawing, as a place in this panel.
fn local(area: &Area<'_>, (x, y): (i32, i32)) -> (i32, i32) {
    let (left, top) = area.get_base_pixel();
    (x - left, y - top)
}

#[allow(clippy::cast_precision_loss, reason = "a number of months or bars")]
const fn pixels(count: usize) -> f64 {
    count as f64
}

#[allow(clippy::cast_possible_truncation, reason = "a place on a sheet of a thousand pixels")]
fn round(x: f64) -> i32 {
    x.round() as i32
}

/// A whole number with its thousands set apart.
fn number(value: f64) -> String {
    HumanFloatCount(value).to_string().split('.').next().unwrap_or_default().to_owned()
}
