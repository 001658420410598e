//! The Web suite: builds the npm package, and tests it in Node and in headless Chromium.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use crate::lower;
use crate::report::Findings;
use crate::step;
use crate::tally::Tally;
use crate::web;
use crate::workspace::Workspace;

/// Where browsers are, the first that is there. `PLANGUARD_CHROMIUM` names another one.
const BROWSERS: [&str; 3] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// Builds and tests.
pub(super) fn run(workspace: &Workspace) -> anyhow::Result<Findings> {
    let chromium = chromium(workspace)?;
    let endpoint = lower::endpoint(workspace)?;
    let (package, mut findings) = web::build(workspace)?;
    for place in ["node", "browser"] {
        let mut command = workspace.command("node");
        command.current_dir(&package).args(["--test", "--test-reporter=tap", "--test-concurrency=1"]);
        command.args(files(&package.join("test").join(place))?);
        command.env("PLANGUARD_ENDPOINT", &endpoint).env("PLANGUARD_CHROMIUM", &chromium);
        let finished = step::run_showing(&format!("tests, {place}"), &mut command, is_told)?;
        findings.tests(&finished, Tally::from_node(&finished.lines));
    }
    Ok(findings)
}

/// The files of tests in a folder.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
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

/// A browser, installed on a Debian machine where there is none.
fn chromium(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    if let Some(named) = std::env::var_os("PLANGUARD_CHROMIUM").filter(|name| !name.is_empty()) {
        return Ok(named.into());
    }
    let found = || BROWSERS.iter().map(PathBuf::from).find(|path| path.is_file());
    if let Some(path) = found() {
        println!("── chromium: installed, {}", path.display());
        return Ok(path);
    }
    println!("── chromium: none is installed; installing Debian's takes root");
    step::run("package lists", workspace.command("apt-get").args(["-q", "update"]))?.require()?;
    let mut command = workspace.command("apt-get");
    command.args(["-q", "install", "-y", "--no-install-recommends", "chromium"]);
    step::run("chromium", command.env("DEBIAN_FRONTEND", "noninteractive"))?.require()?;
    found().context("no browser: install Chromium, or set PLANGUARD_CHROMIUM to one")
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
