//! Debian's packages, where this process may install them.

use std::fs::File;

use anyhow::Context;

use crate::step;
use crate::workspace::Workspace;

/// Held while packages are installed: two tasks that run side by side would meet at the locks of apt, and one would fail.
const LOCK: &str = "planguard-apt.lock";

/// Whether there is apt and this process is root.
pub(crate) fn may_install(workspace: &Workspace) -> bool {
    let root =
        workspace.command("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    root && step::succeeds(workspace.command("apt-get").arg("--version"))
}

/// Fetches the lists of packages and installs some. Files of settings that somebody changed stay as they are.
pub(crate) fn install(workspace: &Workspace, packages: &[&str]) -> anyhow::Result<()> {
    let path = std::env::temp_dir().join(LOCK);
    let lock = File::create(&path).with_context(|| format!("creating {}", path.display()))?;
    lock.lock().with_context(|| format!("locking {}", path.display()))?;

    let mut command = workspace.command("apt-get");
    step::run("package lists", command.args(["-q", "update"]))?.require()?;
    let mut command = workspace.command("apt-get");
    command.args(["-q", "install", "-y", "--no-install-recommends"]);
    // Others of this machine may be installing, too.
    command.args(["-o", "Dpkg::Options::=--force-confold", "-o", "DPkg::Lock::Timeout=600"]).args(packages);
    let name = format!("apt-get install {}", packages.join(" "));
    step::run(&name, command.env("DEBIAN_FRONTEND", "noninteractive"))?.require()?;
    Ok(())
}
