//! The Swift suite: builds the library with its `UniFFI` face, generates the lower layer, runs `XCTest` on the package.

use super::calls;
use crate::lower::{self, Generator, Program};
use crate::report::Findings;
use crate::step;
use crate::tally::Tally;
use crate::toolchain::swift::Swift;
use crate::workspace::Workspace;

/// Builds, generates and tests.
pub(super) fn run(workspace: &Workspace) -> anyhow::Result<Findings> {
    let swift = Swift::ready(workspace)?;
    let library = lower::library(workspace)?;
    lower::swift::into_package(&Generator::ready(workspace)?, &library)?;
    let endpoint = Program::BillingEndpoint.built(workspace)?;

    let mut command = swift.command(workspace, &workspace.root.join("bindings/swift"), &[], "swift");
    command.args(["test", "--disable-swift-testing", "--scratch-path"]).arg(workspace.target.join("swift"));
    command.env("PLANGUARD_LIBRARY_DIR", lower::parent(&library)?);
    command.env("PLANGUARD_ENDPOINT", &endpoint);
    calls::bound(&mut command);
    let finished = step::run("swift test", &mut command)?;

    let mut findings = Findings::default();
    findings.tests(&finished, Tally::from_xctest(&finished.lines));
    calls::report(&finished.lines, &mut findings);
    findings.problems.extend(warnings(&finished.lines));
    findings.notes.push(format!("ran with {}", swift.note()));
    Ok(findings)
}

/// Compiler warnings in what is written by hand; generated code is what it is.
fn warnings(lines: &[String]) -> Vec<String> {
    let ours = |line: &&String| {
        line.contains(": warning: ") && line.contains("bindings/swift/") && !line.contains("/generated/")
    };
    let mut found: Vec<_> = lines.iter().filter(ours).cloned().collect();
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_counts_where_it_is_ours() {
        let lines = [
            "/x/bindings/swift/Sources/Planguard/A.swift:3:5: warning: unused",
            "/x/bindings/swift/Sources/Planguard/A.swift:3:5: warning: unused",
            "/x/bindings/swift/generated/PlanguardFFI/PlanguardFFI.swift:9:1: warning: unused",
            "/x/bindings/swift/Sources/Planguard/A.swift:4:5: note: here",
        ];
        assert_eq!(warnings(&lines.map(str::to_owned)), [lines[0]]);
    }
}
