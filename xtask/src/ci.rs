//! What must be green besides the tests before a change lands; the same table locally and in `.ci/run`.

use anyhow::Result;

use crate::report::Findings;
use crate::task::{Lane, Task};
use crate::workspace::Workspace;
use crate::{bench, deny, fuzz, repo, size, step, supply, surface, tally, torture, wasm};

/// Every check, the quick ones first.
pub(crate) const CHECKS: &[Task] = &[
    Task { name: "fmt", about: "formatting", lane: Lane::Main, run: fmt },
    Task {
        name: "lint-repo",
        about: "file lengths, machine paths, lock file sources, versions",
        lane: Lane::Main,
        run: repo::lint,
    },
    Task { name: "clippy", about: "lints of everything with every feature", lane: Lane::Main, run: clippy },
    Task { name: "doc", about: "documentation, warnings are errors", lane: Lane::Main, run: doc },
    Task {
        name: "public-names",
        about: "the names that apps see, against a list",
        lane: Lane::Main,
        run: surface::check,
    },
    Task {
        name: "check-wasm",
        about: "the crate for wasm32-unknown-unknown, without features",
        lane: Lane::Beside,
        run: check_wasm,
    },
    Task {
        name: "budgets",
        about: "instructions and allocations of what apps call most",
        lane: Lane::Beside,
        run: bench::guard,
    },
    Task {
        name: "torture",
        about: "kills, full disks, locks and damaged files, a minute",
        lane: Lane::Main,
        run: torture::check,
    },
    Task {
        name: "size",
        about: "bytes of the library for phones, with SQLite",
        lane: Lane::Beside,
        run: size::check,
    },
    Task {
        name: "models",
        about: "threads and tasks in every order, within bounds",
        lane: Lane::Main,
        run: models,
    },
    Task {
        name: "fuzz",
        about: "the kept inputs of every fuzz target, and some seconds of new ones",
        lane: Lane::Beside,
        run: fuzz::check,
    },
    Task {
        name: "features",
        about: "lints of the library with few and many of its features",
        lane: Lane::Main,
        run: supply::features::few,
    },
    Task {
        name: "minimal",
        about: "the oldest versions of dependencies",
        lane: Lane::Beside,
        run: supply::minimal::check,
    },
    Task { name: "msrv", about: "the oldest compiler", lane: Lane::Beside, run: supply::msrv::check },
    Task {
        name: "names",
        about: "public names since the last tag",
        lane: Lane::Main,
        run: supply::names::check,
    },
    Task { name: "deny", about: "licences, bans, sources, advisories", lane: Lane::Beside, run: deny::check },
];

fn fmt(workspace: &Workspace) -> Result<Findings> {
    cargo(workspace, &[&["fmt", "--all", "--", "--check"]])
}

/// Every target with every feature. Other sets are what `features` is for.
fn clippy(workspace: &Workspace) -> Result<Findings> {
    let all = ["--workspace", "--all-targets", "--all-features"];
    cargo(workspace, &[&[&["clippy", "--locked"], &all[..], &["--", "-D", "warnings"]].concat()])
}

fn doc(workspace: &Workspace) -> Result<Findings> {
    let mut command = workspace.cargo(["doc", "--locked", "--workspace", "--no-deps", "--all-features"]);
    let mut findings = Findings::default();
    findings.step(&step::run("cargo doc", command.env("RUSTDOCFLAGS", "-D warnings"))?);
    Ok(findings)
}

/// Without the face: the suite `web` links that.
fn check_wasm(workspace: &Workspace) -> Result<Findings> {
    wasm::check(workspace, wasm::Toolchain::Auto, wasm::Shape::Bare)
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
