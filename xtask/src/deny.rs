//! Licences, banned crates, sources and advisories, through a pinned cargo-deny.

use std::process::Command;

use crate::report::Findings;
use crate::step;
use crate::tool;
use crate::workspace::Workspace;

const VERSION: &str = "0.20.2";

/// Checks what needs no network always, and advisories where their database can be fetched.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Findings> {
    let program = tool::installed(workspace, "cargo-deny", VERSION, tool::Build::Debug)?;
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
