//! The libraries of the AAR: those that were handed in, those that an NDK on this machine builds, and what is missing.
//! Nothing stands in for a library that cannot be built.

use std::collections::BTreeSet;
use std::env::consts::DLL_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use super::{Missing, library};
use crate::lower::parent;
use crate::mobile::{self, SHAPES};
use crate::step;
use crate::toolchain::ndk::{ABIS, Abi, Ndk, target_installed};
use crate::workspace::Workspace;

/// The package.
pub(super) const NAME: &str = "planguard-android";

/// What phones are shipped: the last of the shapes, the whole.
const FILE: &str = "libplanguard.so";

/// The libraries by ABI, and the ABIs without one.
#[derive(Default)]
pub(super) struct Libraries {
    /// ABI and stripped library.
    pub built: Vec<(&'static Abi, PathBuf)>,
    /// ABI and what this machine would need.
    lacking: Vec<(&'static Abi, String)>,
}

impl Libraries {
    /// Takes, builds and checks them. `interface` is what a library of this version exports.
    pub(super) fn collect(
        workspace: &Workspace,
        given: Option<&Path>,
        interface: &BTreeSet<String>,
    ) -> anyhow::Result<Self> {
        let given = given.map(handed_in).transpose()?.unwrap_or_default();
        let ndk = Ndk::find();
        let mut all = Self::default();
        for abi in &ABIS {
            let library = match given.iter().find(|(name, _)| *name == abi) {
                Some((_, library)) => Ok(library.clone()),
                None => needs(workspace, ndk.as_ref(), abi)?,
            };
            match library {
                Ok(library) => {
                    let bytes =
                        fs::read(&library).with_context(|| format!("reading {}", library.display()))?;
                    library::check_android(abi, &bytes, interface)?;
                    all.built.push((abi, library));
                }
                Err(needs) => all.lacking.push((abi, needs)),
            }
        }
        for (abi, needs) in &all.lacking {
            println!("── {NAME}: no library for {}; it needs: {needs}", abi.name);
        }
        Ok(all)
    }

    /// Whether the AAR has a library for every ABI.
    pub(super) const fn whole(&self) -> bool {
        self.lacking.is_empty()
    }

    /// Whether it has none at all.
    pub(super) const fn none(&self) -> bool {
        self.built.is_empty()
    }

    /// What is missing, for the list.
    pub(super) fn missing(&self) -> impl Iterator<Item = Missing> + '_ {
        self.lacking.iter().map(|(abi, needs)| Missing {
            package: NAME,
            part: format!("jni/{}/{FILE}", abi.name),
            needs: needs.clone(),
        })
    }

    /// Copies them to where the AAR's assembler takes them from.
    pub(super) fn copy(&self, folder: &Path) -> anyhow::Result<()> {
        for (abi, library) in &self.built {
            let to = folder.join(abi.name).join(FILE);
            fs::create_dir_all(parent(&to)?)?;
            fs::copy(library, &to).with_context(|| format!("copying {}", library.display()))?;
        }
        Ok(())
    }

    /// The names of the ABIs that have one.
    pub(super) fn names(&self) -> String {
        self.built.iter().map(|(abi, _)| abi.name).collect::<Vec<_>>().join(", ")
    }
}

/// The libraries in a folder, each in one that is named by its ABI.
fn handed_in(folder: &Path) -> anyhow::Result<Vec<(&'static Abi, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("--jni: reading {}", folder.display()))? {
        let entry = entry?;
        let abi = library::abi(&entry.file_name().to_string_lossy())
            .with_context(|| format!("--jni: {}", folder.display()))?;
        let library = entry.path().join(FILE);
        ensure!(library.is_file(), "--jni: there is no {}", library.display());
        found.push((abi, library));
    }
    ensure!(!found.is_empty(), "--jni: {} holds no folder of an ABI", folder.display());
    Ok(found)
}

/// The library, built by the NDK; or what that would need.
fn needs(workspace: &Workspace, ndk: Option<&Ndk>, abi: &Abi) -> anyhow::Result<Result<PathBuf, String>> {
    let mut needs = Vec::new();
    if ndk.is_none() {
        needs.push("Android's NDK, named by ANDROID_NDK_HOME".to_owned());
    }
    if !target_installed(&mut workspace.command("rustc"), abi.target)? {
        needs.push(format!("`rustup target add {}`", abi.target));
    }
    match ndk {
        Some(ndk) if needs.is_empty() => Ok(Ok(build(workspace, ndk, abi)?)),
        _ => Ok(Err(format!("{}; or its library from another machine, by --jni", needs.join(" and ")))),
    }
}

fn build(workspace: &Workspace, ndk: &Ndk, abi: &Abi) -> anyhow::Result<PathBuf> {
    let mut command = mobile::command(workspace, SHAPES[2], &["--target", abi.target])?;
    ndk.bind(abi, &mut command);
    // Relocations packed as Android 7 reads them, and pages of 16 KB.
    command.args(["--", "-Clink-arg=-Wl,--icf=all", "-Clink-arg=-Wl,--pack-dyn-relocs=android"]);
    command.arg("-Clink-arg=-Wl,-z,max-page-size=16384");
    command.arg(format!("-Clink-arg={}", workspace.root.join(mobile::WITHOUT_METADATA).display()));
    step::run(&format!("build for {}", abi.name), &mut command)?.require()?;
    let library = mobile::folder(workspace, Some(abi.target)).join(FILE);
    let stripped = library.with_extension(format!("stripped{DLL_SUFFIX}"));
    let mut command = workspace.command(ndk.strip());
    step::run("strip", command.arg("-o").arg(&stripped).arg(&library))?.require()?;
    Ok(stripped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_libraries_must_be_what_it_should_be() {
        let folder = tempfile::tempdir().unwrap();
        let refusal = || format!("{:#}", handed_in(folder.path()).unwrap_err());
        assert!(refusal().contains("holds no folder of an ABI"));
        fs::create_dir(folder.path().join("arm64-v8a")).unwrap();
        assert!(refusal().contains("there is no "), "{}", refusal());
        fs::write(folder.path().join("arm64-v8a").join(FILE), "").unwrap();
        assert_eq!(handed_in(folder.path()).unwrap()[0].0.name, "arm64-v8a");
        fs::create_dir(folder.path().join("arm64")).unwrap();
        assert!(refusal().contains("`arm64` is no ABI"), "{}", refusal());
    }
}
