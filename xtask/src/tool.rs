//! Pinned programs from crates.io: the one on the path, the one in the cache, or built into the cache.

use std::path::PathBuf;

use crate::step;
use crate::toolchain::cache::Cache;
use crate::workspace::Workspace;

/// How a program is built where it is not here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    /// In half the time, for one that runs for seconds.
    Debug,
    /// Optimised, for one that works for long.
    Release,
}

/// That program in exactly that version.
pub(crate) fn installed(
    workspace: &Workspace,
    name: &str,
    version: &str,
    build: Build,
) -> anyhow::Result<PathBuf> {
    let on_path = workspace.command(name).arg("--version").output();
    if on_path.is_ok_and(|output| is_version(&output.stdout, version)) {
        return Ok(name.into());
    }
    let folder = Cache::find()?.ready(name, version, |folder| {
        println!("{name} {version} is not here; building it once (a few minutes)");
        let scratch = folder.join("build");
        let mut command = workspace.cargo(["install", "--locked", name, "--version", version]);
        if build == Build::Debug {
            command.args(["--debug", "--config", "profile.dev.debug=false"]);
        }
        command.arg("--root").arg(folder).env("CARGO_TARGET_DIR", &scratch);
        step::run(&format!("install {name}"), &mut command)?.require()?;
        std::fs::remove_dir_all(scratch)?;
        Ok(())
    })?;
    Ok(folder.join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

/// Whether a program that says `NAME VERSION` is of that version.
fn is_version(said: &[u8], version: &str) -> bool {
    String::from_utf8_lossy(said).trim().rsplit(' ').next() == Some(version)
}

#[cfg(test)]
mod tests {
    #[test]
    fn another_version_is_another_program() {
        assert!(super::is_version(b"cargo-deny 0.20.2\n", "0.20.2"));
        assert!(!super::is_version(b"cargo-deny 0.20.21\n", "0.20.2"));
        assert!(!super::is_version(b"", "0.20.2"));
    }
}
