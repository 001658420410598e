//! The wheel, installed into a clean environment.

use std::fs;
use std::path::Path;

use anyhow::Context;

use super::super::python::NAME;
use super::{Packed, Packing, Quickstart};
use crate::tally::Tally;
use crate::toolchain::python::{Uv, program};

pub(super) fn run(
    packing: &Packing,
    packed: &Packed,
    folder: &Path,
    quickstart: &Quickstart,
) -> anyhow::Result<Tally> {
    let wheel =
        packed.artifacts.iter().find(|artifact| artifact.package == NAME).context("no wheel was packed")?;
    let uv = Uv::ready(packing.workspace)?;
    let environment = folder.join("environment");
    uv.environment(packing.workspace, &environment, &packing.out.join(&wheel.file), &[])?;
    fs::write(folder.join("quickstart.py"), &quickstart.program)?;
    let mut command = packing.workspace.command(program(&environment, "python"));
    command
        .current_dir(folder)
        .arg("quickstart.py")
        .env("PYTHONIOENCODING", "utf-8")
        .env_remove("PYTHONPATH");
    quickstart.prints(&mut command)
}
