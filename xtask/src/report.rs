//! What a suite or check came to, and the summary at the end.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::failed;
use crate::step::{Finished, seconds};
use crate::tally::Tally;

/// What one suite or check found.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Findings {
    /// Tests counted; empty for a check that has none.
    pub tally: Tally,
    /// Why it is red; empty when it is green.
    pub problems: Vec<String>,
    /// What it did not look at, said aloud.
    pub notes: Vec<String>,
}

impl Findings {
    /// Takes in a step that either succeeds or is a problem.
    pub(crate) fn step(&mut self, finished: &Finished) {
        if !finished.success {
            self.problems.push(format!("{} failed", finished.name));
        }
    }

    /// Takes in a step that ran tests.
    pub(crate) fn tests(&mut self, finished: &Finished, tally: Tally) {
        self.step(finished);
        if tally.failed > 0 {
            let names = failed::names(&finished.lines).join(", ");
            self.problems.push(format!("{}: {} tests failed: {names}", finished.name, tally.failed));
        }
        if tally.skipped > 0 {
            self.problems.push(format!("{}: {} tests ignored or skipped", finished.name, tally.skipped));
        }
        if tally.is_empty() {
            self.problems.push(format!("{}: no test ran", finished.name));
        }
        self.tally += tally;
    }

    /// Failures to count: tests that failed or did not run, and at least one for anything red.
    pub(crate) fn failures(&self) -> u32 {
        let tests = self.tally.failed + self.tally.skipped;
        if self.problems.is_empty() { tests } else { tests.max(1) }
    }
}

/// One suite or check after it ran.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Report {
    /// The name it has in the table.
    pub name: String,
    /// How long it took.
    pub elapsed: Duration,
    /// What it found.
    pub findings: Findings,
}

/// Writes reports for the process that asked for them.
pub(crate) fn write(path: &Path, reports: &[Report]) -> anyhow::Result<()> {
    std::fs::write(path, serde_json::to_string(reports)?)
        .with_context(|| format!("writing {}", path.display()))
}

/// Prints the summary, ending with the line `N passed, N failed`, and says whether all is green.
///
/// A red check without tests counts as one failure; a green one adds to neither number.
pub(crate) fn conclude(reports: &[Report]) -> bool {
    println!("\n══ summary");
    let (mut passed, mut failed) = (0, 0);
    for Report { name, elapsed, findings } in reports {
        let verdict = if findings.problems.is_empty() { "ok    " } else { "FAILED" };
        let tally = findings.tally;
        let counts = if tally.is_empty() { String::new() } else { format!("{} passed", tally.passed) };
        println!("{verdict} {name:<14} {:>9}  {counts}", seconds(*elapsed));
        for problem in &findings.problems {
            println!("         {problem}");
        }
        for note in &findings.notes {
            println!("         NOTE: {note}");
        }
        passed += tally.passed;
        failed += findings.failures();
    }
    println!("{passed} passed, {failed} failed");
    failed == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(success: bool) -> Finished {
        Finished { name: "step".into(), lines: Vec::new(), success }
    }

    #[test]
    fn a_suite_that_ran_nothing_is_red() {
        let mut findings = Findings::default();
        findings.tests(&finished(true), Tally::default());
        assert_eq!(findings.problems, ["step: no test ran"]);
        assert_eq!(findings.failures(), 1);
    }

    #[test]
    fn an_ignored_test_is_red() {
        let mut findings = Findings::default();
        findings.tests(&finished(true), Tally { passed: 5, failed: 0, skipped: 2 });
        assert_eq!(findings.problems, ["step: 2 tests ignored or skipped"]);
        assert_eq!(findings.failures(), 2);
    }

    #[test]
    fn a_failed_test_is_named() {
        let lines = vec!["test gate::opens ... ok".to_owned(), "test gate::shuts ... FAILED".to_owned()];
        let mut findings = Findings::default();
        let tally = Tally { passed: 1, failed: 1, skipped: 0 };
        findings.tests(&Finished { name: "step".into(), lines, success: false }, tally);
        assert_eq!(findings.problems, ["step failed", "step: 1 tests failed: gate::shuts"]);
    }

    #[test]
    fn an_exit_code_without_a_failed_test_is_red() {
        let mut findings = Findings::default();
        findings.tests(&finished(false), Tally { passed: 5, failed: 0, skipped: 0 });
        assert_eq!(findings.failures(), 1);
    }

    #[test]
    fn a_green_suite_is_green() {
        let mut findings = Findings::default();
        findings.tests(&finished(true), Tally { passed: 5, failed: 0, skipped: 0 });
        assert_eq!(findings.failures(), 0);
    }
}
