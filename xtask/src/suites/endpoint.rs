//! The endpoint's page, in headless Chromium, over the binary as owners run it.

use crate::lower::Program;
use crate::report::Findings;
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
    let binary = Program::Endpoint.built(workspace)?;
    let mut findings = Findings::default();
    let finished = runner::run(workspace, "page", &folder, &folder.join("test"), |command| {
        command.env("PLANGUARD_ENDPOINT_BINARY", &binary).env("PLANGUARD_CHROMIUM", &chromium);
    })?;
    findings.tests(&finished, Tally::from_node(&finished.lines));
    Ok(findings)
}
