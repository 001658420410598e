//! What is checked of a native library before it is packed.

use std::collections::BTreeSet;

use anyhow::{Context, bail, ensure};
use object::{Object, ObjectSegment};

use crate::toolchain::ndk::{ABIS, Abi};

/// Devices with pages of 16 KB load nothing that is aligned to less.
const PAGE: u64 = 16_384;

/// The functions of the interface that a library exports: what the generated code of a version calls.
pub(super) fn interface(name: &str, bytes: &[u8]) -> anyhow::Result<BTreeSet<String>> {
    let file = object::File::parse(bytes).with_context(|| format!("{name} is no library"))?;
    let exports = file.exports().with_context(|| format!("{name}: reading what it exports"))?;
    let names = exports.iter().map(|export| String::from_utf8_lossy(export.name()).into_owned());
    let interface: BTreeSet<_> = names
        .filter_map(|name| {
            Some(name.trim_start_matches('_').to_owned()).filter(|name| name.contains("uniffi_"))
        })
        .collect();
    ensure!(!interface.is_empty(), "{name} exports no interface: it was built without the feature `ffi`");
    Ok(interface)
}

/// Fails for a library with symbols: they are half of its size, and hold names that nobody needs.
pub(super) fn require_stripped(name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let file = object::File::parse(bytes).with_context(|| format!("{name} is no library"))?;
    ensure!(file.section_by_name(".symtab").is_none(), "{name} has symbols: strip it");
    ensure!(file.section_by_name(".debug_info").is_none(), "{name} has debug information: strip it");
    Ok(())
}

/// The ABI that a folder is named by.
pub(super) fn abi(name: &str) -> anyhow::Result<&'static Abi> {
    let known = ABIS.iter().map(|abi| abi.name).collect::<Vec<_>>().join(", ");
    ABIS.iter()
        .find(|abi| abi.name == name)
        .with_context(|| format!("`{name}` is no ABI that planguard is packed for; there are: {known}"))
}

/// Fails for a library that Android would not load, or that is of another version than `interface`.
pub(super) fn check_android(abi: &Abi, bytes: &[u8], interface: &BTreeSet<String>) -> anyhow::Result<()> {
    let name = format!("{}/libplanguard.so", abi.name);
    let file = object::File::parse(bytes).with_context(|| format!("{name} is no library"))?;
    let machine = file.architecture();
    ensure!(machine == abi.machine, "{name} is for {machine:?}, not for {:?}", abi.machine);
    let glibc = bytes.windows(b"libc.so.6\0".len()).any(|window| window == b"libc.so.6\0");
    ensure!(!glibc, "{name} is linked with glibc, which Android does not have: build it with the NDK");
    if let Some(segment) = file.segments().find(|segment| abi.wide && segment.align() < PAGE) {
        let align = segment.align();
        bail!("{name} is aligned to {align} bytes: link it with -z max-page-size={PAGE}");
    }
    require_stripped(&name, bytes)?;
    require_same(&name, interface, bytes)
}

/// Fails where a library has another interface: it was built from another version.
pub(super) fn require_same(name: &str, interface: &BTreeSet<String>, bytes: &[u8]) -> anyhow::Result<()> {
    let own = self::interface(name, bytes)?;
    if let Some(other) = own.symmetric_difference(interface).next() {
        bail!("{name} is of another version than this workspace: only one of them has `{other}`");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shared library for this machine that exports the given functions, made by the linker of this machine.
    fn linked(functions: &[&str], flags: &[&str]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let (source, library) = (folder.path().join("a.c"), folder.path().join("a.so"));
        let text =
            functions.iter().map(|name| format!("void {name}(void) {{}}")).collect::<Vec<_>>().join("\n");
        std::fs::write(&source, text).unwrap();
        let mut command = std::process::Command::new("cc");
        command.args(["-shared", "-fPIC", "-nostdlib"]).args(flags).arg("-o").arg(&library).arg(&source);
        assert!(command.status().unwrap().success());
        std::fs::read(library).unwrap()
    }

    fn this_machine() -> &'static Abi {
        abi(if cfg!(target_arch = "aarch64") { "arm64-v8a" } else { "x86_64" }).unwrap()
    }

    fn other_machine() -> &'static Abi {
        abi(if cfg!(target_arch = "aarch64") { "x86_64" } else { "arm64-v8a" }).unwrap()
    }

    const ALIGNED: &str = "-Wl,-z,max-page-size=16384";

    #[test]
    fn a_folder_that_is_no_abi_is_refused() {
        let error = abi("arm64").unwrap_err().to_string();
        assert!(
            error.contains("`arm64` is no ABI") && error.contains("arm64-v8a, armeabi-v7a, x86_64"),
            "{error}"
        );
    }

    #[test]
    fn a_library_must_be_what_its_folder_says() {
        let good = linked(&["uniffi_planguard_a"], &["-s", ALIGNED]);
        let interface = interface("good", &good).unwrap();
        check_android(this_machine(), &good, &interface).unwrap();
        let refusal = |abi, bytes: &[u8]| check_android(abi, bytes, &interface).unwrap_err().to_string();
        assert!(refusal(other_machine(), &good).contains("is for "));
        assert!(refusal(this_machine(), b"text").contains("is no library"));
        let glibc = [&good[..], b"\0libc.so.6\0"].concat();
        assert!(refusal(this_machine(), &glibc).contains("linked with glibc"));
        let symbols = linked(&["uniffi_planguard_a"], &[ALIGNED]);
        assert!(refusal(this_machine(), &symbols).contains("has symbols"));
        let narrow = linked(&["uniffi_planguard_a"], &["-s", "-Wl,-z,max-page-size=4096"]);
        assert!(refusal(this_machine(), &narrow).contains("aligned to 4096 bytes"));
    }

    #[test]
    fn a_library_of_another_version_is_refused() {
        let this =
            interface("this", &linked(&["uniffi_planguard_a", "uniffi_planguard_b"], &["-s"])).unwrap();
        let other = linked(&["uniffi_planguard_a"], &["-s", ALIGNED]);
        let error = check_android(this_machine(), &other, &this).unwrap_err().to_string();
        assert!(error.contains("another version") && error.contains("uniffi_planguard_b"), "{error}");
        assert!(
            interface("none", &linked(&["main"], &["-s"]))
                .unwrap_err()
                .to_string()
                .contains("without the feature")
        );
    }
}
