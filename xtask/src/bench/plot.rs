//! The plots of `docs/PERFORMANCE.md`: SVG files that read well on a light and on a dark page.

use std::path::Path;

use anyhow::anyhow;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::results::{Results, Series, Target, Timing, digits, nanoseconds};

/// Text and axes: between black and white, so that neither page hides it.
const INK: RGBColor = RGBColor(125, 133, 144);
const OURS: RGBColor = RGBColor(47, 129, 247);
const PEERS: RGBColor = RGBColor(150, 140, 120);
const HOLDS: RGBColor = RGBColor(63, 165, 80);
const BROKEN: RGBColor = RGBColor(229, 83, 75);
const LINES: [RGBColor; 6] = [
    RGBColor(47, 129, 247),
    RGBColor(63, 185, 80),
    RGBColor(219, 109, 40),
    RGBColor(163, 113, 247),
    RGBColor(219, 97, 162),
    RGBColor(187, 128, 9),
];

/// The comparisons that have a plot of their own, and its file.
const BARS: [(&str, &str); 4] = [
    ("is a feature on", "features.svg"),
    ("does adding a friend fit", "checks.svg"),
    ("login of who is logged in", "logins.svg"),
    ("first logins on SQLite", "first-logins.svg"),
];

const WIDTH: u32 = 880;
const ROW: u32 = 30;
/// Where bars begin, and how long they are at most.
const LEFT: i32 = 400;
const LENGTH: f64 = 380.0;

/// Draws every plot that the results have figures for into `folder`.
pub(super) fn draw_all(results: &Results, folder: &Path) -> anyhow::Result<()> {
    let groups = results.groups();
    for (group, file) in BARS {
        if let Some((_, members)) = groups.iter().find(|(name, _)| *name == group) {
            std::fs::write(folder.join(file), bars(group, members)?)?;
        }
    }
    if !results.targets.is_empty() {
        std::fs::write(folder.join("targets.svg"), targets(&results.targets)?)?;
    }
    let growth: Vec<_> = results.series.iter().filter(|series| series.plot == "growth").collect();
    if !growth.is_empty() {
        std::fs::write(folder.join("growth.svg"), lines(&growth)?)?;
    }
    Ok(())
}

/// How far each target is from its bound: a bar that ends left of the line holds.
fn targets(targets: &[Target]) -> anyhow::Result<String> {
    /// So far from the bound a bar ends.
    const FARTHEST: f64 = 10.0;
    const NAMES: i32 = 560;
    let mut svg = String::new();
    // A bound of zero has no distance, and what was not measured has none either.
    let rows: Vec<_> = targets
        .iter()
        .filter_map(|target| Some((target, target.value? / target.bound)))
        .filter(|(_, share)| share.is_finite())
        .collect();
    {
        let height = ROW * (u32::try_from(rows.len())? + 1) + 10;
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        text(&area, "measured / wanted, logarithmic; the line is the bound", (10, 18), HPos::Left)?;
        let place = |share: f64| {
            let share = share.clamp(1.0 / FARTHEST, FARTHEST);
            NAMES + pixels(110.0 * (1.0 + share.ln() / FARTHEST.ln()))
        };
        let failed = |error: DrawingAreaErrorKind<_>| anyhow!("{error}");
        for ((target, share), row) in rows.iter().zip(1..) {
            let middle = ROW.cast_signed() * row + 18;
            let colour = if target.holds { HOLDS } else { BROKEN };
            text(&area, &short(&target.what), (NAMES - 10, middle), HPos::Right)?;
            let bar = [(NAMES, middle - 9), (place(*share).max(NAMES + 2), middle + 9)];
            area.draw(&Rectangle::new(bar, colour.filled())).map_err(failed)?;
            text(&area, &digits(*share), (NAMES + 228, middle), HPos::Left)?;
        }
        let line = vec![(place(1.0), 30), (place(1.0), height.cast_signed())];
        area.draw(&PathElement::new(line, INK.stroke_width(1))).map_err(failed)?;
        area.present().map_err(failed)?;
    }
    Ok(svg)
}

/// As much of a name as fits beside the bars, without what only Markdown reads.
fn short(name: &str) -> String {
    const MOST: usize = 74;
    let name = name.replace('`', "");
    if name.chars().count() <= MOST {
        return name;
    }
    name.chars().take(MOST - 1).chain(['…']).collect()
}

