//! Node and the packages of `bindings/web/package-lock.json`, in `bindings/web/node_modules`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use crate::step;
use crate::toolchain::cache::Cache;
use crate::workspace::Workspace;

/// The oldest Node that the package and its tests run in.
const OLDEST: u32 = 20;

/// Installs what the lock file of `folder` names, from the downloads in the cache where they are there.
pub(crate) fn install(workspace: &Workspace, folder: &Path) -> anyhow::Result<()> {
    step::run("packages of Node", npm(workspace, folder)?.arg("ci"))?.require()?;
    Ok(())
}

/// npm in a folder, with its downloads in the cache.
pub(crate) fn npm(workspace: &Workspace, folder: &Path) -> anyhow::Result<Command> {
    let downloads = Cache::find()?.folder().join("npm");
    let state = if downloads.is_dir() { "from the cache" } else { "downloaded into the cache" };
    println!("── packages of npm: {state}, {}", downloads.display());
    let mut command = workspace.command("npm");
    command.current_dir(folder).env("npm_config_cache", &downloads);
    command.args(["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]);
    Ok(command)
}

/// Node with the packages of the package's lock file.
pub(crate) struct Tools {
    package: PathBuf,
}

impl Tools {
    /// Installs the locked packages, unless the same are there already.
    pub(crate) fn ready(workspace: &Workspace, package: &Path) -> anyhow::Result<Self> {
        let output = workspace.command("node").arg("--version").output();
        let output =
            output.with_context(|| format!("node is not on the path: install Node {OLDEST} or newer"))?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let major = version.trim_start_matches('v').split('.').next().and_then(|number| number.parse().ok());
        ensure!(
            major.is_some_and(|major: u32| major >= OLDEST),
            "Node {version} is too old: {OLDEST} is needed"
        );
        let tools = Self { package: package.to_path_buf() };
        let lock = fs::read_to_string(package.join("package-lock.json"))?;
        let stamp = package.join("node_modules/.locked");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
            println!(
                "── packages of Node {version}: as locked, in {}",
                package.join("node_modules").display()
            );
            return Ok(tools);
        }
        install(workspace, package)?;
        fs::write(&stamp, lock)?;
        Ok(tools)
    }

    /// Node in the package's folder.
    pub(crate) fn node(&self, args: &[&str]) -> Command {
        let mut command = Command::new("node");
        command.current_dir(&self.package).args(args);
        command
    }

    /// A program that one of the packages brings.
    pub(crate) fn bin(&self, name: &str) -> Command {
        let mut command = Command::new("node");
        command.current_dir(&self.package).arg(self.package.join("node_modules/.bin").join(name));
        command
    }
}
