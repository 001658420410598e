//! The endpoint's page, in headless Chromium, over the binary as owners run it.

use std::env::consts::EXE_SUFFIX;
use std::path::PathBuf;

use crate::report::Findings;
use crate::step;
use crate::tally::Tally;
use crate::toolchain::chromium;
use crate::web::node::Tools;
use crate::web::runner;
use crate::workspace::Workspace;

/// The folder of its tests, from the root.
const PAGE_TESTS: &str = "endpoint/page-tests";

/// Builds and tests.
pub(super) fn run(workspace: &Workspace) -> anyhow::Result<Findings> {
    let chromium = chromium::ready(workspace)?;
    let folder = workspace.root.join(PAGE_TESTS);
    Tools::ready(workspace, &folder)?;
    let binary = binary(workspace)?;
    let mut findings = Findings::default();
    let finished = runner::run(workspace, "page", &folder, &folder.join("test"), |command| {
        command.env("PLANGUARD_ENDPOINT_BINARY", &binary).env("PLANGUARD_CHROMIUM", &chromium);
    })?;
    findings.tests(&finished, Tally::from_node(&finished.lines));
    Ok(findings)
}

/// The endpoint, built as the tests of the workspace build it.
fn binary(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let mut command = workspace.cargo([
        "build",
        "--locked",
        "--package",
        "planguard-endpoint",
        "--bin",
        "planguard-endpoint",
    ]);
    step::run("build the endpoint", &mut command)?.require()?;
    Ok(workspace.target.join("debug").join(format!("planguard-endpoint{EXE_SUFFIX}")))
}
