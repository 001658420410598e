//! Maven and a JDK: those on the path, else Debian's packages where they may be installed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};

use super::apt;
use super::cache::Cache;
use crate::step;
use crate::workspace::Workspace;

/// Debian's packages.
const PACKAGES: &[&str] = &["openjdk-17-jdk-headless", "maven"];

/// Maven, with the folder in which it keeps its downloads.
pub(crate) struct Maven {
    repository: PathBuf,
}

impl Maven {
    /// Finds Maven and a JDK, or installs them on a Debian machine where that is allowed.
    pub(crate) fn ready(workspace: &Workspace) -> anyhow::Result<Self> {
        let missing = || {
            let absent = |name: &&str| !step::succeeds(workspace.command(*name).arg("-version"));
            ["javac", "mvn"].into_iter().filter(absent)
        };
        let names: Vec<_> = missing().collect();
        if !names.is_empty() {
            let advice = format!(
                "{} not on the path; install a JDK (17 or newer) and Maven (3.8 or newer)",
                names.join(", ")
            );
            if !apt::may_install(workspace) {
                bail!(advice);
            }
            apt::install(workspace, PACKAGES)?;
            ensure!(missing().next().is_none(), advice);
        }
        Ok(Self { repository: repository()? })
    }

    /// The same Maven, which keeps its downloads in another folder.
    pub(crate) const fn at(repository: PathBuf) -> Self {
        Self { repository }
    }

    /// Where it keeps its downloads.
    pub(crate) fn repository(&self) -> &Path {
        &self.repository
    }

    /// A build of the project in `folder`, without colours and progress bars.
    pub(crate) fn command(&self, workspace: &Workspace, folder: &Path) -> Command {
        let mut command = workspace.command("mvn");
        command.current_dir(folder).args(["-B", "-ntp"]);
        command.arg(define("maven.repo.local", &self.repository));
        command
    }
}

/// A property on the command line.
pub(crate) fn define(name: &str, value: &Path) -> OsString {
    let mut argument = OsString::from(format!("-D{name}="));
    argument.push(value);
    argument
}

/// Maven's folder of downloads, outside the tree: the developer's where there is one, else one in the cache.
fn repository() -> anyhow::Result<PathBuf> {
    let usual = std::env::home_dir().context("there is no home folder")?.join(".m2/repository");
    if std::env::var_os("PLANGUARD_CACHE").is_none() && usual.is_dir() {
        println!("maven: downloads are kept in {}", usual.display());
        return Ok(usual);
    }
    let repository = Cache::find()?.folder().join("m2");
    let state = if repository.is_dir() {
        "from an earlier run"
    } else {
        "empty: about 600 MB come from Maven Central"
    };
    println!("maven: downloads are kept in {} ({state})", repository.display());
    Ok(repository)
}
