//! The guard against relapses: instructions by callgrind and allocations by DHAT, held against budgets. Never seconds.

use anyhow::{Context, ensure};
use serde_json::Value;

use super::budgets::{self, Budgets, Cost, Costs};
use crate::report::Findings;
use crate::step;
use crate::tool;
use crate::workspace::Workspace;

const FILE: &str = "benches/budgets.toml";

/// The version of gungraun in `benches/Cargo.toml`: the runner must be of the same.
const RUNNER: &str = "0.20.0";

/// Hashes in software: valgrind hides the processor's SHA instructions, in the versions seen so far, and a count must
/// depend neither on that nor on the machine. And the clock through libc: valgrind hides the kernel's fast clock too,
/// which rustix reads by itself otherwise, and crashes.
const FLAGS: &str = "--cfg sha2_backend=\"soft\" --cfg rustix_use_libc";

/// Measures and judges.
pub(super) fn check(workspace: &Workspace) -> anyhow::Result<Findings> {
    let budgets = Budgets::parse(&std::fs::read_to_string(workspace.root.join(FILE)).context(FILE)?)?;
    let here = std::env::consts::ARCH;
    ensure!(budgets.architecture == here, "{FILE} has counts of {}, this is {here}", budgets.architecture);
    let measured = measure(workspace)?;
    print(&measured);
    let judgement = budgets.judge(&measured);
    let mut findings = Findings { problems: judgement.problems, ..Findings::default() };
    findings.notes.extend(judgement.loose);
    let rustc = rustc(workspace)?;
    if rustc != budgets.rustc {
        findings.notes.push(format!(
            "the budgets are of {}, this is {rustc}, which may count otherwise",
            budgets.rustc
        ));
    }
    Ok(findings)
}

/// Measures and makes that the budgets.
pub(super) fn write(workspace: &Workspace) -> anyhow::Result<Findings> {
    let measured = measure(workspace)?;
    print(&measured);
    let text = budgets::file(&measured, &rustc(workspace)?, std::env::consts::ARCH);
    std::fs::write(workspace.root.join(FILE), text).context(FILE)?;
    println!("{FILE} was written");
    Ok(Findings::default())
}

fn print(measured: &Costs) {
    println!("\n{:<20} {:>14} {:>14}", "per call", "instructions", "allocations");
    for (name, cost) in measured {
        println!("{name:<20} {:>14.0} {:>14.2}", cost.instructions, cost.allocations);
    }
    println!();
}

fn measure(workspace: &Workspace) -> anyhow::Result<Costs> {
    ensure!(
        step::succeeds(workspace.command("valgrind").arg("--version")),
        "no valgrind: install it (Debian: apt-get install valgrind)"
    );
    let mut command =
        workspace.cargo(["bench", "--locked", "--package", "planguard-bench", "--bench", "instructions"]);
    command.args(["--", "--output-format=json", "--nosummary=true"]);
    command
        .env("GUNGRAUN_RUNNER", tool::installed(workspace, "gungraun-runner", RUNNER, tool::Build::Debug)?)
        .env("RUSTFLAGS", FLAGS);
    let for_people = |line: &str| !line.starts_with('{');
    costs(&step::run_showing("instructions", &mut command, for_people)?.require()?.lines)
}

fn rustc(workspace: &Workspace) -> anyhow::Result<String> {
    let output = workspace.command("rustc").arg("--version").output().context("rustc")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The costs in what gungraun writes: a summary of each operation in a line of its own.
fn costs(lines: &[String]) -> anyhow::Result<Costs> {
    let summaries = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let costs: Costs = summaries.map(|summary| cost(&summary)).collect::<anyhow::Result<_>>()?;
    ensure!(!costs.is_empty(), "gungraun wrote no summary");
    Ok(costs)
}

/// What one operation costs, per call.
fn cost(summary: &Value) -> anyhow::Result<(String, Cost)> {
    let name = summary["id"].as_str().context("a summary of gungraun names no benchmark")?;
    let description = summary["description"].as_str().unwrap_or_default();
    let calls =
        calls(description).with_context(|| format!("{name}: `{description}` says no number of calls"))?;
    let total = |tool: &str, metric: &str| {
        let profiles = summary["profiles"].as_array().map(Vec::as_slice).unwrap_or_default();
        let profile = profiles.iter().find(|profile| profile["tool"] == tool);
        let total =
            profile.and_then(|profile| profile["data"]["total"]["metrics"][metric]["values"]["new"].as_f64());
        total.with_context(|| format!("{name}: {tool} counted no {metric}"))
    };
    let (instructions, allocations) = (total("Callgrind", "Ir")?, total("DHAT", "TotalBlocks")?);
    ensure!(instructions > 0.0, "{name}: no instruction was counted");
    Ok((name.to_owned(), Cost { instructions: instructions / calls, allocations: allocations / calls }))
}

/// The last number in a benchmark's arguments, as gungraun describes them: `(Prepared :: of("feature", 200))`.
fn calls(description: &str) -> Option<f64> {
    let number = description.trim_end_matches(')').rsplit(' ').next()?;
    number.parse().ok().filter(|calls| *calls > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    /// As gungraun 0.20 writes it, without what is not read.
    fn summary(name: &str, calls: u32, instructions: u64, allocations: u64) -> Value {
        let profile = |tool: &str, metric: &str, count: u64| json!({ "tool": tool, "data": { "total": { "metrics": { metric: { "values": { "new": count } } } } } });
        json!({
            "id": name,
            "description": format!("(Prepared :: of(\"{name}\", {calls}))"),
            "profiles": [profile("Callgrind", "Ir", instructions), profile("DHAT", "TotalBlocks", allocations)]
        })
    }

    #[test]
    fn counts_become_costs_per_call() {
        let (feature, record) = (summary("feature", 200, 20_000, 0), summary("record", 100, 500, 750));
        let costs = costs(&lines(&format!("a line of a warning\n{feature}\n{record}"))).unwrap();
        assert_eq!(costs["feature"], Cost { instructions: 100.0, allocations: 0.0 });
        assert_eq!(costs["record"], Cost { instructions: 5.0, allocations: 7.5 });
    }

    #[test]
    fn a_program_that_counted_nothing_is_an_error() {
        assert!(costs(&lines("nothing")).is_err());
        assert!(cost(&summary("feature", 200, 0, 0)).is_err());
        assert!(cost(&summary("feature", 0, 20_000, 0)).is_err());
    }

    #[test]
    fn a_tool_that_did_not_run_is_an_error() {
        let mut without = summary("feature", 200, 20_000, 0);
        without["profiles"] = json!([without["profiles"][0]]);
        assert_eq!(cost(&without).unwrap_err().to_string(), "feature: DHAT counted no TotalBlocks");
    }

    #[test]
    fn the_runner_has_the_version_of_the_library() {
        let manifest = include_str!("../../../benches/Cargo.toml");
        assert!(manifest.contains(&format!("gungraun = \"={RUNNER}\"")));
    }
}
