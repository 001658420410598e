//! The npm package, by npm itself: what `files` of its `package.json` names, with the licences.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, ensure};

use super::{Artifact, Packed, Packing, copy};
use crate::lower::emptied;
use crate::step;
use crate::web::{self, node};

/// The package.
pub(super) const NAME: &str = "@planguard/web";

/// What every package of it has.
const FILES: [&str; 11] = [
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "dist/index.js",
    "dist/inline.js",
    "dist/mini.js",
    "dist/node.js",
    "dist/planguard-mini.wasm",
    "dist/planguard.wasm",
    "dist/testing.js",
    "dist/types/src/index.d.ts",
];

/// What npm calls the file.
pub(super) fn file(version: &str) -> String {
    format!("planguard-web-{version}.tgz")
}

/// Builds it and packs it.
pub(super) fn pack(packing: &Packing, packed: &mut Packed) -> anyhow::Result<()> {
    let (package, findings) = web::build(packing.workspace)?;
    ensure!(findings.problems.is_empty(), "{}", findings.problems.join("; "));
    let folder = packing.work.join("web");
    emptied(&folder)?;
    copy(&package.join("dist"), &folder.join("dist"), &|_| false)?;
    for name in ["package.json", "README.md"] {
        fs::copy(package.join(name), folder.join(name)).with_context(|| format!("copying {name}"))?;
    }
    for (name, text) in packing.licences()? {
        fs::write(folder.join(name), text)?;
    }
    let mut command = node::npm(packing.workspace, &folder)?;
    step::run("pack", command.arg("pack").arg("--pack-destination").arg(&packing.out))?.require()?;

    let inside = |name: &str| format!("package/{name}");
    packed.artifacts.push(Artifact {
        package: NAME,
        file: PathBuf::from(file(&packing.version)),
        contains: "ES modules with types, the module of WebAssembly; for browsers, workers and Node"
            .to_owned(),
        required: FILES.map(inside).to_vec(),
        version: Some((inside("package.json"), format!("  \"version\": \"{}\",", packing.version))),
    });
    Ok(())
}
