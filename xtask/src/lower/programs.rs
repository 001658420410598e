//! Programs of the workspace that suites run as processes.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::parent;
use crate::step;
use crate::workspace::Workspace;

/// One of them, by the name that cargo knows it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// The reference billing endpoint, an example of the library.
    BillingEndpoint,
    /// The endpoint that owners run.
    Endpoint,
    /// The simulation of what the login guard saves.
    Simulate,
    /// The binding generator.
    Bindgen,
    /// What kills processes and breaks their stores.
    Torture,
}

/// The example is always asked for: only with it does cargo choose the features of dependencies as it does for tests.
const EXAMPLE: &str = "billing_endpoint";

impl Program {
    const fn name(self) -> &'static str {
        match self {
            Self::BillingEndpoint => EXAMPLE,
            Self::Endpoint => "planguard-endpoint",
            Self::Simulate => "simulate",
            Self::Bindgen => "planguard-bindgen",
            Self::Torture => "torture",
        }
    }

    /// Builds it as the Rust suite does, so that what both need is compiled once, and gives a copy of it: cargo removes
    /// its own for a moment whenever it builds the same program otherwise.
    pub(crate) fn built(self, workspace: &Workspace) -> anyhow::Result<PathBuf> {
        let mut command = workspace.cargo(["build", "--locked", "--workspace", "--exclude"]);
        command.args(["planguard-models", "--all-features", "--example", EXAMPLE]);
        if self != Self::BillingEndpoint {
            command.args(["--bin", self.name()]);
        }
        step::run(&format!("build {}", self.name()), &mut command)?.require()?;
        let file = format!("{}{EXE_SUFFIX}", self.name());
        let folder = if self == Self::BillingEndpoint { "debug/examples" } else { "debug" };
        copied(&workspace.target.join(folder).join(&file), &workspace.target.join("programs").join(&file))
    }
}

/// Copies a program, in one step for whoever runs the copy.
fn copied(from: &Path, to: &Path) -> anyhow::Result<PathBuf> {
    let folder = parent(to)?;
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let fresh = tempfile::NamedTempFile::new_in(folder)?.into_temp_path();
    // Cargo puts another one there at once.
    let copy = (0..1_000).map(|_| fs::copy(from, &fresh)).find(|copy| !is_missing(copy));
    copy.with_context(|| format!("{} is not there", from.display()))?
        .with_context(|| format!("copying {}", from.display()))?;
    fresh.persist(to).with_context(|| format!("writing {}", to.display()))?;
    Ok(to.to_path_buf())
}

fn is_missing(copy: &std::io::Result<u64>) -> bool {
    copy.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_takes_the_place_of_an_earlier_one() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a"), folder.path().join("programs/a"));
        for text in ["one", "two"] {
            fs::write(&from, text).unwrap();
            assert_eq!(copied(&from, &to).unwrap(), to);
            assert_eq!(fs::read_to_string(&to).unwrap(), text);
        }
        fs::remove_file(&from).unwrap();
        assert!(copied(&from, &to).unwrap_err().to_string().contains("is not there"));
        assert_eq!(fs::read_dir(folder.path().join("programs")).unwrap().count(), 1);
    }
}
