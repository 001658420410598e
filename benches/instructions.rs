//! Instructions per operation, counted by callgrind through gungraun; `cargo xtask bench --guard` reads them.
//!
//! valgrind shows no SHA instructions to the program, so that hashes are software's here whatever the machine has;
//! `cargo xtask bench --guard` builds with software hashes to be sure of it.
#![allow(missing_docs, unused_qualifications, reason = "gungraun's macros make modules of their own")]

use std::hint::black_box;

use gungraun::{Callgrind, Dhat, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main};
use planguard_bench::operation::Prepared;

#[library_benchmark(setup = Prepared::of)]
#[bench::feature("feature")]
#[bench::lifecycle("lifecycle")]
#[bench::check_by_id("check_by_id")]
#[bench::check_by_fresh_id("check_by_fresh_id")]
#[bench::check_by_handle("check_by_handle")]
#[bench::login_again("login_again")]
#[bench::first_login("first_login")]
#[bench::record("record")]
#[bench::open("open")]
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
