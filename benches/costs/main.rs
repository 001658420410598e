//! What planguard's operations cost besides time: allocations, locks and system calls of reads, bytes of users.
//!
//! `cargo xtask bench` runs it.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a benchmark prints, fails by panicking, measures real time, and divides counts"
)]

mod allocations;
mod bytes;
mod reads;

use std::alloc::System;

use planguard_bench::cli::Arguments;
use planguard_bench::report::Report;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

type Section = fn(&Arguments, &mut Report);

/// Every section, by its name in `--only`.
const SECTIONS: &[(&str, Section)] = &[("reads", reads::run), ("bytes", bytes::run)];

fn main() {
    let arguments = Arguments::of_process();
    match arguments.child.first().map(String::as_str) {
        None => {}
        Some("read") => return reads::child(&arguments.child[1]),
        Some(other) => panic!("{other}: there is read"),
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
