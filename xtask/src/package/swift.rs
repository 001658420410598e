//! The Swift package as a zip: whole on Linux; on a Mac with the `XCFramework`, where that can be made.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

use super::archive::Entries;
use super::{Artifact, Missing, Packed, Packing, archive, copy};
use crate::lower::{self, library_name, parent};
use crate::step;

/// The package.
pub(super) const NAME: &str = "planguard-swift";
/// The folder in the zip: `SwiftPM` knows a package by the name of its folder.
pub(super) const FOLDER: &str = "planguard";
/// The framework that a Mac's script makes.
const FRAMEWORK: &str = "PlanguardFFI.xcframework";

/// The zip's name.
pub(super) fn file(version: &str) -> String {
    format!("{NAME}-{version}.zip")
}

/// Collects and zips.
pub(super) fn pack(packing: &Packing, packed: &mut Packed) -> anyhow::Result<()> {
    let source = packing.workspace.root.join("bindings/swift");
    let folder = packing.work.join("swift").join(FOLDER);
    // What an earlier run generated is not this library's.
    copy(&source.join("Sources"), &folder.join("Sources"), &|name| {
        name == "generated" || name == "CPlanguard.h"
    })?;
    copy(&source.join("Adapter"), &folder.join("Adapter"), &|_| false)?;
    for name in ["Package.swift", "README.md"] {
        fs::copy(source.join(name), folder.join(name)).with_context(|| format!("bindings/swift/{name}"))?;
    }
    for (name, text) in packing.licences()? {
        lower::write(&folder.join(name), &text)?;
    }
    lower::swift::sources(&packing.generator, &packing.described, &folder.join("Sources"))?;
    let native = native(packing, &folder)?;

    let mut entries = Entries::new();
    collect(&folder, FOLDER, &mut entries)?;
    let name = file(&packing.version);
    archive::write(&packing.out.join(&name), &entries)?;
    let required = [
        "Package.swift",
        "README.md",
        "LICENSE-MIT",
        "Sources/Planguard/Resources/PrivacyInfo.xcprivacy",
        "Sources/PlanguardFFI/generated/PlanguardFFI.swift",
        "Sources/CPlanguard/CPlanguard.h",
        &native,
    ];
    packed.artifacts.push(Artifact {
        package: NAME,
        file: name.into(),
        contains: format!("sources, generated ones too, adapter, test kit, {native}"),
        required: required.map(|name| format!("{FOLDER}/{name}")).to_vec(),
        version: None,
    });
    let needs = match OS {
        "macos" => "the same command on Linux",
        _ => {
            "a Mac with Xcode, where `cargo xtask package` runs bindings/swift/Scripts/make-xcframework.sh; --check says \
              what it lacks"
        }
    };
    let part = if OS == "macos" { "Libraries for Linux" } else { FRAMEWORK };
    packed.missing.push(Missing { package: NAME, part: part.to_owned(), needs: needs.to_owned() });
    Ok(())
}

/// Puts what Swift links into the package, and says which file must be there.
fn native(packing: &Packing, folder: &Path) -> anyhow::Result<String> {
    match OS {
        "linux" => {
            let name = format!("Libraries/linux-{ARCH}/{}", library_name());
            let to = folder.join(&name);
            fs::create_dir_all(parent(&to)?)?;
            fs::copy(packing.library()?, &to).context("copying the library")?;
            Ok(name)
        }
        "macos" => {
            let script = packing.workspace.root.join("bindings/swift/Scripts/make-xcframework.sh");
            let mut command = packing.workspace.command(script);
            step::run("XCFramework", command.arg("--out").arg(folder))?.require()?;
            Ok(format!("{FRAMEWORK}/Info.plist"))
        }
        other => bail!("the Swift package is made on Linux or macOS, and this is {other}"),
    }
}

/// The files below a folder, by their names in the zip.
fn collect(folder: &Path, name: &str, entries: &mut Entries) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry?;
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &name, entries)?;
        } else {
            let bytes = fs::read(entry.path()).with_context(|| format!("reading {name}"))?;
            entries.insert(name, bytes);
        }
    }
    Ok(())
}
