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

use planguard_bench::cli::Arguments;
use planguard_bench::report::Report;

type Section = fn(&Arguments, &mut Report);

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

fn main() {
    let arguments = Arguments::of_process();
    if !arguments.child.is_empty() {
        return section::start::child(&arguments.child);
    }
    let names: Vec<_> = SECTIONS.iter().map(|(name, _)| *name).collect();
    arguments.check(&names);
    let mut report = Report::default();
    for (name, run) in SECTIONS.iter().filter(|(name, _)| arguments.wants(name)) {
        println!("{name}");
        run(&arguments, &mut report);
    }
    if let Some(path) = &arguments.json {
        report.write(path);
    }
}
