//! Running tests by Node's own runner.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use crate::step::{self, Finished};
use crate::workspace::Workspace;

/// The files of `tests`, in Node in `folder`, one after the other. `set` adds to the command.
pub(crate) fn run(
    workspace: &Workspace,
    name: &str,
    folder: &Path,
    tests: &Path,
    set: impl FnOnce(&mut Command),
) -> anyhow::Result<Finished> {
    let mut command = workspace.command("node");
    command.current_dir(folder).args(["--test", "--test-reporter=tap", "--test-concurrency=1"]);
    command.args(files(tests)?);
    set(&mut command);
    step::run_showing(&format!("tests, {name}"), &mut command, is_told)
}

/// The files of tests in a folder.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut found = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    found.retain(|path| path.to_string_lossy().ends_with(".test.mjs"));
    found.sort();
    ensure!(!found.is_empty(), "{} holds no tests", folder.display());
    Ok(found)
}

/// Results, and everything about those that failed. Each test that passed has four lines more.
fn is_told(line: &str) -> bool {
    let trimmed = line.trim_start();
    let noise = ["# Subtest:", "---", "...", "duration_ms:", "type:", "1..", "TAP version"];
    !noise.iter().any(|start| trimmed.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_told_with_what_is_under_them() {
        assert!(is_told("not ok 3 - a name") && is_told("  error: 'x'") && is_told("# pass 3"));
        assert!(!is_told("    duration_ms: 3") && !is_told("# Subtest: a name"));
    }
}
