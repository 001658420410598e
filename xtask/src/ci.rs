//! What must be green besides the tests before a change lands; the same table locally and in `.ci/run`.

use anyhow::Result;

use crate::report::Findings;
use crate::task::Task;
use crate::workspace::Workspace;
use crate::{bench, deny, fuzz, repo, size, step, supply, surface, tally, torture, wasm};

/// Every check, the quick ones first.
pub(crate) const CHECKS: &[Task] = &[
    Task { name: "fmt", about: "formatting", run: fmt },
    Task {
        name: "lint-repo",
        about: "file lengths, machine paths, lock file sources, versions",
        run: repo::lint,
    },
    Task { name: "clippy", about: "lints with all, default, single and no features", run: clippy },
    Task { name: "doc", about: "documentation, warnings are errors", run: doc },
    Task { name: "public-names", about: "the names that apps see, against a list", run: surface::check },
    Task { name: "check-wasm", about: "the crate for wasm32-unknown-unknown", run: check_wasm },
    Task { name: "budgets", about: "instructions and allocations of what apps call most", run: bench::guard },
    Task {
        name: "torture",
        about: "kills, full disks, locks and damaged files, a minute",
        run: torture::check,
    },
    Task { name: "size", about: "bytes of the library for phones, with SQLite", run: size::check },
    Task { name: "models", about: "threads and tasks in every order, within bounds", run: models },
    Task {
        name: "fuzz",
        about: "the kept inputs of every fuzz target, and some seconds of new ones",
        run: fuzz::check,
    },
    Task {
        name: "features",
        about: "the library with few and many of its features",
        run: supply::features::few,
    },
    Task { name: "minimal", about: "the oldest versions of dependencies", run: supply::minimal::check },
    Task { name: "msrv", about: "the oldest compiler", run: supply::msrv::check },
    Task { name: "names", about: "public names since the last tag", run: supply::names::check },
    Task { name: "deny", about: "licences, bans, sources, advisories", run: deny::check },
];

fn fmt(workspace: &Workspace) -> Result<Findings> {
    cargo(workspace, &[&["fmt", "--all", "--", "--check"]])
}

/// Every target with every feature and with the default ones; the library alone in each smaller shape.
fn clippy(workspace: &Workspace) -> Result<Findings> {
    const SHAPES: [&[&str]; 10] = [
        &["--workspace", "--all-targets", "--all-features"],
        &["--package", "planguard", "--all-targets"],
        &["--package", "planguard-simulate", "--all-targets"],
        &["--package", "planguard", "--no-default-features"],
        &["--package", "planguard", "--no-default-features", "--features", "http"],
        &["--package", "planguard", "--no-default-features", "--features", "sqlite"],
        &["--package", "planguard", "--no-default-features", "--features", "toml"],
        &["--package", "planguard", "--no-default-features", "--features", "zones"],
        &["--package", "planguard", "--no-default-features", "--features", "decisions"],
        // What phones are shipped.
        &["--package", "planguard", "--no-default-features", "--features", "ffi,sqlite,http"],
    ];
    let commands = SHAPES.map(|shape| [&["clippy", "--locked"], shape, &["--", "-D", "warnings"]].concat());
    cargo(workspace, &commands.each_ref().map(Vec::as_slice))
}

fn doc(workspace: &Workspace) -> Result<Findings> {
    let mut command = workspace.cargo(["doc", "--locked", "--workspace", "--no-deps", "--all-features"]);
    let mut findings = Findings::default();
    findings.step(&step::run("cargo doc", command.env("RUSTDOCFLAGS", "-D warnings"))?);
    Ok(findings)
}

fn check_wasm(workspace: &Workspace) -> Result<Findings> {
    wasm::check(workspace, wasm::Toolchain::Auto)
}

/// The workspace is selected, so that what is built here is what the tests are built with.
fn models(workspace: &Workspace) -> Result<Findings> {
    let mut command =
        workspace.cargo(["test", "--locked", "--workspace", "--all-features", "--no-fail-fast"]);
    let finished = step::run("models", command.args(["--test", "lockless", "--test", "tasks"]))?;
    let mut findings = Findings::default();
    findings.tests(&finished, tally::Tally::from_libtest(&finished.lines));
    Ok(findings)
}

fn cargo(workspace: &Workspace, commands: &[&[&str]]) -> Result<Findings> {
    let mut findings = Findings::default();
    for &args in commands {
        let name = format!("cargo {}", args.join(" "));
        findings.step(&step::run(&name, &mut workspace.cargo(args.iter().copied()))?);
    }
    Ok(findings)
}
