//! The tarball, installed in the apps of `bindings/web/trial`: Vite, webpack, Next and Vitest.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};

use super::super::{copy, web};
use super::{Packed, Packing, Quickstart};
use crate::step;
use crate::tally::Tally;
use crate::toolchain::chromium;
use crate::web::{PACKAGE, node, runner};

/// What tools leave behind.
const MADE: [&str; 4] = ["node_modules", "dist", ".next", "next-env.d.ts"];

pub(super) fn run(
    packing: &Packing,
    _packed: &Packed,
    folder: &Path,
    quickstart: &Quickstart,
) -> anyhow::Result<Tally> {
    let chromium = chromium::ready(packing.workspace)?;
    let tarball = packing.out.join(web::file(&packing.version));
    let package = packing.workspace.root.join(PACKAGE);
    let apps = folder.join("apps");
    copy(&package.join("trial"), &apps, &|name| MADE.contains(&name))?;
    let browser = "support/chromium.mjs";
    fs::copy(package.join("test").join(browser), apps.join(browser))
        .context("copying how Chromium is started")?;

    node::install(packing.workspace, &apps)?;
    let mut command = node::npm(packing.workspace, &apps)?;
    step::run("install the package", command.args(["install", "--no-save"]).arg(&tarball))?.require()?;
    let installed = apps.join("node_modules").join(web::NAME);
    ensure!(
        installed.join("dist/planguard.wasm").is_file() && !installed.is_symlink(),
        "npm did not install the packed files"
    );

    fs::write(apps.join("quick-start.mjs"), &quickstart.program)?;
    let mut command = packing.workspace.command("node");
    quickstart.prints(command.current_dir(&apps).arg("quick-start.mjs"))?;

    let finished = runner::run(packing.workspace, "apps", &apps, &apps.join("test"), |command| {
        command.env("PLANGUARD_PACKAGE", &tarball).env("PLANGUARD_CHROMIUM", &chromium);
    })?;
    let tally = Tally::from_node(&finished.require()?.lines);
    ensure!(tally.passed > 0 && tally.failed == 0 && tally.skipped == 0, "not every test of the apps ran");
    Ok(Tally { passed: tally.passed + 1, ..tally })
}
