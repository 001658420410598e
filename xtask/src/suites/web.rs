//! The Web suite: builds the npm package, and tests it in Node and in headless Chromium.

use crate::lower::Program;
use crate::report::Findings;
use crate::tally::Tally;
use crate::toolchain::chromium;
use crate::web::{self, runner};
use crate::workspace::Workspace;

/// Builds and tests.
pub(super) fn run(workspace: &Workspace) -> anyhow::Result<Findings> {
    let chromium = chromium::ready(workspace)?;
    let endpoint = Program::BillingEndpoint.built(workspace)?;
    let (package, mut findings) = web::build(workspace)?;
    let places = [
        ("node", package.join("test/node")),
        ("browser", package.join("test/browser")),
        ("page", workspace.root.join("examples/web/test")),
    ];
    for (place, folder) in places {
        let finished = runner::run(workspace, place, &package, &folder, |command| {
            command.env("PLANGUARD_ENDPOINT", &endpoint).env("PLANGUARD_CHROMIUM", &chromium);
        })?;
        findings.tests(&finished, Tally::from_node(&finished.lines));
    }
    Ok(findings)
}
