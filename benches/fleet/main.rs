//! What stores cost that a fleet shares: reservations a second beside a bare `UPDATE ... WHERE` on the same server, and the
//! bytes of a user on the server and in a process.
//!
//! `cargo xtask bench --fleet` runs it, with `--only sizes` or `--only reservations` one half.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a benchmark prints, fails by panicking, measures real time, and divides counts"
)]

mod child;
mod kind;
mod reservations;
mod sizes;

use std::process::ExitCode;

use planguard_bench::cli::{Arguments, Section};

/// Every section, by its name in `--only`.
const SECTIONS: &[(&str, Section)] =
    &[("reservations", |_, _| reservations::run()), ("sizes", |arguments, _| sizes::run(arguments))];

fn main() -> ExitCode {
    let arguments = Arguments::of_process();
    let words: Vec<_> = arguments.child.iter().map(String::as_str).collect();
    match words[..] {
        [] => return arguments.run(SECTIONS),
        ["reserve", kind, place] => reservations::take_part(kind.parse().unwrap(), place),
        ["hold", kind, place, users] => sizes::hold(kind.parse().unwrap(), place, users.parse().unwrap()),
        _ => panic!("{words:?}: there are reserve KIND PLACE, hold KIND PLACE USERS"),
    }
    ExitCode::SUCCESS
}
