//! The Swift suite: builds the library with its `UniFFI` face, generates the lower layer, runs `XCTest` on the package.

mod lower;

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX, EXE_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::report::Findings;
use crate::step;
use crate::tally::Tally;
use crate::toolchain::swift::Swift;
use crate::workspace::Workspace;

/// The module of the generated Swift, which `uniffi.toml` names too.
const MODULE: &str = "PlanguardFFI";
/// The module of the C header under it; its map is committed.
const C_MODULE: &str = "CPlanguard";

/// Builds, generates and tests.
pub(super) fn run(workspace: &Workspace) -> anyhow::Result<Findings> {
    let swift = Swift::ready(workspace)?;
    let library = build(workspace)?;
    let package = workspace.root.join("bindings/swift");
    generate(workspace, &library, &package.join("Sources"))?;
    let endpoint = endpoint(workspace)?;

    let mut command = swift.command(workspace, &package, "swift");
    command.args(["test", "--disable-swift-testing", "--scratch-path"]).arg(workspace.target.join("swift"));
    command.env("PLANGUARD_LIBRARY_DIR", library.parent().context("the library lies in no folder")?);
    command.env("PLANGUARD_ENDPOINT", &endpoint);
    let finished = step::run("swift test", &mut command)?;

    let mut findings = Findings::default();
    findings.tests(&finished, Tally::from_xctest(&finished.lines));
    findings.problems.extend(warnings(&finished.lines));
    findings.notes.push(format!("ran with {}", swift.note()));
    Ok(findings)
}

/// Builds the shared library; the debug profile keeps the symbols the generator reads.
fn build(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let mut command = workspace.cargo(["rustc", "--locked", "--package", "planguard", "--lib"]);
    command.args(["--features", "ffi", "--crate-type", "cdylib"]);
    step::run("build the library", &mut command)?.require()?;
    Ok(workspace.target.join("debug").join(format!("{DLL_PREFIX}planguard{DLL_SUFFIX}")))
}

/// Builds the reference endpoint, which a test runs as a process of its own.
fn endpoint(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let mut command =
        workspace.cargo(["build", "--locked", "--package", "planguard", "--example", "billing_endpoint"]);
    step::run("build the reference endpoint", &mut command)?.require()?;
    Ok(workspace.target.join("debug/examples").join(format!("billing_endpoint{EXE_SUFFIX}")))
}

/// Writes the lower layer anew. Files that are as before are left alone, so that the compiler has nothing to do.
fn generate(workspace: &Workspace, library: &Path, sources: &Path) -> anyhow::Result<()> {
    let scratch = workspace.target.join("swift-generated");
    if scratch.exists() {
        fs::remove_dir_all(&scratch).with_context(|| format!("clearing {}", scratch.display()))?;
    }
    fs::create_dir_all(&scratch)?;
    let mut command =
        workspace.cargo(["run", "--locked", "--package", "planguard-bindgen", "--", "generate"]);
    command.arg(library).args(["--language", "swift", "--no-format", "--out-dir"]).arg(&scratch);
    step::run("generate the lower layer", &mut command)?.require()?;

    let [source, header] = [format!("{MODULE}.swift"), format!("{C_MODULE}.h")];
    let read = |name: &str| {
        // The generator succeeds on a library without metadata and writes nothing.
        fs::read_to_string(scratch.join(name)).with_context(|| {
            format!("the generator wrote no {name}: the library exports nothing, or uniffi.toml names other modules")
        })
    };
    let declared = read(&header)?;
    let text = lower::complete(&read(&source)?)?;
    lower::require_declared(&text, &declared)?;
    write(&sources.join(MODULE).join("generated").join(&source), text.as_bytes())?;
    write(&sources.join(C_MODULE).join(&header), declared.as_bytes())
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if fs::read(path).is_ok_and(|before| before == bytes) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().context("a generated file lies in no folder")?)?;
    fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
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
