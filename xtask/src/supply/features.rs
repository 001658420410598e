//! Sets of features: the library compiles, without a warning, with every few of them.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use clap::Args;

use crate::report::Findings;
use crate::step;
use crate::workspace::Workspace;

/// Which sets to try.
#[derive(Args)]
pub(crate) struct Options {
    /// The most features at once; without it, every set there is.
    #[arg(long, value_name = "FEATURES")]
    depth: Option<usize>,
}

/// The continuous check: as few sets as hold every two features in each way, on or off.
pub(crate) fn few(workspace: &Workspace) -> anyhow::Result<Findings> {
    let names = names(workspace)?;
    compile(workspace, &covering(&names))
}

/// The long check: every set, or every one of at most so many features.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<Findings> {
    let names = names(workspace)?;
    let mut sets = sets(&names);
    sets.retain(|set| options.depth.is_none_or(|depth| set.len() <= depth));
    compile(workspace, &sets)
}

/// The features of the library.
fn names(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read_to_string(workspace.root.join("Cargo.toml")).context("reading Cargo.toml")?;
    let manifest: toml::Table = toml::from_str(&text)?;
    let features = manifest.get("features").and_then(toml::Value::as_table).context("no [features]")?;
    let names: Vec<String> = features.keys().filter(|&name| name != "default").cloned().collect();
    ensure!(names.len() > 2 && names.len() < 12, "there are {} features", names.len());
    Ok(names)
}

/// Compiles the library with each set.
fn compile(workspace: &Workspace, sets: &[Vec<&str>]) -> anyhow::Result<Findings> {
    let mut findings = Findings::default();
    for set in sets {
        let set = set.join(",");
        let mut command = workspace.cargo(["check", "--locked", "--package", "planguard", "--lib"]);
        command.args(["--no-default-features", "--features", &set]);
        let finished = step::run(&format!("features `{set}`"), &mut command)?;
        findings.step(&finished);
        let warnings = finished.lines.iter().filter(|line| is_warning(line));
        findings.problems.extend(warnings.map(|line| format!("features `{set}`: {line}")));
    }
    println!("features: {} sets compiled", sets.len());
    Ok(findings)
}

/// What cargo says of a crate that compiled with warnings.
fn is_warning(line: &str) -> bool {
    line.starts_with("warning: `planguard` (lib) generated")
}

/// Every set of these, the small ones first.
fn sets(names: &[String]) -> Vec<Vec<&str>> {
    let mut sets: Vec<Vec<&str>> = (0..1_u32 << names.len()).map(|chosen| set(names, chosen)).collect();
    sets.sort_by_key(Vec::len);
    sets
}

/// The features whose bits are set.
fn set(names: &[String], chosen: u32) -> Vec<&str> {
    let bits = names.iter().enumerate();
    bits.filter(|(bit, _)| chosen >> bit & 1 == 1).map(|(_, name)| name.as_str()).collect()
}

/// Sets among which every two features are met on and on, on and off, off and on, off and off: each time the set that meets
/// the most that is left.
fn covering(names: &[String]) -> Vec<Vec<&str>> {
    let ways = |chosen: u32| {
        let on = move |bit: usize| chosen >> bit & 1 == 1;
        (0..names.len()).flat_map(move |one| (0..one).map(move |other| (one, other, on(one), on(other))))
    };
    let every = 0..1_u32 << names.len();
    let mut left: BTreeSet<_> = every.clone().flat_map(ways).collect();
    let mut chosen = Vec::new();
    while !left.is_empty() {
        let meets = |set: &u32| ways(*set).filter(|way| left.contains(way)).count();
        let Some(best) = every.clone().max_by_key(meets) else { break };
        for way in ways(best) {
            left.remove(&way);
        }
        chosen.push(set(names, best));
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn sets_are_all_there_are() {
        let names = named(&["a", "b"]);
        assert_eq!(sets(&names), [vec![], vec!["a"], vec!["b"], vec!["a", "b"]]);
    }

    #[test]
    fn a_few_sets_hold_every_two_features_in_each_way() {
        let names = named(&["a", "b", "c", "d", "e", "f", "g"]);
        let few = covering(&names);
        assert!(few.len() <= 10, "{few:?}");
        for one in &names {
            for other in names.iter().filter(|other| *other != one) {
                for (with_one, with_other) in [(true, true), (true, false), (false, true), (false, false)] {
                    let has = |set: &Vec<&str>, name: &String| set.contains(&name.as_str());
                    let met = |set| has(set, one) == with_one && has(set, other) == with_other;
                    assert!(few.iter().any(met), "{one} {with_one}, {other} {with_other} in {few:?}");
                }
            }
        }
    }

    #[test]
    fn a_warning_of_ours_is_one() {
        assert!(is_warning("warning: `planguard` (lib) generated 1 warning"));
        assert!(!is_warning("warning: `other` (lib) generated 1 warning"));
    }
}
