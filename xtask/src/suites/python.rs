//! The Python suite: builds the library with its `UniFFI` face, generates the module, runs `unittest` on it.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};

use crate::report::Findings;
use crate::step;
use crate::tally::Tally;
use crate::workspace::Workspace;

/// Builds, generates and tests.
pub(super) fn run(workspace: &Workspace) -> anyhow::Result<Findings> {
    let python = python(workspace)?;
    let library = build(workspace)?;
    let package = workspace.root.join("bindings/python");
    let generated = package.join("generated");
    generate(workspace, &library, &generated)?;

    let tests = package.join("tests");
    ensure!(tests.is_dir(), "bindings/python/tests is missing, so no test would run");
    let path = std::env::join_paths([&generated, &package])?;
    let mut command = workspace.command(python);
    command.args(["-m", "unittest", "discover", "-v", "-s"]).arg(&tests).env("PYTHONPATH", path);
    let finished = step::run("unittest", &mut command)?;
    let mut findings = Findings::default();
    findings.tests(&finished, Tally::from_unittest(&finished.lines));
    Ok(findings)
}

fn python(workspace: &Workspace) -> anyhow::Result<&'static str> {
    let name = if cfg!(windows) { "python" } else { "python3" };
    if !step::succeeds(workspace.command(name).arg("--version")) {
        bail!("{name} is not on the path; install Python 3.9 or newer (Debian: apt-get install python3)");
    }
    Ok(name)
}

/// Builds the shared library. The manifest names no such crate type, so that a Rust app does not link one;
/// the debug profile keeps the symbols the generator reads.
fn build(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let mut command = workspace.cargo(["rustc", "--locked", "--package", "planguard", "--lib"]);
    command.args(["--features", "ffi", "--crate-type", "cdylib"]);
    step::run("build the library", &mut command)?.require()?;
    Ok(workspace.target.join("debug").join(format!("{DLL_PREFIX}planguard{DLL_SUFFIX}")))
}

/// Writes the Python module anew and puts the library beside it, where the module looks for it.
fn generate(workspace: &Workspace, library: &Path, generated: &Path) -> anyhow::Result<()> {
    if generated.exists() {
        fs::remove_dir_all(generated).context("clearing bindings/python/generated")?;
    }
    fs::create_dir_all(generated)?;
    let mut command =
        workspace.cargo(["run", "--locked", "--package", "planguard-bindgen", "--", "generate"]);
    command.arg(library).args(["--language", "python", "--no-format", "--out-dir"]).arg(generated);
    step::run("generate the module", &mut command)?.require()?;
    // The generator succeeds on a library without metadata and writes nothing.
    ensure!(
        generated.join("planguard.py").is_file(),
        "the generator wrote no planguard.py: the library exports nothing through UniFFI"
    );
    let name = library.file_name().context("the library has no file name")?;
    fs::copy(library, generated.join(name)).context("copying the library beside the module")?;
    Ok(())
}
