//! How a library that is shipped is built: its profile, its feature sets, and what the linker is asked for.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

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

/// What servers and desktops are shipped: the whole, with price lists as TOML files and billing zones by name. It is built
/// like the others: every call that is not answered on the host's side costs the crossing, not the optimisation.
pub(crate) const DESKTOP: Shape = Shape {
    name: "desktop",
    about: "SQLite, reqwest, price lists as TOML, zones by name",
    features: "ffi,sqlite,http,toml,zones",
};

/// Below cargo's target folder: one of its own, as other flags mean that everything is built anew. All shapes share it, so
/// that their dependencies are built once.
const TARGET: &str = "size";

/// What a `.cargo/config.toml` cannot say, since paths of the machine are in it.
const REMAPPED: [(&str, &str); 2] = [("registry", "registry"), ("git", "git")];

/// Builds the shared library of a shape for this machine, with its symbols, as [`crate::size`] reads them. What is shipped
/// is this after `strip`. The binding generator finds nothing in it ([`WITHOUT_METADATA`]): it reads the library that
/// `cargo build` makes with the same features.
///
/// A shape for phones is linked as it is for Android. What runs on Linux itself is not: packed relocations need glibc 2.36.
pub(crate) fn build(workspace: &Workspace, shape: Shape) -> anyhow::Result<PathBuf> {
    let mut link = Vec::new();
    if linker_is_lld() {
        link.push("-Clink-arg=-Wl,--icf=all".to_owned());
        link.push(format!("-Clink-arg={}", workspace.root.join(WITHOUT_METADATA).display()));
        if shape != DESKTOP {
            link.push("-Clink-arg=-Wl,-z,pack-relative-relocs".to_owned());
        }
    }
    let mut command = command(workspace, shape, &[])?;
    step::run(&format!("build `{}`", shape.name), command.arg("--").args(link))?.require()?;
    let library = folder(workspace, None).join(format!("{DLL_PREFIX}planguard{DLL_SUFFIX}"));
    library.is_file().then_some(()).with_context(|| format!("cargo left no {}", library.display()))?;
    Ok(library)
}

/// Where cargo leaves the library, for this machine or for a target.
pub(crate) fn folder(workspace: &Workspace, target: Option<&str>) -> PathBuf {
    let folder = workspace.target.join(TARGET);
    target.map_or_else(|| folder.clone(), |target| folder.join(target)).join("mobile")
}

/// The command that builds a shape, up to the `--` behind which the linker's arguments stand.
pub(crate) fn command(workspace: &Workspace, shape: Shape, args: &[&str]) -> anyhow::Result<Command> {
    let mut command = workspace.cargo(["rustc", "--locked", "--package", "planguard", "--lib"]);
    command.args(["--crate-type", "cdylib", "--profile", "mobile", "--config", "profile.mobile.strip=false"]);
    command.args(["--no-default-features", "--features", shape.features]).args(args);
    // Panics never pass through C: what SQLite calls back catches them, and ring calls nothing back.
    command.env("CFLAGS", "-fno-asynchronous-unwind-tables -fno-unwind-tables");
    command.env("CARGO_TARGET_DIR", workspace.target.join(TARGET));
    command.env("CARGO_ENCODED_RUSTFLAGS", flags(workspace)?.join("\u{1f}"));
    Ok(command)
}

/// Where cargo keeps what it fetched.
pub(crate) fn cargo_home() -> anyhow::Result<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    home.context("neither CARGO_HOME nor a home folder says where cargo keeps its sources")
}

/// Flags that leave where sources lie on this machine out of what is built.
pub(crate) fn remapped(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let home = cargo_home()?;
    // Panics name files. These are the same on every machine, and shorter, without where they lie on this one.
    let folders = REMAPPED.iter().map(|(folder, name)| (home.join(folder), *name));
    let folders = folders.chain([(workspace.root.clone(), "planguard")]);
    Ok(folders.map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display())).collect())
}

/// Flags for every crate. The linker's stand on the last command, so that the crates below are built once for all.
fn flags(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let mut flags = remapped(workspace)?;
    // Unwinding tables are a third smaller where the frame pointer says how far the stack reaches. On arm64 both Android
    // and Apple have it anyway.
    flags.push("-Cforce-frame-pointers=yes".to_owned());
    // Names with their type arguments, to tell whose a generic function is; `strip` removes them.
    flags.push("-Csymbol-mangling-version=v0".to_owned());
    Ok(flags)
}

/// Rust links with its own lld here, as the NDK does for Android.
const fn linker_is_lld() -> bool {
    cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))
}

/// The library without symbols, beside it.
pub(crate) fn strip(workspace: &Workspace, library: &Path) -> anyhow::Result<PathBuf> {
    let stripped = library.with_extension(format!("stripped{DLL_SUFFIX}"));
    let mut command = workspace.command(OsString::from("strip"));
    if cfg!(target_os = "macos") {
        command.arg("-x");
    }
    command.arg("-o").arg(&stripped).arg(library);
    step::run("strip", &mut command).context("`strip` comes with binutils")?.require()?;
    Ok(stripped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn desktops_are_shipped_what_the_suites_test() {
        let workspace = Workspace::find().unwrap();
        let manifest = std::fs::read_to_string(workspace.root.join("Cargo.toml")).unwrap();
        let manifest: toml::Table = toml::from_str(&manifest).unwrap();
        let default = manifest["features"]["default"].as_array().unwrap().iter();
        let mut tested: Vec<_> = default.map(|feature| feature.as_str().unwrap()).chain(["ffi"]).collect();
        let mut shipped: Vec<_> = DESKTOP.features.split(',').collect();
        tested.sort_unstable();
        shipped.sort_unstable();
        assert_eq!(shipped, tested);
    }
}
