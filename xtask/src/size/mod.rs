//! `cargo xtask size`: what is shipped weighs, and whose the bytes are: the library with each set of features, and the npm
//! package.

mod budget;
pub(crate) mod symbols;
mod table;

use std::io::Write;

use anyhow::{Context, ensure};
use clap::Args;

use crate::bench::machine::Machine;
use crate::mobile::{self, SHAPES, Shape};
use crate::report::Findings;
use crate::web;
use crate::workspace::Workspace;

use budget::Budget;
use symbols::Contents;

/// What `--only` calls the npm package.
const WEB: &str = "web";

/// What to weigh.
#[derive(Args)]
pub(crate) struct Options {
    /// Weigh only these: ffi, host-http, whole, web (repeatable).
    #[arg(long, value_name = "NAME", value_parser = names())]
    only: Vec<String>,
    /// Leave the tables of docs/SIZE.md as they are.
    #[arg(long)]
    check: bool,
}

/// One library, weighed.
pub(crate) struct Weighed {
    shape: Shape,
    /// Bytes after `strip`.
    stripped: u64,
    /// Bytes of that after `gzip -9`, which is about what a download costs.
    gzip: u64,
    contents: Contents,
    budget: Option<Budget>,
}

impl Options {
    fn chosen(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}

/// One library against its budget, in CI: the one with the bundled store, which holds all of ours but reqwest.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Findings> {
    run(workspace, &Options { only: vec!["host-http".to_owned()], check: true })
}

/// The libraries and the npm package.
fn names() -> Vec<&'static str> {
    SHAPES.iter().map(|shape| shape.name).chain([WEB]).collect()
}

/// Builds and weighs; a library above its budget, or without one, is a problem, as is a file of the npm package.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<Findings> {
    let mut findings = Findings::default();
    if options.chosen(WEB) {
        // Building it lists what its parts weigh.
        let (_, web) = web::build(workspace)?;
        findings.problems.extend(web.problems);
    }
    let budgets = budget::read(workspace)?;
    let mut all = Vec::new();
    for &shape in SHAPES.iter().filter(|shape| options.chosen(shape.name)) {
        let weighed = weigh(workspace, shape, budgets.get(shape.name).copied())?;
        findings.problems.extend(problem(&weighed));
        all.push(weighed);
    }
    if all.is_empty() {
        return Ok(findings);
    }
    let text = table::text(&all);
    println!("{text}");
    if all.len() == SHAPES.len() && !options.check {
        table::write(workspace, &format!("{}\n{text}", table::origin(&Machine::here(workspace))))?;
        record(workspace, &all)?;
    }
    Ok(findings)
}

/// Keeps the bytes for `cargo xtask bench --sizes`.
fn record(workspace: &Workspace, all: &[Weighed]) -> anyhow::Result<()> {
    let sizes: Vec<_> =
        all.iter().map(|one| serde_json::json!({ "set": one.shape.name, "bytes": one.stripped })).collect();
    let path = workspace.target.join("size.json");
    std::fs::write(&path, serde_json::to_string(&sizes)?)
        .with_context(|| format!("writing {}", path.display()))
}

fn weigh(workspace: &Workspace, shape: Shape, budget: Option<Budget>) -> anyhow::Result<Weighed> {
    ensure!(cfg!(target_os = "linux"), "sizes are read from ELF files, so build on Linux");
    let library = mobile::build(workspace, shape)?;
    let bytes = std::fs::read(&library).with_context(|| format!("reading {}", library.display()))?;
    let contents = symbols::read(&bytes)?;
    let stripped = std::fs::read(mobile::strip(workspace, &library)?).context("reading what strip wrote")?;
    Ok(Weighed { shape, stripped: stripped.len() as u64, gzip: gzip(&stripped)?, contents, budget })
}

fn gzip(bytes: &[u8]) -> anyhow::Result<u64> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len() as u64)
}

fn problem(weighed: &Weighed) -> Option<String> {
    let (name, bytes) = (weighed.shape.name, weighed.stripped);
    match weighed.budget {
        None => Some(format!("{name}: no budget in {}", budget::LIST)),
        Some(budget) if bytes > budget.most => {
            let (most, list) = (budget.most, budget::LIST);
            Some(format!(
                "{name}: {bytes} bytes, and {most} are allowed by {list}; see docs/SIZE.md for what costs what"
            ))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_chosen_unless_some_are_named() {
        let of =
            |only: &[&str]| Options { only: only.iter().map(|&name| name.to_owned()).collect(), check: true };
        assert!(names().into_iter().all(|name| of(&[]).chosen(name)));
        assert!(of(&[WEB]).chosen(WEB) && !of(&[WEB]).chosen("ffi") && !of(&["ffi"]).chosen(WEB));
    }

    fn weighed(stripped: u64, most: u64) -> Weighed {
        let budget = Some(Budget { most, wanted: 0 });
        Weighed { shape: SHAPES[0], stripped, gzip: 0, contents: Contents::default(), budget }
    }

    #[test]
    fn a_library_above_its_budget_is_a_problem() {
        assert_eq!(problem(&weighed(10, 10)), None);
        assert!(problem(&weighed(11, 10)).unwrap().starts_with("ffi: 11 bytes, and 10 are allowed"));
        assert!(problem(&Weighed { budget: None, ..weighed(1, 1) }).unwrap().contains("no budget"));
    }
}
