//! planguard beside named libraries, in one run: times, ratios, and whether each target holds.
//!
//! `cargo xtask bench` runs it and makes `docs/PERFORMANCE.md` of what it found. On its own:
//! `cargo bench --package planguard-bench --features peers --bench peers -- --quick --only features`.
//!
//! Contestants take turns in short rounds; ratios are of minima. Machines are shared: a minimum is what the code needs,
//! a median what it got here.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a benchmark prints, fails by panicking, measures real time, and divides counts"
)]

mod peer;
mod rounds;
mod section;

use std::process::ExitCode;

use planguard_bench::cli::{Arguments, Section};

/// Every section, by its name in `--only`.
const SECTIONS: &[(&str, Section)] = &[
    ("features", section::features::run),
    ("checks", section::checks::run),
    ("logins", section::logins::run),
    ("waiters", section::waiters::run),
    ("growth", section::growth::run),
    ("million", section::million::run),
    ("first-logins", section::first_logins::run),
    ("start", section::start::run),
];

fn main() -> ExitCode {
    let arguments = Arguments::of_process();
    if !arguments.child.is_empty() {
        section::start::child(&arguments.child);
        return ExitCode::SUCCESS;
    }
    arguments.run(SECTIONS)
}
