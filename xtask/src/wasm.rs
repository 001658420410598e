//! `cargo xtask check-wasm`: the crate for wasm32-unknown-unknown, bare and with the `UniFFI` face.
//!
//! The target's standard library comes from the toolchain at hand, else from `rustup target add`, else from
//! Debian's packages, which carry the standard library's sources to be built.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use clap::ValueEnum;

use crate::report::Findings;
use crate::step;
use crate::toolchain::apt;
use crate::workspace::Workspace;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
const DEBIAN_CARGO: &str = "/usr/bin/cargo";

/// Where the target's standard library is taken from.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Toolchain {
    /// The toolchain at hand where it has or can get the target, else Debian's.
    #[default]
    Auto,
    /// The toolchain at hand; the target is added with rustup when it is missing.
    Installed,
    /// Debian's rustc-web, with the standard library built from source.
    Debian,
}

/// How much of the library is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Without features, compiled only.
    Bare,
    /// That, and linked into a module with the `UniFFI` face.
    Linked,
}

/// The library must compile without features, and link into a module with the `UniFFI` face.
pub(crate) fn check(workspace: &Workspace, toolchain: Toolchain, shape: Shape) -> anyhow::Result<Findings> {
    let cargo = match toolchain {
        Toolchain::Installed => installed(workspace)?,
        Toolchain::Debian => debian(workspace)?,
        Toolchain::Auto => match installed(workspace) {
            Ok(cargo) => cargo,
            Err(error) => {
                println!("check-wasm: {error:#}; falling back to Debian's toolchain");
                debian(workspace)?
            }
        },
    };
    let mut findings = Findings::default();
    let common = ["--package", "planguard", "--lib", "--no-default-features"];
    let mut bare = cargo(workspace);
    bare.args(["check", "--locked", "--target", TARGET]).args(common);
    findings.step(&step::run("wasm32, no features", &mut bare)?);
    if shape == Shape::Bare {
        return Ok(findings);
    }
    let mut face = cargo(workspace);
    face.args(["rustc", "--locked", "--target", TARGET]).args(common);
    face.args(["--features", "ffi", "--crate-type", "cdylib"]);
    findings.step(&step::run("wasm32, ffi, linked", &mut face)?);
    Ok(findings)
}

/// A cargo that can build for the target.
type Cargo = fn(&Workspace) -> Command;

fn installed(workspace: &Workspace) -> anyhow::Result<Cargo> {
    if !has_target(workspace)? {
        println!("check-wasm: this toolchain lacks {TARGET}; trying rustup");
        let added = step::run("rustup", workspace.command("rustup").args(["target", "add", TARGET]))
            .context("the target is missing and rustup is not here")?;
        if !(added.success && has_target(workspace)?) {
            bail!("rustup could not add {TARGET}");
        }
    }
    Ok(|workspace| {
        let mut command = workspace.cargo([]);
        command.env("CARGO_TARGET_DIR", workspace.target.join("wasm"));
        command
    })
}

fn has_target(workspace: &Workspace) -> anyhow::Result<bool> {
    let output = workspace.command("rustc").args(["--print", "target-libdir", "--target", TARGET]).output();
    let output = output.context("rustc is not on the path")?;
    Ok(output.status.success() && Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

fn debian(workspace: &Workspace) -> anyhow::Result<Cargo> {
    let missing: Vec<_> = DEBIAN_PACKAGES.into_iter().filter(|name| !has_package(workspace, name)).collect();
    if !missing.is_empty() {
        let list = missing.join(" ");
        println!("check-wasm: Debian packages missing: {list}; installing them takes root");
        apt::install(workspace, &missing).with_context(|| {
            format!("run `rustup target add {TARGET}`, or on Debian, as root, `apt-get install {list}`")
        })?;
    }
    Ok(debian_cargo)
}

fn debian_cargo(workspace: &Workspace) -> Command {
    let mut command = workspace.command(DEBIAN_CARGO);
    let path = std::env::var("PATH").unwrap_or_default();
    // Debian ships the target's sources, not its binaries; building them is an unstable option. The target
    // aborts on panic unless told otherwise, so a linked module needs that part of the library too.
    command
        .env("PATH", format!("/usr/bin:{path}"))
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_unwind,panic_abort")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "lld-22")
        .env("CARGO_TARGET_DIR", workspace.target.join("wasm-debian"))
        .env_remove("CARGO")
        .env_remove("RUSTC")
        .env_remove("RUSTUP_TOOLCHAIN");
    command
}

/// A toolchain that builds the standard library so that panics unwind, which no prebuilt one does.
pub(crate) enum Unwinding {
    /// The one at hand, which has the sources of the standard library.
    Installed,
    /// Debian's.
    Debian,
}

/// The toolchain at hand where it has the sources, else Debian's.
pub(crate) fn unwinding(workspace: &Workspace) -> anyhow::Result<Unwinding> {
    if sysroot(workspace)?.join("lib/rustlib/src/rust/library/std").is_dir() {
        println!("── wasm: the toolchain at hand, with the standard library built from its sources");
        return Ok(Unwinding::Installed);
    }
    println!("── wasm: Debian's toolchain (or `rustup component add rust-src`)");
    debian(workspace).map(|_| Unwinding::Debian)
}

impl Unwinding {
    /// Cargo for the target.
    pub(crate) fn cargo(&self, workspace: &Workspace) -> Command {
        let mut command = match self {
            Self::Installed => {
                let mut command = workspace.cargo([]);
                command.env("RUSTC_BOOTSTRAP", "1");
                command
            }
            Self::Debian => debian_cargo(workspace),
        };
        command
            .env("CARGO_TARGET_DIR", unwinding_target(workspace))
            .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_unwind");
        command
    }

    /// The linker of modules.
    pub(crate) fn linker(&self, workspace: &Workspace) -> anyhow::Result<Command> {
        match self {
            Self::Debian => Ok(workspace.command("wasm-ld-22")),
            Self::Installed => {
                let host = workspace.command("rustc").args(["--print", "host-tuple"]).output()?;
                let host = String::from_utf8_lossy(&host.stdout).trim().to_owned();
                let program = sysroot(workspace)?.join("lib/rustlib").join(host).join("bin/rust-lld");
                let mut command = workspace.command(program);
                command.args(["-flavor", "wasm"]);
                Ok(command)
            }
        }
    }
}

/// Where such a toolchain builds: its flags would have everything else built anew.
pub(crate) fn unwinding_target(workspace: &Workspace) -> PathBuf {
    workspace.target.join("web")
}

fn sysroot(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let output =
        workspace.command("rustc").args(["--print", "sysroot"]).output().context("rustc is not here")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().into())
}

fn has_package(workspace: &Workspace, name: &str) -> bool {
    let query = workspace.command("dpkg-query").args(["-W", "-f", "${db:Status-Status}", name]).output();
    query.is_ok_and(|output| output.stdout == b"installed")
}
