//! Lower bounds: the crate as it is published compiles with the oldest versions that it says it works with.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use flate2::read::GzDecoder;

use crate::package::versions;
use crate::report::Findings;
use crate::step;
use crate::workspace::Workspace;

/// Compiles it so, in a folder outside the workspace, whose other packages have bounds of their own.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Findings> {
    let outside = tempfile::tempdir().context("making a folder for the crate")?;
    let folder = unpacked(workspace, outside.path())?;
    let manifest = folder.join("Cargo.toml");
    fs::write(&manifest, alone(&fs::read_to_string(&manifest)?)?).context("writing its Cargo.toml")?;
    let mut findings = Findings::default();

    // What the crate names itself in the oldest versions, what those need in the newest: `-Z` of a stable cargo.
    let mut command = workspace.cargo(["-Z", "direct-minimal-versions", "generate-lockfile"]);
    command.current_dir(&folder).env("RUSTC_BOOTSTRAP", "1");
    let resolved = step::run("oldest versions", &mut command)?;
    findings.step(&resolved);
    if resolved.success {
        let mut command = workspace.cargo(["check", "--locked", "--lib", "--all-features"]);
        command.current_dir(&folder).env("CARGO_TARGET_DIR", workspace.target.join("minimal"));
        command.env("CARGO_PROFILE_DEV_DEBUG", "0");
        findings.step(&step::run("check with the oldest versions", &mut command)?);
    }
    Ok(findings)
}

/// Packs the crate, and unpacks it in `outside`.
fn unpacked(workspace: &Workspace, outside: &Path) -> anyhow::Result<PathBuf> {
    // What is not committed yet is tested too.
    let mut command = workspace.cargo(["package", "--package", "planguard", "--no-verify", "--allow-dirty"]);
    step::run("pack the crate", &mut command)?.require()?;
    let name = format!("planguard-{}", versions::of(workspace)?);
    let packed = workspace.target.join("package").join(format!("{name}.crate"));
    let file = File::open(&packed).with_context(|| format!("opening {}", packed.display()))?;
    tar::Archive::new(GzDecoder::new(file)).unpack(outside).context("unpacking the crate")?;
    let lock = outside.join(&name).join("Cargo.lock");
    if lock.exists() {
        fs::remove_file(lock)?;
    }
    Ok(outside.join(name))
}

/// The manifest of a package that belongs to no workspace, without what only its tests and examples need.
fn alone(manifest: &str) -> anyhow::Result<String> {
    let mut manifest: toml::Table = toml::from_str(manifest).context("reading the crate's Cargo.toml")?;
    ensure!(manifest.contains_key("dependencies"), "the crate's Cargo.toml names no dependencies");
    manifest.remove("dev-dependencies");
    manifest.insert("workspace".to_owned(), toml::Table::new().into());
    for target in manifest.get_mut("target").and_then(toml::Value::as_table_mut).into_iter().flatten() {
        target.1.as_table_mut().map(|target| target.remove("dev-dependencies"));
    }
    Ok(toml::to_string(&manifest)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_tests_need_has_no_bound_that_counts() {
        let text = "[package]\nname = 'a'\n[dependencies]\nb = '1'\n[dev-dependencies]\nc = '1'\n\
                    [target.x.dependencies]\nd = '1'\n[target.x.dev-dependencies]\ne = '1'\n";
        let manifest: toml::Table = toml::from_str(&alone(text).unwrap()).unwrap();
        let expected = "dependencies.b='1'\npackage.name='a'\ntarget.x.dependencies.d='1'\nworkspace={}\n";
        assert_eq!(manifest, toml::from_str(expected).unwrap());
        assert!(alone("[package]\nname = 'a'\n").is_err());
    }
}
