//! A Debian release in a folder, for a tool that a distribution ships and this machine's does not.
//!
//! Commands run inside it by chroot, in a mount namespace of their own: the mounts end with the process, however it
//! ends, and never show up outside.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};

use super::apt;
use super::cache::Cache;
use crate::step;
use crate::workspace::Workspace;

/// Which release to make, and what to install in it.
pub(super) struct Recipe {
    /// The folder's name in the cache.
    pub name: &'static str,
    /// The release's code name.
    pub release: &'static str,
    /// Packages installed on top of the smallest system.
    pub packages: &'static [&'static str],
    /// Free space that making it takes, in GiB.
    pub gib: u64,
}

/// A Debian system in a folder, with the script that runs a command inside it.
pub(crate) struct DebianRoot {
    root: PathBuf,
    script: PathBuf,
}

/// `$1` is the root, `$2` the folder to start in, then folders to show inside up to `--`, then the command.
const ENTER: &str = r#"
set -e
root=$1 start=$2; shift 2
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
while [ "$1" != -- ]; do
    mkdir -p "$root$1"
    mount --bind "$1" "$root$1"
    shift
done
shift
exec chroot "$root" /bin/sh -c 'cd "$1" && shift && exec "$@"' sh "$start" "$@"
"#;

impl DebianRoot {
    /// The system that `recipe` describes, from the cache or made now.
    pub(super) fn ready(workspace: &Workspace, recipe: &Recipe) -> anyhow::Result<Self> {
        ensure!(cfg!(target_os = "linux"), "a Debian system in a folder needs Linux");
        require_namespaces(workspace)?;
        let text = format!("{}: {}\n", recipe.release, recipe.packages.join(" "));
        let folder = Cache::find()?.ready(recipe.name, &text, |folder| make(workspace, recipe, folder))?;
        Self::of(&folder)
    }

    fn of(folder: &Path) -> anyhow::Result<Self> {
        let script = folder.join("enter.sh");
        // Not where it is the same: another process may be reading it.
        if std::fs::read_to_string(&script).is_ok_and(|held| held == ENTER) {
            return Ok(Self { root: folder.join("root"), script });
        }
        std::fs::write(&script, ENTER).with_context(|| format!("writing {}", script.display()))?;
        Ok(Self { root: folder.join("root"), script })
    }

    /// `program` inside the system, started in `start`, with `shown` visible at their own paths. It has no variables
    /// but a path, a home folder that is forgotten, and those that are set on the command.
    pub(crate) fn command(&self, start: &Path, shown: &[&Path], program: &str) -> Command {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "--", "sh"]).arg(&self.script);
        command.arg(&self.root).arg(start).args(shown).args(["--", program]);
        command.env_clear().envs([
            ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
            ("HOME", "/tmp"),
            ("LANG", "C.UTF-8"),
        ]);
        command
    }
}

/// Fails early and in words where this process may not make mounts of its own.
fn require_namespaces(workspace: &Workspace) -> anyhow::Result<()> {
    let mut probe = workspace.command("unshare");
    probe.args(["--mount", "--propagation", "private", "--", "sh", "-c"]);
    probe.arg("d=$(mktemp -d) && mount -t proc proc $d && umount $d && rmdir $d && chroot / true");
    if !step::succeeds(&mut probe) {
        bail!(
            "mounting and chroot are not permitted here: run as root (in a container with the capability SYS_ADMIN), \
             or install the toolchain on this machine"
        );
    }
    Ok(())
}

fn make(workspace: &Workspace, recipe: &Recipe, folder: &Path) -> anyhow::Result<()> {
    require_space(workspace, recipe, folder)?;
    require_debootstrap(workspace)?;
    // Its own mount namespace here too: debootstrap mounts inside, and leaves that behind when it is killed.
    let mut bootstrap = workspace.command("unshare");
    bootstrap.args(["--mount", "--propagation", "private", "--", "debootstrap", "--variant=minbase"]);
    bootstrap.arg(recipe.release).arg(folder.join("root")).env("LC_ALL", "C");
    step::run("debootstrap", &mut bootstrap)?.require()?;

    let system = DebianRoot::of(folder)?;
    let apt_get = |args: &[&str]| {
        let mut command = system.command(Path::new("/"), &[], "apt-get");
        // The folder's path may be closed to the user that apt would download as.
        command.args(["-q", "-o", "APT::Sandbox::User=root"]).args(args);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        step::run(&format!("apt-get {} in {}", args[0], recipe.release), &mut command)?.require()
    };
    apt_get(&[&["install", "--yes", "--no-install-recommends"], recipe.packages].concat())?;
    apt_get(&["clean"])?;
    Ok(())
}

fn require_space(workspace: &Workspace, recipe: &Recipe, folder: &Path) -> anyhow::Result<()> {
    let mut command = workspace.command("df");
    let output = command.args(["--output=avail", "--block-size=1G"]).arg(folder).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let free: u64 = text
        .lines()
        .nth(1)
        .and_then(|line| line.trim().parse().ok())
        .with_context(|| format!("df did not say how much is free: {text}"))?;
    ensure!(
        free >= recipe.gib,
        "{}: {free} GiB are free in {}, and it takes {} GiB: free some, or set PLANGUARD_CACHE to another disk",
        recipe.name,
        folder.display(),
        recipe.gib
    );
    Ok(())
}

fn require_debootstrap(workspace: &Workspace) -> anyhow::Result<()> {
    if step::succeeds(workspace.command("debootstrap").arg("--version")) {
        return Ok(());
    }
    apt::install(workspace, &["debootstrap"])
        .context("debootstrap is missing and could not be installed (Debian: apt-get install debootstrap)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_stands_behind_what_is_shown() {
        let system = DebianRoot { root: "root".into(), script: "enter.sh".into() };
        let command = system.command(Path::new("package"), &[Path::new("a"), Path::new("b")], "swift");
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(arguments[arguments.len() - 6..], ["root", "package", "a", "b", "--", "swift"]);
    }
}
