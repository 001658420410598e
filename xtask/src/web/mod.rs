//! The npm package: its module, its generated tables, its bundles and types, made in `bindings/web`.

mod contents;
mod module;
pub(crate) mod node;
pub(crate) mod runner;
mod size;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::lower::{self, Generator};
use crate::report::Findings;
use crate::step;
use crate::workspace::Workspace;

/// The package's folder, from the root.
pub(crate) const PACKAGE: &str = "bindings/web";

/// Makes everything that the package consists of beside its sources, and weighs it. Returns its folder, too.
pub(crate) fn build(workspace: &Workspace) -> anyhow::Result<(PathBuf, Findings)> {
    let package = workspace.root.join(PACKAGE);
    let tools = node::Tools::ready(workspace, &package)?;
    generate(workspace, &package)?;
    let linked = module::link(workspace, &package.join("generated/exports.txt"))?;
    let dist = package.join("dist");
    // What an earlier state of the sources left there would be packed.
    lower::emptied(&dist)?;
    module::optimize(workspace, &tools, &linked, &dist.join("planguard.wasm"))?;
    let mini = module::mini(workspace)?;
    module::optimize(workspace, &tools, &mini, &dist.join("planguard-mini.wasm"))?;
    step::run("bundle", &mut tools.node(&["scripts/build.mjs"]))?.require()?;
    step::run("types", tools.bin("tsc").args(["-p", "."]))?.require()?;
    for (name, linked) in [("planguard.wasm", &linked), ("planguard-mini.wasm", &mini)] {
        println!("{}", contents::told(name, &fs::read(linked)?)?);
    }
    let findings = size::check(&dist)?;
    Ok((package, findings))
}

/// Writes the tables anew, from the metadata of the library as it is built for this machine: the core has the same
/// functions everywhere.
pub(crate) fn generate(workspace: &Workspace, package: &Path) -> anyhow::Result<()> {
    let library = lower::library(workspace)?;
    let mut command = workspace.command(Generator::ready(workspace)?.program);
    command.arg("web").arg(&library).arg(package.join("generated"));
    step::run("generate the tables", &mut command)?
        .require()
        .context("the generator found nothing it knows")?;
    Ok(())
}
