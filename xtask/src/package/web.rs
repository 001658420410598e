//! The npm package, by npm itself: what `files` of its `package.json` names, with the licences.

use std::fmt::Write as _;
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

/// The same text, in which a link to what is not in the package is its text and where that lies in the repository.
fn without_outside(readme: &str) -> String {
    let mut out = String::new();
    let mut rest = readme;
    while let Some(at) = rest.find("](../") {
        let linked = rest[..at].rfind('[').zip(rest[at..].find(')').map(|end| at + end));
        let Some((start, end)) = linked else { break };
        let path = rest[at + 2..end].trim_start_matches("../");
        let _ =
            write!(out, "{}{} (`{path}` in planguard's repository)", &rest[..start], &rest[start + 1..at]);
        rest = &rest[end + 1..];
    }
    out + rest
}

/// Builds it and packs it.
pub(super) fn pack(packing: &Packing, packed: &mut Packed) -> anyhow::Result<()> {
    let (package, findings) = web::build(packing.workspace)?;
    ensure!(findings.problems.is_empty(), "{}", findings.problems.join("; "));
    let folder = packing.work.join("web");
    emptied(&folder)?;
    copy(&package.join("dist"), &folder.join("dist"), &|_| false)?;
    fs::copy(package.join("package.json"), folder.join("package.json")).context("copying package.json")?;
    let readme = fs::read_to_string(package.join("README.md")).context("reading README.md")?;
    fs::write(folder.join("README.md"), without_outside(&readme)).context("writing README.md")?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_out_of_the_package_becomes_the_place_in_the_repository() {
        let text = "a [b](#b), [the guide](../../docs/GUIDE.md) and [c](../d.md); [e](https://example.com/).";
        let packed = "a [b](#b), the guide (`docs/GUIDE.md` in planguard's repository) and c (`d.md` in planguard's \
                      repository); [e](https://example.com/).";
        assert_eq!(without_outside(text), packed);
    }
}
