//! Where the workspace lies and how its tools are called.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

/// The workspace this xtask was started in.
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder, wherever configuration or environment put it.
    pub target: PathBuf,
}

impl Workspace {
    /// Finds the workspace from the manifest cargo ran, and asks cargo for the target folder.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let manifest_dir =
            std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest_dir).parent().context("xtask lies in no workspace")?.to_path_buf();
        let output = command(cargo())
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(&root)
            .output()
            .context("cargo metadata did not start")?;
        ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let target =
            metadata["target_directory"].as_str().context("cargo metadata names no target folder")?;
        Ok(Self { root, target: target.into() })
    }

    /// The cargo that runs this xtask, started in the workspace's root.
    pub(crate) fn cargo<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = self.command(cargo());
        command.args(args);
        command
    }

    /// Any program, started in the workspace's root.
    pub(crate) fn command(&self, program: impl Into<OsString>) -> Command {
        let mut command = command(program);
        command.current_dir(&self.root);
        command
    }
}

fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// A program without what `cargo run` told xtask about xtask: build scripts that watch these variables
/// (ring's does) would otherwise run again each time cargo is called from here and then from a shell.
fn command(program: impl Into<OsString>) -> Command {
    let mut command = Command::new(program.into());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let about_xtask = text.starts_with("CARGO_PKG_")
            || text.starts_with("CARGO_MANIFEST_")
            || text.starts_with("CARGO_BIN_");
        if about_xtask {
            command.env_remove(&name);
        }
    }
    command
}
