//! Android's NDK, where there is one: it links and compiles for each ABI. It comes from Google alone, so it is not fetched.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use object::Architecture;

/// The least Android that the AAR takes.
const API: u32 = 24;

/// An ABI of Android that the AAR has a library for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Abi {
    /// Its folder in an AAR.
    pub name: &'static str,
    /// The target of Rust.
    pub target: &'static str,
    /// The target of the NDK's compilers.
    clang: &'static str,
    /// What the library's header says.
    pub machine: Architecture,
    /// Whether it runs on devices with pages of 16 KB.
    pub wide: bool,
}

/// All of them. Devices with x86 alone have long gone.
pub(crate) const ABIS: [Abi; 3] = [
    Abi {
        name: "arm64-v8a",
        target: "aarch64-linux-android",
        clang: "aarch64-linux-android",
        machine: Architecture::Aarch64,
        wide: true,
    },
    Abi {
        name: "armeabi-v7a",
        target: "armv7-linux-androideabi",
        clang: "armv7a-linux-androideabi",
        machine: Architecture::Arm,
        wide: false,
    },
    Abi {
        name: "x86_64",
        target: "x86_64-linux-android",
        clang: "x86_64-linux-android",
        machine: Architecture::X86_64,
        wide: true,
    },
];

/// The folder of the NDK's compilers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ndk {
    bin: PathBuf,
}

impl Ndk {
    /// The one that the environment names: `ANDROID_NDK_HOME`, `ANDROID_NDK_ROOT`, else the newest in `ANDROID_HOME`.
    pub(crate) fn find() -> Option<Self> {
        let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let named = folder("ANDROID_NDK_HOME").or_else(|| folder("ANDROID_NDK_ROOT"));
        let root = named.or_else(|| newest(&folder("ANDROID_HOME")?.join("ndk")))?;
        Self::at(&root)
    }

    /// The one in this folder.
    fn at(root: &Path) -> Option<Self> {
        let hosts = fs::read_dir(root.join("toolchains/llvm/prebuilt")).ok()?;
        let bin = hosts.flatten().map(|host| host.path().join("bin")).find(|bin| bin.is_dir())?;
        Some(Self { bin })
    }

    /// Tells cargo, and the build scripts that compile C, to build for an ABI.
    pub(crate) fn bind(&self, abi: &Abi, command: &mut Command) {
        let suffix = if cfg!(windows) { ".cmd" } else { "" };
        let clang = self.bin.join(format!("{}{API}-clang{suffix}", abi.clang));
        let upper = abi.target.to_uppercase().replace('-', "_");
        let lower = abi.target.replace('-', "_");
        command.env(format!("CARGO_TARGET_{upper}_LINKER"), &clang);
        command.env(format!("CC_{lower}"), &clang);
        command.env(format!("AR_{lower}"), self.bin.join("llvm-ar"));
    }

    /// The program that removes symbols of every ABI.
    pub(crate) fn strip(&self) -> PathBuf {
        self.bin.join("llvm-strip")
    }
}

/// The folder with the highest version as its name.
fn newest(folder: &Path) -> Option<PathBuf> {
    let version = |path: &PathBuf| -> Vec<u32> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.split('.').map_while(|part| part.parse().ok()).collect()
    };
    fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).max_by_key(version)
}

/// Whether Rust's standard library for a target is installed.
pub(crate) fn target_installed(command: &mut Command, target: &str) -> anyhow::Result<bool> {
    let output = command
        .args(["--print", "target-libdir", "--target", target])
        .output()
        .context("rustc is not on the path")?;
    let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Ok(output.status.success() && Path::new(&folder).is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_abi_is_built_by_its_own_compiler() {
        let ndk = Ndk { bin: "ndk/bin".into() };
        let mut command = Command::new("cargo");
        ndk.bind(&ABIS[1], &mut command);
        let value = |name: &str| {
            let found = command.get_envs().find(|(key, _)| *key == name);
            found.unwrap().1.unwrap().to_string_lossy().into_owned()
        };
        let clang = value("CARGO_TARGET_ARMV7_LINUX_ANDROIDEABI_LINKER");
        assert!(clang.contains("armv7a-linux-androideabi24-clang"), "{clang}");
        assert_eq!(value("CC_armv7_linux_androideabi"), clang);
        assert!(value("AR_armv7_linux_androideabi").ends_with("llvm-ar"));
    }

    #[test]
    fn the_newest_is_taken_and_a_folder_without_compilers_is_none() {
        let folder = tempfile::tempdir().unwrap();
        for version in ["9.1.2", "27.0.1", "27.2.0", "tmp"] {
            fs::create_dir(folder.path().join(version)).unwrap();
        }
        let newest = newest(folder.path()).unwrap();
        assert_eq!(newest, folder.path().join("27.2.0"));
        assert_eq!(Ndk::at(&newest), None);
        let bin = newest.join("toolchains/llvm/prebuilt/linux-x86_64/bin");
        fs::create_dir_all(&bin).unwrap();
        assert_eq!(Ndk::at(&newest), Some(Ndk { bin }));
    }
}
