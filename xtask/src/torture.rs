//! `cargo xtask torture`: builds and starts the program of the package `planguard-torture`.

use clap::Args;

use crate::lower::Program;
use crate::report::Findings;
use crate::step;
use crate::workspace::Workspace;

/// What the check of `cargo xtask ci` draws everything from: the same files are damaged each time, and the same
/// operations drawn. When a process is killed is up to the machine.
const SEED: u64 = 20_261_120;

/// How long and from what.
#[derive(Args)]
pub(crate) struct Options {
    /// For how many minutes.
    #[arg(long, default_value_t = 20)]
    minutes: u64,
    /// What everything that is drawn is drawn from; drawn itself by default, and printed.
    #[arg(long)]
    seed: Option<u64>,
    /// Every kind of world once, with short locks and fewer files, and on until the minutes are over.
    #[arg(long)]
    short: bool,
    /// Only the world of this number, again and again: to see once more what was seen in a run of that seed.
    #[arg(long, value_name = "NUMBER")]
    world: Option<u64>,
}

/// The step of `cargo xtask ci`.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Findings> {
    run(workspace, &Options { minutes: 1, seed: Some(SEED), short: true, world: None })
}

/// Runs it; its output is shown as it comes.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<Findings> {
    let mut command = workspace.command(Program::Torture.built(workspace)?);
    command.args(["run", "--minutes", &options.minutes.to_string()]);
    command.arg("--fixtures").arg(workspace.root.join("tests/fixtures/persisted"));
    if let Some(seed) = options.seed {
        command.args(["--seed", &seed.to_string()]);
    }
    if options.short {
        command.arg("--short");
    }
    if let Some(world) = options.world {
        command.args(["--world", &world.to_string()]);
    }
    let mut findings = Findings::default();
    findings.step(&step::run("torture", &mut command)?);
    Ok(findings)
}
