//! What the measuring programs found, as they write it.

use serde::Deserialize;

/// One row of the table of targets.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Target {
    pub(super) what: String,
    pub(super) measured: String,
    pub(super) value: Option<f64>,
    pub(super) unit: String,
    pub(super) wanted: String,
    pub(super) bound: f64,
    pub(super) holds: bool,
}

impl Target {
    /// The number that is judged, with its unit.
    pub(super) fn value(&self) -> String {
        let Some(value) = self.value else { return "not measured".to_owned() };
        let number = digits(value);
        self.with_unit(&number)
    }

    /// The bound, with its unit.
    pub(super) fn wanted(&self) -> String {
        self.with_unit(&self.wanted)
    }

    fn with_unit(&self, number: &str) -> String {
        if self.unit.is_empty() { number.to_owned() } else { format!("{number} {}", self.unit) }
    }

    /// Whether it holds, in a word.
    pub(super) fn verdict(&self) -> &'static str {
        match (self.value, self.holds) {
            (None, _) => "not measured",
            (_, true) => "holds",
            (_, false) => "does not hold",
        }
    }
}

/// One contestant: nanoseconds per call.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Timing {
    pub(super) group: String,
    pub(super) name: String,
    pub(super) min: f64,
    pub(super) median: f64,
}

/// One line of a plot.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Series {
    pub(super) plot: String,
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
}

/// Everything that was measured in a run.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Results {
    pub(super) targets: Vec<Target>,
    pub(super) timings: Vec<Timing>,
    pub(super) series: Vec<Series>,
    pub(super) notes: Vec<String>,
    /// The programs in which a section failed.
    #[serde(default)]
    pub(super) failed: Vec<String>,
}

impl Results {
    /// Takes in what another program found.
    pub(super) fn extend(&mut self, other: Self) {
        self.targets.extend(other.targets);
        self.timings.extend(other.timings);
        self.series.extend(other.series);
        self.notes.extend(other.notes);
        self.failed.extend(other.failed);
    }

    /// The comparisons, each with its contestants, in the order in which they were made.
    pub(super) fn groups(&self) -> Vec<(&str, Vec<&Timing>)> {
        let mut groups: Vec<(&str, Vec<&Timing>)> = Vec::new();
        for timing in &self.timings {
            match groups.iter_mut().find(|(group, _)| *group == timing.group) {
                Some((_, members)) => members.push(timing),
                None => groups.push((&timing.group, vec![timing])),
            }
        }
        groups
    }
}

/// A number with as many digits as say something.
pub(super) fn digits(value: f64) -> String {
    match value {
        0.0 => "0".to_owned(),
        ..0.1 => format!("{value:.3}"),
        ..10.0 => format!("{value:.2}"),
        _ => format!("{value:.0}"),
    }
}

/// A time per call for people.
pub(super) fn nanoseconds(value: f64) -> String {
    match value {
        ..100.0 => format!("{value:.1} ns"),
        ..10_000.0 => format!("{value:.0} ns"),
        ..1_000_000.0 => format!("{:.1} µs", value / 1e3),
        ..1_000_000_000.0 => format!("{:.2} ms", value / 1e6),
        _ => format!("{:.2} s", value / 1e9),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::bench) fn target(value: Option<f64>, holds: bool) -> Target {
        Target {
            what: "`feature` / arc-swap load".to_owned(),
            measured: "15 ns against 12 ns".to_owned(),
            value,
            unit: String::new(),
            wanted: "≤ 1.5".to_owned(),
            bound: 1.5,
            holds,
        }
    }

    pub(in crate::bench) fn timing(group: &str, name: &str, min: f64) -> Timing {
        Timing { group: group.to_owned(), name: name.to_owned(), min, median: min * 1.25 }
    }

    #[test]
    fn a_target_that_was_not_measured_says_so() {
        assert_eq!(
            (target(None, false).value().as_str(), target(None, false).verdict()),
            ("not measured", "not measured")
        );
        assert_eq!(target(Some(1.6), false).verdict(), "does not hold");
    }

    #[test]
    fn contestants_of_a_comparison_stay_together() {
        let timings = vec![timing("a", "x", 1.0), timing("b", "y", 2.0), timing("a", "z", 3.0)];
        let results = Results { timings, ..Results::default() };
        let names: Vec<_> = results
            .groups()
            .into_iter()
            .map(|(group, members)| {
                (group, members.iter().map(|member| member.name.as_str()).collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(names, [("a", vec!["x", "z"]), ("b", vec!["y"])]);
    }
}
