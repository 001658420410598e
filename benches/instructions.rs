//! Instructions and allocations of each operation that has a budget, counted by callgrind and DHAT through gungraun.
//! `cargo xtask bench --guard` runs it; the number in each line is how many calls are counted together.
//!
//! valgrind shows no SHA instructions to the program, so that hashes are software's here whatever the machine has;
//! `cargo xtask bench --guard` builds with software hashes to be sure of it.
#![allow(missing_docs, unused_qualifications, reason = "gungraun's macros make modules of their own")]

use std::hint::black_box;

use gungraun::{Callgrind, Dhat, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main};
use planguard_bench::operation::Prepared;

#[library_benchmark(setup = Prepared::of)]
#[bench::feature("feature", 200)]
#[bench::lifecycle("lifecycle", 200)]
#[bench::check_by_id("check_by_id", 200)]
#[bench::check_by_fresh_id("check_by_fresh_id", 200)]
#[bench::check_by_handle("check_by_handle", 200)]
#[bench::check_first_sight("check_first_sight", 200)]
#[bench::login_again("login_again", 200)]
#[bench::first_login("first_login", 200)]
#[bench::record("record", 200)]
#[bench::open("open", 1)]
fn operation(mut prepared: Prepared) -> Prepared {
    black_box(&mut prepared).run();
    // Given back, so that its end is not counted.
    prepared
}

library_benchmark_group!(name = operations; benchmarks = operation);

main!(
    config = LibraryBenchmarkConfig::default()
        .tool(Callgrind::with_args(["--cache-sim=no"]))
        .tool(Dhat::default());
    library_benchmark_groups = operations
);
