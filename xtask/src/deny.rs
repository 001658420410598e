//! Licences, banned crates, sources and advisories, through a pinned cargo-deny.

use std::path::PathBuf;
use std::process::Command;

use crate::report::Findings;
use crate::step;
use crate::workspace::Workspace;

const VERSION: &str = "0.20.2";

/// Checks what needs no network always, and advisories where their database can be fetched.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Findings> {
    let program = install(workspace)?;
    let deny = || -> Command {
        let mut command = workspace.command(&program);
        command.args(["--workspace", "--all-features", "--locked"]);
        command
    };
    let mut findings = Findings::default();
    findings
        .step(&step::run("licenses, bans, sources", deny().args(["check", "licenses", "bans", "sources"]))?);

    if step::run("fetch advisories", deny().args(["fetch", "db"]))?.success {
        findings.step(&step::run("advisories", deny().args(["check", "--disable-fetch", "advisories"]))?);
    } else {
        let note =
            "ADVISORIES WERE NOT CHECKED: their database (a git repository) cannot be fetched from here";
        println!("\n{note}\n");
        findings.notes.push(note.to_owned());
    }
    Ok(findings)
}

/// The pinned version from the path, from the tool cache in the target folder, or built into that cache.
fn install(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let cache = workspace.target.join("tools");
    let cached = cache.join("bin").join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    for program in [PathBuf::from("cargo-deny"), cached.clone()] {
        let version = workspace.command(&program).arg("--version").output();
        let is_pinned = |text: &[u8]| String::from_utf8_lossy(text).trim() == format!("cargo-deny {VERSION}");
        if version.is_ok_and(|output| is_pinned(&output.stdout)) {
            return Ok(program);
        }
    }
    println!("cargo-deny {VERSION} is not here; building it once (a few minutes)");
    let mut command = workspace.cargo(["install", "--locked", "--force", "cargo-deny", "--version", VERSION]);
    command.arg("--root").arg(&cache).env("CARGO_TARGET_DIR", cache.join("build"));
    step::run("install cargo-deny", &mut command)?.require()?;
    Ok(cached)
}