/// The minima of a comparison as bars on a logarithmic scale.
fn bars(title: &str, members: &[&Timing]) -> anyhow::Result<String> {
    let mut svg = String::new();
    let rows = u32::try_from(members.len())?;
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, ROW * (rows + 1) + 10)).into_drawing_area();
        text(&area, &format!("{title}: minimum per call, logarithmic"), (10, 18), HPos::Left)?;
        // Half of the least stands at the left edge, so that the least has a bar as well.
        let least = members.iter().map(|member| member.min).fold(f64::INFINITY, f64::min) / 2.0;
        let most = members.iter().map(|member| member.min).fold(0.0, f64::max);
        for (member, row) in members.iter().zip(1..) {
            let middle = ROW.cast_signed() * row + 18;
            let length = LENGTH * (member.min / least).ln() / (most / least).ln();
            let right = LEFT + pixels(length);
            let colour = if member.name.starts_with("planguard") { OURS } else { PEERS };
            text(&area, &member.name, (LEFT - 10, middle), HPos::Right)?;
            area.draw(&Rectangle::new([(LEFT, middle - 9), (right, middle + 9)], colour.filled()))
                .map_err(|error| anyhow!("{error}"))?;
            text(&area, &nanoseconds(member.min), (right + 8, middle), HPos::Left)?;
        }
        area.present().map_err(|error| anyhow!("{error}"))?;
    }
    Ok(svg)
}

#[allow(clippy::cast_possible_truncation, reason = "lengths lie within the picture")]
fn pixels(length: f64) -> i32 {
    length.round() as i32
}

fn text(
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    text: &str,
    at: (i32, i32),
    align: HPos,
) -> anyhow::Result<()> {
    let style = ("sans-serif", 14).into_font().color(&INK).pos(Pos::new(align, VPos::Center));
    area.draw(&Text::new(text, at, style)).map_err(|error| anyhow!("{error}"))
}

/// Times over the number of users, both logarithmic.
fn lines(series: &[&Series]) -> anyhow::Result<String> {
    let mut svg = String::new();
    {
        let points = || series.iter().flat_map(|series| series.points.iter().copied());
        let bounds = |values: &mut dyn Iterator<Item = f64>| {
            values.fold((f64::INFINITY, 0.0_f64), |(least, most), value| (least.min(value), most.max(value)))
        };
        let (fewest, most) = bounds(&mut points().map(|point| point.0));
        let (fastest, slowest) = bounds(&mut points().map(|point| point.1));
        let area = SVGBackend::with_string(&mut svg, (WIDTH, 460)).into_drawing_area();
        let failed = |error: DrawingAreaErrorKind<_>| anyhow!("{error}");
        let ink = ("sans-serif", 14).into_font().color(&INK);
        let mut chart = ChartBuilder::on(&area)
            .margin(12)
            .margin_right(36)
            .x_label_area_size(44)
            .y_label_area_size(78)
            .build_cartesian_2d((fewest..most).log_scale(), (fastest / 1.5..slowest * 1.5).log_scale())
            .map_err(failed)?;
        chart
            .configure_mesh()
            .axis_style(INK)
            .bold_line_style(INK.mix(0.3))
            .light_line_style(INK.mix(0.0))
            .label_style(ink.clone())
            .axis_desc_style(ink.clone())
            .x_labels(4)
            .y_labels(8)
            .x_desc("users")
            .y_desc("minimum per call")
            .x_label_formatter(&|users| format!("{users}"))
            .y_label_formatter(&|time| nanoseconds(*time))
            .draw()
            .map_err(failed)?;
        for (line, colour) in series.iter().zip(LINES.iter().cycle()) {
            chart
                .draw_series(
                    LineSeries::new(line.points.iter().copied(), colour.stroke_width(2)).point_size(3),
                )
                .map_err(failed)?
                .label(&line.name)
                .legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .label_font(ink)
            .draw()
            .map_err(failed)?;
        area.present().map_err(failed)?;
    }
    Ok(svg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::results::tests::{target, timing};

    #[test]
    fn bars_name_every_contestant_and_its_time() {
        let (ours, peer) = (timing("g", "planguard: x", 20.0), timing("g", "peer: y", 400.0));
        let svg = bars("a question", &[&ours, &peer]).unwrap();
        for part in ["planguard: x", "20.0 ns", "peer: y", "400 ns"] {
            assert!(svg.contains(part), "{part}");
        }
    }

    #[test]
    fn targets_without_a_distance_are_left_out() {
        let none = Target { bound: 0.0, value: Some(0.0), ..target(Some(0.0), true) };
        let svg = targets(&[target(Some(3.0), false), target(None, false), none]).unwrap();
        assert_eq!(svg.matches("arc-swap").count(), 1, "{svg}");
        assert!(svg.contains("2.00"), "{svg}");
    }

    #[test]
    fn one_contestant_alone_is_drawn_too() {
        assert!(bars("a question", &[&timing("g", "planguard: x", 20.0)]).is_ok());
    }

    #[test]
    fn lines_name_every_series() {
        let points = vec![(1e3, 20.0), (1e6, 400.0)];
        let series = |name: &str| Series { plot: "growth".into(), name: name.into(), points: points.clone() };
        let svg = lines(&[&series("ours"), &series("theirs")]).unwrap();
        assert!(svg.contains("ours") && svg.contains("theirs") && svg.contains("users"), "{svg}");
    }
}
