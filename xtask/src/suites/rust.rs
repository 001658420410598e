//! The Rust suites.
//!
//! The integration tests (`tests/`, `simulate/tests`, `endpoint/tests`, `endpoint-faults/tests`), doctests and examples
//! run once, with every feature; with fewer features the library's own tests, doctests and examples show that nothing leans on a feature that
//! is off.

use std::collections::BTreeSet;

use crate::report::Findings;
use crate::step;
use crate::tally::{self, Tally};
use crate::toolchain::servers;
use crate::workspace::Workspace;

/// Everything in the workspace but the models, which are a step of their own; `cargo test` builds the examples too.
pub(super) fn full(workspace: &Workspace) -> anyhow::Result<Findings> {
    servers::ready(workspace)?;
    cargo_test(workspace, &["--workspace", "--exclude", "planguard-models", "--all-features"])
}

/// What a Rust app gets that names no features: the documents' examples must do without what only tests see.
pub(super) fn default(workspace: &Workspace) -> anyhow::Result<Findings> {
    cargo_test(workspace, &["--package", "planguard"])
}

/// What an app gets that brings its own transport and store.
pub(super) fn minimal(workspace: &Workspace) -> anyhow::Result<Findings> {
    cargo_test(workspace, &["--package", "planguard", "--lib", "--no-default-features"])
}

fn cargo_test(workspace: &Workspace, args: &[&str]) -> anyhow::Result<Findings> {
    let mut command = workspace.cargo(["test", "--locked", "--no-fail-fast"]);
    let finished = step::run("cargo test", command.args(args))?;
    let mut findings = Findings::default();
    findings.tests(&finished, Tally::from_libtest(&finished.lines));
    findings.notes.extend(not_compared(&finished.lines).map(str::to_owned));
    if finished.success {
        let empty = tally::empty_programs(&finished.lines);
        findings.problems.extend(empty.iter().map(|program| format!("{program}: no test ran")));
    }
    Ok(findings)
}

/// What a passing test said it had nothing to compare with: data of others, which lies beside the repository.
fn not_compared(lines: &[String]) -> impl Iterator<Item = &str> {
    let said: BTreeSet<&str> =
        lines.iter().filter_map(|line| line.find("not compared: ").map(|at| &line[at..])).collect();
    said.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_compared_is_said_once_wherever_it_stands_in_a_line() {
        let lines =
            ["test a ... not compared: b", "ok", "not compared: b", "test c ... ok"].map(str::to_owned);
        assert_eq!(not_compared(&lines).collect::<Vec<_>>(), ["not compared: b"]);
    }
}
