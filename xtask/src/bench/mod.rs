//! `cargo xtask bench`: measures planguard beside its peers, judges the targets, and keeps `docs/PERFORMANCE.md`.

mod budgets;
mod document;
mod guard;
pub(crate) mod machine;
mod plot;
mod results;
mod sizes;
mod table;

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;

use crate::report::{self, Findings};
use crate::step;
use crate::task;
use crate::toolchain::servers;
use crate::workspace::Workspace;
use results::Results;

/// A program of the package `planguard-bench`, and the sections it has.
struct Program {
    name: &'static str,
    sections: &'static [&'static str],
}

const PROGRAMS: [Program; 2] = [
    Program {
        name: "peers",
        sections: &["features", "checks", "logins", "waiters", "growth", "million", "first-logins", "start"],
    },
    Program { name: "costs", sections: &["reads", "bytes"] },
];

/// What to measure.
#[allow(clippy::struct_excessive_bools, reason = "switches of a command line")]
#[derive(Args)]
pub(crate) struct Options {
    /// A short look: few rounds, few users. The document stays as it is.
    #[arg(long)]
    quick: bool,
    /// Only the section of that name. The document stays as it is.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// Take in the library sizes that `cargo xtask size` wrote last.
    #[arg(long)]
    sizes: bool,
    /// Instead: count instructions and allocations of the operations that have a budget, and judge them.
    #[arg(long, conflicts_with_all = ["quick", "only", "sizes"])]
    guard: bool,
    /// Instead: reservations on servers, in a file and by a bare `UPDATE` loop, as ratios of one run, and the bytes of a
    /// user; `--only reservations` or `--only sizes` one of the two.
    #[arg(long, conflicts_with_all = ["sizes", "guard"])]
    fleet: bool,
    /// With --guard: make the budgets what is measured now, and 5 % more.
    #[arg(long, requires = "guard")]
    write: bool,
}

/// The step of `cargo xtask ci`.
pub(crate) fn guard(workspace: &Workspace) -> anyhow::Result<Findings> {
    guard::check(workspace)
}

/// Runs what was asked for; `false` when a budget is exceeded.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<bool> {
    if options.guard {
        let judge = if options.write { guard::write } else { guard::check };
        return Ok(report::conclude(&[task::timed("budgets", || judge(workspace))]));
    }
    if options.fleet {
        servers::ready(workspace)?;
        let mut command = workspace.cargo(["bench", "--locked", "--package", "planguard-bench"]);
        command.args(["--features", "fleet", "--bench", "fleet", "--"]);
        command.args(options.only.iter().flat_map(|only| ["--only", only]));
        command.args(options.quick.then_some("--quick"));
        return Ok(step::run("fleet", &mut command)?.success);
    }
    let mut results = measure(workspace, options)?;
    if options.sizes {
        results.targets.extend(sizes::targets(&workspace.target)?);
    } else if options.only.is_none() {
        results.targets.extend(sizes::not_measured());
    }
    print(&results);
    if !results.failed.is_empty() {
        bail!("{} failed; docs/PERFORMANCE.md stays as it is", results.failed.join(" and "));
    }
    if options.quick || options.only.is_some() {
        println!("\ndocs/PERFORMANCE.md stays as it is: only a full run writes it");
    } else {
        document::write(workspace, &results, options.sizes)?;
        println!("\ndocs/PERFORMANCE.md and docs/performance/ were written");
    }
    Ok(true)
}

fn measure(workspace: &Workspace, options: &Options) -> anyhow::Result<Results> {
    let known = || PROGRAMS.iter().flat_map(|program| program.sections);
    if let Some(only) = options.only.as_deref().filter(|only| !known().any(|section| section == only)) {
        let known: Vec<_> = known().copied().collect();
        bail!("there is no section `{only}`; there are: {}", known.join(", "));
    }
    let mut all = Results::default();
    for program in &PROGRAMS {
        if options.only.as_deref().is_some_and(|only| !program.sections.contains(&only)) {
            continue;
        }
        all.extend(run_program(workspace, program, options)?);
    }
    Ok(all)
}

fn run_program(workspace: &Workspace, program: &Program, options: &Options) -> anyhow::Result<Results> {
    let json: PathBuf = workspace.target.join(format!("bench-{}.json", program.name));
    // The same features for each: what they share is built once.
    let mut command =
        workspace.cargo(["bench", "--locked", "--package", "planguard-bench", "--features", "peers"]);
    command.args(["--bench", program.name, "--", "--json"]).arg(&json);
    if options.quick {
        command.arg("--quick");
    }
    if let Some(only) = &options.only {
        command.args(["--only", only]);
    }
    // What an earlier run left must not pass for this one's.
    let _ = std::fs::remove_file(&json);
    let finished = step::run(program.name, &mut command)?;
    let text = std::fs::read_to_string(&json).with_context(|| format!("{} left no results", program.name))?;
    let mut results: Results = serde_json::from_str(&text)?;
    if !finished.success {
        results.failed.push(program.name.to_owned());
    }
    Ok(results)
}

fn print(results: &Results) {
    println!("\n══ targets\n");
    for target in &results.targets {
        println!("{:<13} {}", target.verdict(), target.what);
        println!("{:<13} {}, wanted {}; {}", "", target.value(), target.wanted(), target.measured);
    }
    let holding = results.targets.iter().filter(|target| target.holds).count();
    println!("\n{holding} of {} targets hold", results.targets.len());
}
