//! Swift 6: the one installed here, else Debian 13's in a folder.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

use super::debian::{DebianRoot, Recipe};
use crate::workspace::Workspace;

/// Debian 13 ships Swift 6.0.3; Debian 12 ships none. The C++ library's headers are what Foundation's modules import.
const DEBIAN: Recipe = Recipe {
    name: "swift-6.0.3",
    release: "trixie",
    packages: &["swiftlang", "libc6-dev", "libstdc++-14-dev"],
    gib: 5,
};

/// A Swift toolchain, language mode 6.
pub(crate) enum Swift {
    /// On the path.
    Installed,
    /// In a folder of its own.
    Debian(DebianRoot),
}

impl Swift {
    /// The installed one if it is new enough, else the cached one, else one made now.
    pub(crate) fn ready(workspace: &Workspace) -> anyhow::Result<Self> {
        let installed = workspace.command("swift").arg("--version").output();
        if let Some(version) = installed.ok().and_then(|output| version(&output.stdout)) {
            if version.0 >= 6 {
                println!("── swift: {}.{} is installed", version.0, version.1);
                return Ok(Self::Installed);
            }
            println!("── swift: {}.{} is installed, and 6.0 is needed", version.0, version.1);
        }
        let system = DebianRoot::ready(workspace, &DEBIAN)
            .context("no Swift 6: install it (https://www.swift.org/install)")?;
        let swift = Self::Debian(system);
        let output = swift.command(workspace, &workspace.root, &[], "swift").arg("--version").output()?;
        let found = version(&output.stdout).with_context(|| {
            format!("swift does not start in its folder: {}", String::from_utf8_lossy(&output.stderr))
        })?;
        ensure!(found.0 >= 6, "Debian's Swift is {}.{}, and 6.0 is needed", found.0, found.1);
        Ok(swift)
    }

    /// `program` of the toolchain (or of the system it lies in), started in `start`, with the workspace and the folders
    /// in `more` at their own paths.
    pub(crate) fn command(
        &self,
        workspace: &Workspace,
        start: &Path,
        more: &[&Path],
        program: &str,
    ) -> Command {
        match self {
            Self::Installed => {
                let mut command = workspace.command(program);
                command.current_dir(start);
                command
            }
            Self::Debian(system) => {
                // A target folder inside the workspace is shown twice, at one path, which does no harm.
                let shown = [&[workspace.root.as_path(), &workspace.target], more].concat();
                system.command(start, &shown, program)
            }
        }
    }

    /// A line for the summary: which one it was.
    pub(crate) const fn note(&self) -> &'static str {
        match self {
            Self::Installed => "the installed Swift",
            Self::Debian(_) => "Swift 6.0.3 of Debian 13, in a folder",
        }
    }
}

/// The two first numbers after "Swift version".
fn version(output: &[u8]) -> Option<(u32, u32)> {
    let text = String::from_utf8_lossy(output);
    let (_, rest) = text.split_once("Swift version ")?;
    let mut numbers = rest.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_compilers_call_themselves() {
        let linux = b"Swift version 6.0.3 (swift-6.0.3-RELEASE)\nTarget: x86_64-unknown-linux-gnu\n";
        assert_eq!(version(linux), Some((6, 0)));
        let apple = b"swift-driver version: 1.115 Apple Swift version 5.10.1 (swiftlang-5.10)\n";
        assert_eq!(version(apple), Some((5, 10)));
        assert_eq!(version(b"sh: swift: not found"), None);
    }
}
