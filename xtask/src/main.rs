//! planguard's development commands. `cargo xtask --help` lists them; `.ci/run` runs the same ones.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line program talks to a terminal")]

mod bench;
mod beside;
mod catalogs;
mod ci;
mod deny;
mod failed;
mod fuzz;
mod image;
mod lower;
mod mobile;
mod package;
mod repo;
mod report;
mod size;
mod step;
mod suites;
mod supply;
mod surface;
mod tally;
mod task;
mod tool;
mod toolchain;
mod torture;
mod wasm;
mod web;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use workspace::Workspace;

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "planguard's development commands")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run every test suite, in every language; a skipped test is a failure.
    Test(task::Selection),
    /// Check that the crate compiles for wasm32-unknown-unknown, bare and with the `UniFFI` face.
    CheckWasm {
        /// Which toolchain to take the target from.
        #[arg(long, value_enum, default_value_t)]
        toolchain: wasm::Toolchain,
    },
    /// Run everything that must be green before a change lands: formatting, lints, docs, licences, tests.
    Ci(task::Selection),
    /// Generate the lower layer of Kotlin, Swift, Python and TypeScript into their packages, for a look at it or for an IDE.
    Bindings(lower::Languages),
    /// Make every package anew in `target/packages`: the jars and the AAR, the Swift package, the wheel,
    /// the npm package.
    Package(package::Options),
    /// Build the npm package in `bindings/web`: module, tables, bundles and types.
    Web,
    /// Write the built-in price lists as Rust constants, from their tables.
    Catalogs,
    /// Weigh the library that phones are shipped, with each set of features, and the npm package, against their budgets.
    Size(size::Options),
    /// Compile the library with every set of its features, or with those of a few.
    Features(supply::features::Options),
    /// Measure planguard beside its peers and judge the targets; with --guard, judge the budgets.
    Bench(bench::Options),
    /// Run the fuzz targets: what comes from outside, and sequences of actions against a model.
    Fuzz(fuzz::Options),
    /// Kill processes that use planguard and break their stores, for so many minutes; fails when anything was lost.
    Torture(torture::Options),
    /// Build the image of the billing endpoint and try it, with Docker or buildah.
    Image(image::Options),
    /// Install Postgres and Redis where they are missing (Debian, root): tests start servers of their own.
    Servers,
    /// Check what no compiler checks: file lengths, machine paths, lock file sources, versions of packages.
    LintRepo,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            println!("0 passed, 1 failed");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<bool> {
    let workspace = Workspace::find()?;
    match command {
        Command::Test(selection) => {
            selection.run("test", &suites::ALL.iter().collect::<Vec<_>>(), &workspace)
        }
        Command::Ci(selection) => {
            selection.run("ci", &ci::CHECKS.iter().chain(suites::ALL).collect::<Vec<_>>(), &workspace)
        }
        Command::CheckWasm { toolchain } => Ok(report::conclude(&[task::timed("check-wasm", || {
            wasm::check(&workspace, toolchain, wasm::Shape::Linked)
        })])),
        Command::Bindings(languages) => {
            Ok(report::conclude(&[task::timed("bindings", || lower::bindings(&workspace, &languages))]))
        }
        Command::Package(options) => {
            Ok(report::conclude(&[task::timed("package", || package::run(&workspace, &options))]))
        }
        Command::Web => Ok(report::conclude(&[task::timed("web", || {
            web::build(&workspace).map(|(_, findings)| findings)
        })])),
        Command::Catalogs => Ok(report::conclude(&[task::timed("catalogs", || catalogs::write(&workspace))])),
        Command::Size(options) => {
            Ok(report::conclude(&[task::timed("size", || size::run(&workspace, &options))]))
        }
        Command::Features(options) => {
            Ok(report::conclude(&[task::timed("features", || supply::features::run(&workspace, &options))]))
        }
        Command::Bench(options) => bench::run(&workspace, &options),
        Command::Fuzz(options) => {
            Ok(report::conclude(&[task::timed("fuzz", || fuzz::run(&workspace, &options))]))
        }
        Command::Image(options) => {
            Ok(report::conclude(&[task::timed("image", || image::run(&workspace, &options))]))
        }
        Command::Servers => toolchain::servers::ready(&workspace).map(|()| true),
        Command::Torture(options) => {
            Ok(report::conclude(&[task::timed("torture", || torture::run(&workspace, &options))]))
        }
        Command::LintRepo => Ok(report::conclude(&[task::timed("lint-repo", || repo::lint(&workspace))])),
    }
}
