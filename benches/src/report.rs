//! Results: targets with what was measured, contestants with their times, series for plots.

use std::fmt;
use std::path::Path;

use serde::Serialize;

/// What a target asks of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wanted {
    /// Not above.
    AtMost(f64),
    /// Strictly less.
    Below(f64),
}

impl Wanted {
    /// Whether `value` is what is wanted. What could not be measured is not.
    pub fn holds(self, value: f64) -> bool {
        match self {
            Self::AtMost(bound) => value <= bound,
            Self::Below(bound) => value < bound,
        }
    }

    /// The figure itself.
    pub const fn bound(self) -> f64 {
        match self {
            Self::AtMost(bound) | Self::Below(bound) => bound,
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(bound) => write!(f, "≤ {bound}"),
            Self::Below(bound) => write!(f, "< {bound}"),
        }
    }
}

/// One row of the table of targets.
#[derive(Clone, Debug, Serialize)]
#[serde(into = "Row")]
pub struct Target {
    /// What is compared, and with what.
    pub what: String,
    /// The measured values behind the number that is judged, for a person.
    pub measured: String,
    /// The number that is judged; `None` when it could not be measured.
    pub value: Option<f64>,
    /// Its unit; empty for a ratio.
    pub unit: &'static str,
    /// The bound.
    pub wanted: Wanted,
}

impl Target {
    /// Whether it holds. A target that was not measured does not hold.
    pub fn holds(&self) -> bool {
        self.value.is_some_and(|value| self.wanted.holds(value))
    }
}

/// A target as it is written: with the verdict.
#[derive(Serialize)]
struct Row {
    what: String,
    measured: String,
    value: Option<f64>,
    unit: &'static str,
    wanted: String,
    bound: f64,
    holds: bool,
}

impl From<Target> for Row {
    fn from(target: Target) -> Self {
        let (holds, wanted, bound) = (target.holds(), target.wanted.to_string(), target.wanted.bound());
        let Target { what, measured, value, unit, .. } = target;
        Self { what, measured, value, unit, wanted, bound, holds }
    }
}

/// One contestant of a comparison.
#[derive(Clone, Debug, Serialize)]
pub struct Timing {
    /// The comparison.
    pub group: String,
    /// Who.
    pub name: String,
    /// The minimum over the rounds, in nanoseconds per call.
    pub min: f64,
    /// The median over the rounds, in nanoseconds per call.
    pub median: f64,
}

/// One line of a plot.
#[derive(Clone, Debug, Serialize)]
pub struct Series {
    /// The plot.
    pub plot: String,
    /// The line.
    pub name: String,
    /// Its points.
    pub points: Vec<(f64, f64)>,
}

/// Everything one program measured.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// The targets.
    pub targets: Vec<Target>,
    /// The contestants.
    pub timings: Vec<Timing>,
    /// The plots' lines.
    pub series: Vec<Series>,
    /// What a reader should know of this run.
    pub notes: Vec<String>,
}

impl Report {
    /// Keeps a target and prints it.
    #[allow(clippy::print_stdout, reason = "a benchmark talks to a person")]
    pub fn target(&mut self, target: Target) {
        let verdict = if target.holds() { "holds" } else { "DOES NOT HOLD" };
        let value = target.value.map_or_else(|| "not measured".to_owned(), |value| format!("{value:.3}"));
        let Target { what, measured, unit, wanted, .. } = &target;
        println!("    {what}: {measured} → {value} {unit} (wanted {wanted} {unit}): {verdict}");
        self.targets.push(target);
    }

    /// Keeps a ratio of two values as a target.
    pub fn ratio(&mut self, what: &str, ours: &Timing, peer: &Timing, wanted: Wanted) {
        let measured =
            format!("{} against {} of {}", nanoseconds(ours.min), nanoseconds(peer.min), peer.name);
        let value = Some(ours.min / peer.min);
        self.target(Target { what: what.to_owned(), measured, value, unit: "", wanted });
    }

    /// Keeps a note and prints it.
    #[allow(clippy::print_stdout, reason = "a benchmark talks to a person")]
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        println!("    note: {note}");
        self.notes.push(note);
    }

    /// Writes it as JSON.
    pub fn write(&self, path: &Path) {
        std::fs::write(path, serde_json::to_string_pretty(self).unwrap()).unwrap();
    }
}

/// A time per call for people.
pub fn nanoseconds(value: f64) -> String {
    match value {
        ..100.0 => format!("{value:.1} ns"),
        ..10_000.0 => format!("{value:.0} ns"),
        ..1_000_000.0 => format!("{:.1} µs", value / 1e3),
        ..1_000_000_000.0 => format!("{:.2} ms", value / 1e6),
        _ => format!("{:.2} s", value / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(value: Option<f64>, wanted: Wanted) -> Target {
        Target { what: String::new(), measured: String::new(), value, unit: "", wanted }
    }

    #[test]
    fn a_bound_is_kept_or_broken() {
        assert!(target(Some(1.5), Wanted::AtMost(1.5)).holds());
        assert!(!target(Some(1.51), Wanted::AtMost(1.5)).holds());
        assert!(!target(Some(1.0), Wanted::Below(1.0)).holds());
    }

    #[test]
    fn what_was_not_measured_does_not_hold() {
        assert!(!target(None, Wanted::AtMost(0.0)).holds());
        assert!(!target(Some(f64::NAN), Wanted::AtMost(0.0)).holds());
    }

    #[test]
    fn times_read_well_at_every_size() {
        let texts = [12.34, 812.0, 123_456.0, 12_345_678.0, 12_345_678_900.0].map(nanoseconds);
        assert_eq!(texts, ["12.3 ns", "812 ns", "123.5 µs", "12.35 ms", "12.35 s"]);
    }
}
