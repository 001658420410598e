//! The Kotlin suite: builds the library with its `UniFFI` face, generates the lower layer, and has Maven build and test the
//! jar, the AAR (under Robolectric) and a minified app. Maven and a JDK are installed where that can be done.

use super::calls;
use crate::lower::{self, Generator, Program};
use crate::report::Findings;
use crate::step;
use crate::tally::Tally;
use crate::toolchain::maven::{Maven, define};
use crate::workspace::Workspace;

/// Builds, generates and tests.
pub(super) fn run(workspace: &Workspace) -> anyhow::Result<Findings> {
    let maven = Maven::ready(workspace)?;
    let library = lower::library(workspace)?;
    let endpoint = Program::BillingEndpoint.built(workspace)?;
    let generated = lower::kotlin::into_package(&Generator::ready(workspace)?, &library)?;

    let mut command = maven.command(workspace, &workspace.root.join("bindings/kotlin"));
    command.args(["--fail-at-end", "verify"]).arg(define("planguard.endpoint", &endpoint));
    for (name, part) in [("generated", "kotlin"), ("native", "native"), ("jni", "jni")] {
        command.arg(define(&format!("planguard.{name}"), &generated.join(part)));
    }
    let mut findings = Findings::default();
    calls::bound(&mut command);
    let finished = step::run("maven", &mut command)?;
    findings.tests(&finished, from_surefire(&finished.lines));
    calls::report(&finished.lines, &mut findings);
    Ok(findings)
}

/// Sums the closing lines of Surefire, one for each module with tests.
fn from_surefire(lines: &[String]) -> Tally {
    let mut tally = Tally::default();
    for line in lines.iter().filter(|line| line.contains("Tests run: ") && !line.contains("Time elapsed")) {
        let of = |what: &str| {
            let number = line.split_once(what).map_or("", |(_, rest)| rest);
            number.split(|c: char| !c.is_ascii_digit()).next().and_then(|n| n.parse().ok()).unwrap_or(0u32)
        };
        let failed = of("Failures: ") + of("Errors: ");
        let skipped = of("Skipped: ");
        let passed = of("Tests run: ").saturating_sub(failed + skipped);
        tally += Tally { passed, failed, skipped };
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_lines_of_modules_are_summed() {
        let lines = [
            "[INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 1.2 s -- in io.planguard.GateTest",
            "[INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 0",
            "[ERROR] Tests run: 9, Failures: 1, Errors: 2, Skipped: 3",
        ]
        .map(str::to_owned);
        assert_eq!(from_surefire(&lines), Tally { passed: 7, failed: 3, skipped: 3 });
    }
}
