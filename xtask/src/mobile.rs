//! How the library that phones are shipped is built: its profile, its feature sets, and what the linker is asked for.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, ensure};

use crate::step;
use crate::workspace::Workspace;

/// A library with one of the sets of features that it is shipped with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Its name in tables, budgets and on the command line.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Cargo features.
    pub features: &'static str,
}

/// From the smallest to the whole.
pub(crate) const SHAPES: [Shape; 3] = [
    Shape { name: "ffi", about: "FFI alone: transport and store from the host", features: "ffi" },
    Shape { name: "host-http", about: "SQLite, transport from the host", features: "ffi,sqlite" },
    Shape { name: "whole", about: "SQLite and reqwest", features: "ffi,sqlite,http" },
];

/// Leaves out what describes the library to the generator of bindings, which reads another build's: the descriptions are
/// the same for every profile. A link argument for every ELF linker that is lld, the NDK's too.
pub(crate) const WITHOUT_METADATA: &str = "xtask/without-metadata.ld";

/// What a `.cargo/config.toml` cannot say, since paths of the machine are in it.
const REMAPPED: [(&str, &str); 2] = [("registry", "registry"), ("git", "git")];

/// Builds the shared library of a shape for this machine, with its symbols, as [`crate::size`] reads them. What is shipped
/// is this after `strip`. The binding generator finds nothing in it ([`WITHOUT_METADATA`]): it reads the library that
/// `cargo build` makes with the same features.
pub(crate) fn build(workspace: &Workspace, shape: Shape) -> anyhow::Result<PathBuf> {
    let mut command = workspace.cargo(["rustc", "--locked", "--package", "planguard", "--lib"]);
    command.args(["--crate-type", "cdylib", "--profile", "mobile", "--config", "profile.mobile.strip=false"]);
    command.args(["--no-default-features", "--features", shape.features]);
    // Panics never pass through C: what SQLite calls back catches them, and ring calls nothing back.
    command.env("CFLAGS", "-fno-asynchronous-unwind-tables -fno-unwind-tables");
    // Of its own, as other flags mean that everything is built anew.
    command.env("CARGO_TARGET_DIR", workspace.target.join("size"));
    command.env("CARGO_ENCODED_RUSTFLAGS", flags(workspace)?.join("\u{1f}"));
    step::run(&format!("build `{}`", shape.name), &mut command)?.require()?;
    let library = workspace.target.join("size/mobile/libplanguard.so");
    ensure!(library.is_file(), "no {}: sizes are read from ELF files, so build on Linux", library.display());
    Ok(library)
}

/// Flags for every crate.
fn flags(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let home = home.context("neither CARGO_HOME nor HOME says where cargo keeps its sources")?;
    let mut flags: Vec<String> = Vec::new();
    // Panics name files. These are the same on every machine, and shorter, without where they lie on this one.
    for (folder, name) in REMAPPED {
        flags.push(format!("--remap-path-prefix={}={name}", home.join(folder).display()));
    }
    flags.push(format!("--remap-path-prefix={}=planguard", workspace.root.display()));
    // Unwinding tables are a third smaller where the frame pointer says how far the stack reaches. On arm64 both Android
    // and Apple have it anyway.
    flags.push("-Cforce-frame-pointers=yes".to_owned());
    // Names with their type arguments, to tell whose a generic function is; `strip` removes them.
    flags.push("-Csymbol-mangling-version=v0".to_owned());
    if linker_is_lld() {
        flags.push("-Clink-arg=-Wl,--icf=all".to_owned());
        flags.push("-Clink-arg=-Wl,-z,pack-relative-relocs".to_owned());
        flags.push(format!("-Clink-arg={}", workspace.root.join(WITHOUT_METADATA).display()));
    }
    Ok(flags)
}

/// Rust links with its own lld here, as the NDK does for Android.
const fn linker_is_lld() -> bool {
    cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))
}

/// The library without symbols, beside it.
pub(crate) fn strip(workspace: &Workspace, library: &std::path::Path) -> anyhow::Result<PathBuf> {
    let stripped = library.with_extension("stripped.so");
    let mut command = workspace.command(OsString::from("strip"));
    command.arg("-o").arg(&stripped).arg(library);
    step::run("strip", &mut command).context("`strip` comes with binutils")?.require()?;
    Ok(stripped)
}
