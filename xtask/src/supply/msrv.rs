//! The oldest compiler: what `rust-version` says is true.

use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::report::Findings;
use crate::step;
use crate::workspace::Workspace;

/// Compiles the library with that compiler where rustup has it or gets it. Always: no dependency in the lock file asks for a
/// newer one, and clippy's `incompatible_msrv` (among the lints) refuses what the standard library did not have then.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Findings> {
    let metadata = metadata(workspace)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let ours = packages.iter().find(|package| package["name"] == "planguard").context("no planguard")?;
    let oldest = ours["rust_version"].as_str().context("planguard has no rust-version")?.to_owned();
    let mut findings = Findings { problems: newer(packages, &oldest)?, ..Findings::default() };
    println!("msrv: {} packages ask for Rust {oldest} at most", packages.len() - findings.problems.len());

    if !has(workspace, &oldest) {
        let note = format!(
            "RUST {oldest} DID NOT COMPILE IT: rustup cannot get that toolchain here. What was checked instead: the \
             rust-version of every dependency, and clippy's incompatible_msrv"
        );
        println!("\n{note}\n");
        findings.notes.push(note);
        return Ok(findings);
    }
    for features in [&["--all-features"][..], &["--no-default-features"]] {
        let mut command = rustup(workspace);
        command.args(["run", &oldest, "cargo", "check", "--locked", "--package", "planguard", "--lib"]);
        command.args(features).env("CARGO_PROFILE_DEV_DEBUG", "0");
        // Beside what this compiler builds: the two would wait for each other.
        command.env("CARGO_TARGET_DIR", workspace.target.join("msrv"));
        findings.step(&step::run(&format!("check with Rust {oldest}"), &mut command)?);
    }
    Ok(findings)
}

fn metadata(workspace: &Workspace) -> anyhow::Result<Value> {
    let mut command = workspace.cargo(["metadata", "--locked", "--format-version", "1"]);
    let output = command.output().context("cargo metadata did not start")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Packages that ask for a newer compiler.
fn newer(packages: &[Value], oldest: &str) -> anyhow::Result<Vec<String>> {
    let limit = version(oldest)?;
    let mut found = Vec::new();
    for package in packages {
        let Some(asked) = package["rust_version"].as_str() else { continue };
        if version(asked)? > limit {
            found.push(format!(
                "{} {} asks for Rust {asked}; planguard says {oldest}",
                package["name"].as_str().unwrap_or("?"),
                package["version"].as_str().unwrap_or("?"),
            ));
        }
    }
    Ok(found)
}

/// `1.89` as `[1, 89, 0]`.
fn version(text: &str) -> anyhow::Result<[u64; 3]> {
    let mut parts = [0; 3];
    for (part, text) in parts.iter_mut().zip(text.split('.')) {
        *part = text.parse().with_context(|| format!("`{text}` is no version"))?;
    }
    Ok(parts)
}

/// rustup, without the toolchain that runs this.
fn rustup(workspace: &Workspace) -> Command {
    let mut command = workspace.command("rustup");
    command.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO").env_remove("RUSTC");
    command
}

/// Whether that toolchain is here, or could be fetched.
fn has(workspace: &Workspace, oldest: &str) -> bool {
    let works = || step::succeeds(rustup(workspace).args(["run", oldest, "rustc", "--version"]));
    // Another name of the same toolchain may be here: `1.89.0`.
    works() || {
        println!("Rust {oldest} is not here; fetching it once");
        step::succeeds(rustup(workspace).args(["toolchain", "install", oldest, "--profile", "minimal"]))
            && works()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_that_asks_for_more_is_a_problem() {
        let package = |asked| serde_json::json!({ "name": "a", "version": "1.2.3", "rust_version": asked });
        let packages = [package(Some("1.89.0")), package(Some("1.9")), package(None)];
        assert!(newer(&packages, "1.89").unwrap().is_empty());
        assert_eq!(
            newer(&[package(Some("1.89.1"))], "1.89").unwrap(),
            ["a 1.2.3 asks for Rust 1.89.1; planguard says 1.89"]
        );
        assert!(newer(&[package(Some("new"))], "1.89").is_err());
    }
}
