//! Sets of features: the library compiles, and is clean by the lints, with every few of them.

use anyhow::{Context, ensure};
use clap::Args;

use crate::mobile::SHAPES;
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

/// The continuous check: as few sets as hold every two features in each way, on or off, and those
/// that apps get: the default ones, and all that phones are shipped.
pub(crate) fn few(workspace: &Workspace) -> anyhow::Result<Findings> {
    let (names, default) = (names(workspace)?, default(workspace)?);
    let mut sets = covering(&names);
    sets.push(default.iter().map(String::as_str).collect());
    sets.extend(SHAPES.last().map(|shape| shape.features.split(',').collect()));
    compile(workspace, &sets)
}

/// The long check: every set, or every one of at most so many features.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<Findings> {
    let names = names(workspace)?;
    let mut sets = sets(&names);
    sets.retain(|set| options.depth.is_none_or(|depth| set.len() <= depth));
    compile(workspace, &sets)
}

/// The section of the manifest.
fn features(workspace: &Workspace) -> anyhow::Result<toml::Table> {
    let text = std::fs::read_to_string(workspace.root.join("Cargo.toml")).context("reading Cargo.toml")?;
    let mut manifest: toml::Table = toml::from_str(&text)?;
    let features = manifest.remove("features").context("no [features]")?;
    features.try_into().context("[features] is no table")
}

/// What an app gets that names none.
fn default(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let named = features(workspace)?.remove("default").context("no default features")?;
    named.try_into().context("the default features are no list of names")
}

/// The features of the library.
fn names(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let features = features(workspace)?;
    let names: Vec<String> = features.keys().filter(|&name| name != "default").cloned().collect();
    ensure!(names.len() > 2 && names.len() < 12, "there are {} features", names.len());
    Ok(names)
}

/// Compiles and lints the library with each set.
fn compile(workspace: &Workspace, sets: &[Vec<&str>]) -> anyhow::Result<Findings> {
    let mut findings = Findings::default();
    for set in sets {
        let set = set.join(",");
        let mut command = workspace.cargo(["clippy", "--locked", "--package", "planguard", "--lib"]);
        command.args(["--no-default-features", "--features", &set, "--", "-D", "warnings"]);
        findings.step(&step::run(&format!("features `{set}`"), &mut command)?);
    }
    println!("features: {} sets compiled", sets.len());
    Ok(findings)
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

/// Sets among which every two features are met on and on, on and off, off and on, off and off, as few as there can be.
///
/// Each feature is on in sets of its own, as many for one as for another, more than half of all but the first, and off in
/// the first. Two such choices share a set, each has a set that the other has not, and both miss the first.
fn covering(names: &[String]) -> Vec<Vec<&str>> {
    let choices = |others: u32| {
        let most = 1_u32 << others;
        (0..most).filter(move |chosen| chosen.count_ones() == others / 2 + 1).take(names.len())
    };
    let enough = |others: &u32| choices(*others).count() == names.len();
    let others = (1..u32::BITS).find(enough).unwrap_or_default();
    let of = |set: u32| {
        let features = names.iter().zip(choices(others));
        features.filter(|(_, chosen)| chosen >> set & 1 == 1).map(|(name, _)| name.as_str()).collect()
    };
    std::iter::once(Vec::new()).chain((0..others).map(of)).collect()
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
        let all = named(&["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"]);
        for count in 1..=all.len() {
            let names = &all[..count];
            let few = covering(names);
            assert!(few.len() <= if count > 10 { 7 } else { 6 }, "{few:?}");
            for (index, one) in names.iter().enumerate() {
                for other in &names[..index] {
                    for (with_one, with_other) in [(true, true), (true, false), (false, true), (false, false)]
                    {
                        let has = |set: &Vec<&str>, name: &String| set.contains(&name.as_str());
                        let met = |set| has(set, one) == with_one && has(set, other) == with_other;
                        assert!(few.iter().any(met), "{one} {with_one}, {other} {with_other} in {few:?}");
                    }
                }
            }
        }
    }
}
