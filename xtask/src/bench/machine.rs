//! What the figures were measured on.

use std::process::Command;

use crate::workspace::Workspace;

/// The machine, the compiler, the commit and the day.
pub(crate) struct Machine {
    pub(crate) cpu: String,
    pub(crate) cores: usize,
    pub(crate) system: String,
    pub(crate) rustc: String,
    pub(crate) commit: String,
    pub(crate) date: String,
}

impl Machine {
    /// This one, now.
    pub(crate) fn here(workspace: &Workspace) -> Self {
        let head = said(workspace.command("git").args(["rev-parse", "--short", "HEAD"]));
        let changed = said(workspace.command("git").args(["status", "--porcelain", "--untracked-files=no"]));
        let commit = if changed.is_empty() { head } else { format!("{head} with uncommitted changes") };
        Self {
            cpu: cpu().unwrap_or_else(|| "unknown CPU".to_owned()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            system: system(workspace),
            rustc: said(workspace.command("rustc").arg("--version")),
            commit,
            date: jiff::Timestamp::now().strftime("%Y-%m-%d").to_string(),
        }
    }

    /// As a table.
    pub(crate) fn markdown(&self, command: &str) -> String {
        let Self { cpu, cores, system, rustc, commit, date } = self;
        format!(
            "| | |\n|---|---|\n| CPU | {cpu}, {cores} cores |\n| System | {system} |\n| Compiler | {rustc}, release \
             profile (thin LTO, one codegen unit) |\n| Commit | {commit} |\n| Date | {date} |\n| Command | \
             `{command}` |\n"
        )
    }
}

fn cpu() -> Option<String> {
    let info = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn system(workspace: &Workspace) -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name =
        release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or("").trim_matches('"');
    let kernel = said(workspace.command("uname").args(["-s", "-r", "-m"]));
    if name.is_empty() { kernel } else { format!("{name}, {kernel}") }
}

/// What a command prints; nothing when it cannot be run.
fn said(command: &mut Command) -> String {
    let output = command.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).trim().to_owned()
}
