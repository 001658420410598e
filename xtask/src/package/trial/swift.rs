//! The zip, unpacked beside an app that names it by its path.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};

use super::super::archive;
use super::super::swift::{FOLDER, file};
use super::{Packed, Packing, Quickstart};
use crate::lower::write;
use crate::step;
use crate::tally::Tally;
use crate::toolchain::swift::Swift;

const MANIFEST: &str = "\
// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: \"app\",
    platforms: [.macOS(.v12)],
    dependencies: [.package(path: \"../planguard\")],
    targets: [
        .executableTarget(name: \"app\", dependencies: [.product(name: \"Planguard\", package: \"planguard\")])
    ]
)
";

pub(super) fn run(
    packing: &Packing,
    _packed: &Packed,
    folder: &Path,
    quickstart: &Quickstart,
) -> anyhow::Result<Tally> {
    let name = file(&packing.version);
    let bytes = fs::read(packing.out.join(&name)).with_context(|| format!("{name} was not packed"))?;
    for (entry, content) in archive::read(&name, &bytes)? {
        ensure!(entry.starts_with(&format!("{FOLDER}/")), "{name}: {entry} lies beside the package");
        write(&folder.join(entry), &content)?;
    }
    let app = folder.join("app");
    write(&app.join("Package.swift"), MANIFEST.as_bytes())?;
    write(&app.join("Sources/app/main.swift"), quickstart.program.as_bytes())?;

    let swift = Swift::ready(packing.workspace)?;
    let command = |program: &str| {
        let mut command = swift.command(packing.workspace, &app, &[folder], program);
        command.env_remove("PLANGUARD_LIBRARY_DIR");
        command
    };
    step::run("build the app", command("swift").arg("build"))?.require()?;
    let program = app.join(".build/debug/app");
    quickstart.prints(&mut command(&program.to_string_lossy()))
}
