//! The lower layer of Kotlin, and the folders from which Maven takes it and the native library.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::{Generator, emptied, kotlin_text, library_name, write};
use crate::step;

/// The generated file, by its package.
const FILE: &str = "io/planguard/planguard.kt";

/// Writes the generated sources below `folder`.
pub(crate) fn sources(generator: &Generator, library: &Path, folder: &Path) -> anyhow::Result<()> {
    let [text] = generator.generate(library, "kotlin", [FILE])?;
    write(&folder.join(FILE), kotlin_text::finished(&text)?.as_bytes())
}

/// Writes the sources anew, and puts the library where the jar and the AAR take it from.
pub(crate) fn into_package(generator: &Generator, library: &Path) -> anyhow::Result<PathBuf> {
    let workspace = generator.workspace;
    let generated = workspace.root.join("bindings/kotlin/generated");
    emptied(&generated)?;
    sources(generator, library, &generated.join("kotlin"))?;
    let native = generated.join("native").join(jna_folder()?);
    // Not a library for Android: what Robolectric runs on this machine lies where an app's would.
    let jni = generated.join("jni").join(if ARCH == "aarch64" { "arm64-v8a" } else { ARCH });
    for folder in [native, jni] {
        fs::create_dir_all(&folder)?;
        let copy = folder.join(library_name());
        fs::copy(library, &copy).context("copying the library")?;
        // Nothing of what the suite does needs the symbols; a library that cannot be stripped is only larger.
        step::succeeds(workspace.command("strip").arg("--strip-unneeded").arg(&copy));
    }
    Ok(generated)
}

/// The folder in a jar in which JNA looks for a library of this machine.
pub(crate) fn jna_folder() -> anyhow::Result<String> {
    let system = match OS {
        "linux" => "linux",
        "macos" => "darwin",
        "windows" => "win32",
        other => bail!("JNA's folder for {other} is not known here"),
    };
    let machine = if ARCH == "x86_64" { "x86-64" } else { ARCH };
    Ok(format!("{system}-{machine}"))
}
