//! The Python suite: builds the wheel, installs it into a clean environment, and runs the tests against what is installed.

use anyhow::ensure;

use super::calls;
use crate::lower::{self, Generator, Program, emptied};
use crate::report::Findings;
use crate::step;
use crate::tally::Tally;
use crate::toolchain::python::{self, Parts, Uv};
use crate::workspace::Workspace;

/// What the tests need besides the wheel.
const REQUIRED: [&str; 2] = ["--requirements", "bindings/python/tests/requirements.txt"];

/// Builds, installs and tests.
pub(super) fn run(workspace: &Workspace) -> anyhow::Result<Findings> {
    let uv = Uv::ready(workspace)?;
    let library = lower::library(workspace)?;
    let generator = Generator::ready(workspace)?;
    let endpoint = Program::BillingEndpoint.built(workspace)?;
    let simulate = Program::Simulate.built(workspace)?;

    let folder = workspace.target.join("python/wheel");
    emptied(&folder)?;
    let parts = Parts { library: &library, described: &library, generator: &generator.program };
    let wheel = uv.wheel(workspace, &parts, &folder)?;
    let environment = workspace.target.join("python/environment");
    emptied(&environment)?;
    uv.environment(workspace, &environment, &wheel, &REQUIRED)?;

    let tests = workspace.root.join("bindings/python/tests");
    ensure!(tests.is_dir(), "bindings/python/tests is missing, so no test would run");
    let mut command = workspace.command(python::program(&environment, "python"));
    // Not in the package's folder: its sources must not stand in for what is installed.
    command.current_dir(&environment).args(["-B", "-m", "unittest", "discover", "-v", "-s"]).arg(tests);
    command.env("PLANGUARD_ENDPOINT", &endpoint).env("PLANGUARD_BINDGEN", &generator.program);
    command.env("PLANGUARD_SIMULATE", simulate);
    command.env_remove("PYTHONPATH");
    let mut findings = Findings::default();
    calls::bound(&mut command);
    let finished = step::run("unittest", &mut command)?;
    findings.tests(&finished, Tally::from_unittest(&finished.lines));
    calls::report(&finished.lines, &mut findings);
    Ok(findings)
}
