//! `cargo xtask fuzz`: the targets in `fuzz/`, built with coverage and run by libFuzzer.
//!
//! The library is safe Rust, so no sanitizer is asked for, and the toolchain at hand builds the targets: coverage is a
//! pass of LLVM that stable compilers run too. `cargo fuzz` can run the same folder where it is installed.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use clap::Args;

use crate::report::Findings;
use crate::step;
use crate::workspace::Workspace;

/// What cargo-fuzz has the compiler do, but for a sanitizer.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
                     -Cllvm-args=-sanitizer-coverage-trace-compares";

/// For how long each target looks for new inputs in CI, after it has run the kept ones.
const CI_SECONDS: u64 = 5;

/// What to run, and for how long.
#[derive(Args)]
pub(crate) struct Options {
    /// Run only these targets (repeatable).
    #[arg(long, value_name = "NAME")]
    target: Vec<String>,
    /// For how many seconds each target looks for new inputs.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// The longest input in bytes; libFuzzer goes by the longest kept one otherwise.
    #[arg(long, value_name = "BYTES")]
    max_len: Option<u64>,
}

/// As CI does: every target, from the same number each time.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Findings> {
    let options = Options { target: Vec::new(), seconds: CI_SECONDS, max_len: None };
    fuzz(workspace, &options, &["-seed=1".into()])
}

/// As asked for.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<Findings> {
    fuzz(workspace, options, &[])
}

fn fuzz(workspace: &Workspace, options: &Options, more: &[OsString]) -> anyhow::Result<Findings> {
    let targets = targets(&workspace.root.join("fuzz/fuzz_targets"), &options.target)?;
    let built = build(workspace)?;
    let mut findings = Findings::default();
    for target in targets {
        let mut command = workspace.command(built.join(&target));
        let found = workspace.target.join("fuzz/corpus").join(&target);
        let artifacts = workspace.target.join("fuzz/artifacts").join(&target);
        for folder in [&found, &artifacts] {
            fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        }
        // New inputs go to the first folder; the kept ones are run as well.
        command.args([&found, &workspace.root.join("fuzz/corpus").join(&target)]);
        let mut prefix = OsString::from("-artifact_prefix=");
        prefix.push(artifacts.join(""));
        command.arg(prefix).args(more).args(["-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2048"]);
        command.arg(format!("-max_total_time={}", options.seconds));
        command.args(options.max_len.map(|bytes| format!("-max_len={bytes}")));
        let words = format!("fuzz/dictionaries/{target}.dict");
        if workspace.root.join(&words).is_file() {
            command.arg(format!("-dict={words}"));
        }
        let finished = step::run_showing(&format!("fuzz {target}"), &mut command, is_for_people)?;
        findings.step(&finished);
        match finished.lines.iter().find_map(|line| runs(line)) {
            Some(runs) if runs > 0 => findings.notes.push(format!("{target}: {runs} inputs")),
            _ if finished.success => findings.problems.push(format!("{target}: no input was run")),
            _ => {}
        }
    }
    Ok(findings)
}

/// The targets that are asked for, or all.
fn targets(folder: &Path, asked: &[String]) -> anyhow::Result<Vec<String>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        all.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    }
    all.sort();
    for name in asked {
        ensure!(all.contains(name), "`{name}` is no target; there are: {}", all.join(", "));
    }
    all.retain(|name| asked.is_empty() || asked.contains(name));
    Ok(all)
}

/// Builds all targets; gives the folder in which they are.
fn build(workspace: &Workspace) -> anyhow::Result<std::path::PathBuf> {
    let output =
        workspace.command("rustc").args(["--print", "host-tuple"]).output().context("rustc is not here")?;
    let host = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let target = workspace.target.join("fuzz");
    // The target is named so that the flags are for what it runs, not for build scripts. The lock file is not held to:
    // it follows what the library depends on.
    let mut command = workspace.cargo(["build", "--release", "--target", &host]);
    command
        .args(["--manifest-path", "fuzz/Cargo.toml"])
        .env("CARGO_TARGET_DIR", &target)
        .env("RUSTFLAGS", FLAGS);
    step::run("build the fuzz targets", &mut command)?.require()?;
    Ok(target.join(host).join("release"))
}

/// Every new input is a line of its own otherwise.
fn is_for_people(line: &str) -> bool {
    !line.starts_with('#') && !line.starts_with("\tNEW_FUNC") && !line.contains("NEW_FUNC[")
}

fn runs(line: &str) -> Option<u64> {
    line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_runs_is_read_and_progress_is_not_shown() {
        assert_eq!(runs("stat::number_of_executed_units: 1234"), Some(1234));
        assert_eq!(runs("stat::average_exec_per_sec:     12"), None);
        assert!(is_for_people("Done 12 runs in 1 second(s)") && !is_for_people("#12 NEW cov: 3"));
    }

    #[test]
    fn a_misspelt_target_is_refused() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/fuzz_targets");
        let error = targets(&folder, &["documents".to_owned()]).err().unwrap();
        assert!(error.to_string().starts_with("`documents` is no target; there are: actions, "), "{error}");
        assert_eq!(targets(&folder, &["document".to_owned()]).unwrap(), ["document"]);
    }
}
