//! The tables of `docs/PERFORMANCE.md`.

use std::fmt::Write as _;

use super::results::{Results, nanoseconds};

/// Every target: measured, wanted, and whether it holds.
pub(super) fn targets(results: &Results) -> String {
    let mut text = "| Target | Measured | Value | Wanted | |\n|---|---|---|---|---|\n".to_owned();
    for target in &results.targets {
        let (value, wanted, verdict) = (target.value(), target.wanted(), target.verdict());
        row(&mut text, &[&target.what, &target.measured, &value, &wanted, verdict]);
    }
    text
}

/// Every comparison: minimum, median, and how the minimum stands to the first contestant's.
pub(super) fn timings(results: &Results) -> String {
    let mut text = "| | Minimum | Median | × the first |\n|---|---|---|---|\n".to_owned();
    for (group, members) in results.groups() {
        row(&mut text, &[&format!("**{group}**"), "", "", ""]);
        let first = members.first().map_or(1.0, |member| member.min);
        for member in members {
            let ratio = format!("{:.2}", member.min / first);
            row(&mut text, &[&member.name, &nanoseconds(member.min), &nanoseconds(member.median), &ratio]);
        }
    }
    text
}

/// What else the run says.
pub(super) fn notes(results: &Results) -> String {
    results.notes.iter().fold(String::new(), |mut text, note| {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "- {note}");
        text
    })
}

fn row(text: &mut String, cells: &[&str]) {
    let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::results::tests::{target, timing};

    #[test]
    fn a_broken_target_is_said_to_be_broken() {
        let results = Results { targets: vec![target(Some(7.5), false)], ..Results::default() };
        let table = targets(&results);
        assert!(table.ends_with("| 7.50 | ≤ 1.5 | does not hold |\n"), "{table}");
    }

    #[test]
    fn ratios_are_to_the_first_of_a_comparison() {
        let timings_of = vec![timing("g", "ours", 10.0), timing("g", "peer", 25.0)];
        let results = Results { timings: timings_of, ..Results::default() };
        assert!(
            timings(&results).ends_with("| peer | 25.0 ns | 31.2 ns | 2.50 |\n"),
            "{}",
            timings(&results)
        );
    }
}
