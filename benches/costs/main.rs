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
use std::process::ExitCode;

use planguard_bench::cli::{Arguments, Section};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Every section, by its name in `--only`.
const SECTIONS: &[(&str, Section)] = &[("reads", reads::run), ("bytes", bytes::run)];

fn main() -> ExitCode {
    let arguments = Arguments::of_process();
    match arguments.child.first().map(String::as_str) {
        None => {}
        Some("read") => {
            reads::child(&arguments.child[1]);
            return ExitCode::SUCCESS;
        }
        Some(other) => panic!("{other}: there is read"),
    }
    arguments.run(SECTIONS)
}
