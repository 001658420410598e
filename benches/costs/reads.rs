//! Reads allocate nothing, take no lock and make no system call: each is shown in its own way.
//!
//! - Allocations are counted by the allocator.
//! - Locks: every mutex of the crate is `planguard::lock::Mutex`, which panics while it is forbidden
//!   (`lock::without_locks`); a test reads every source for others. A lock inside a library is not seen so.
//! - System calls are counted by strace in a process of its own, between two calls that mark the reads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use planguard::lock::without_locks;
use planguard::store::MemoryStore;
use planguard_bench::cli::Arguments;
use planguard_bench::operation::{CALLS, OPERATIONS, Operation, Prepared};
use planguard_bench::process;
use planguard_bench::report::{Report, Target, Wanted};

use crate::allocations;

/// What counts as a read.
const READS: [&str; 6] =
    ["feature", "lifecycle", "check_by_id", "check_by_fresh_id", "check_by_handle", "login_again"];

/// A path that does not exist; asking for it marks where reads begin and end in the list of system calls.
const MARK: &str = "planguard-bench-reads-begin-or-end";

pub(crate) fn run(_: &Arguments, report: &mut Report) {
    let reads = || OPERATIONS.iter().filter(|operation| READS.contains(&operation.name));
    let calls = CALLS * READS.len();
    assert_eq!(reads().count(), READS.len(), "a read has no operation");
    assert_eq!(allocations::count(|| drop(std::hint::black_box(vec![1_u8]))), 1, "the counter counts");
    assert!(locking(|| drop(MemoryStore::new().to_json())), "the locks are watched");
    let among = format!("{calls} reads: {}", READS.join(", "));

    let allocations: usize = reads().map(allocated).sum();
    report.target(none(
        "allocations per read",
        format!("{allocations} in {among}"),
        Some(allocations as f64),
    ));

    let takers: Vec<_> = reads().filter(|read| locks(read)).map(|read| read.name).collect();
    let measured = if takers.is_empty() { format!("none taken in {among}") } else { takers.join(", ") };
    report.target(none("locks per read", measured, Some(takers.len() as f64)));

    match reads().map(system_calls).sum::<Result<usize, String>>() {
        Ok(count) => {
            let measured = format!("{count} in {among}, by strace");
            report.target(none("system calls per read", measured, Some(count as f64)));
        }
        Err(why) => report.target(none("system calls per read", why, None)),
    }
}

fn none(what: &str, measured: String, value: Option<f64>) -> Target {
    Target { what: what.to_owned(), measured, value, unit: "", wanted: Wanted::AtMost(0.0) }
}

fn allocated(read: &Operation) -> usize {
    let mut prepared = Prepared::of(read.name, CALLS);
    allocations::count(|| prepared.run())
}

fn locks(read: &Operation) -> bool {
    let mut prepared = Prepared::of(read.name, CALLS);
    locking(|| prepared.run())
}

/// Whether `work` takes a lock of the crate.
fn locking(work: impl FnOnce()) -> bool {
    // The panic is the answer; its message would only alarm.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    let panicked = catch_unwind(AssertUnwindSafe(|| without_locks(work))).is_err();
    std::panic::set_hook(hook);
    panicked
}

/// The system calls that a process of its own makes in the reads.
fn system_calls(read: &Operation) -> Result<usize, String> {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("calls");
    let mut child = process::again(&["--child", "read", read.name]);
    let mut strace = std::process::Command::new("strace");
    strace.args(["-f", "-qq", "-o"]).arg(&list).arg(child.get_program()).args(child.get_args());
    let output = strace.output().map_err(|error| format!("strace cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("strace failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    // Without strace it works too; otherwise the list means nothing.
    assert!(child.output().unwrap().status.success());
    between_marks(&std::fs::read_to_string(&list).unwrap())
}

/// The lines of the reading thread between the two that name [`MARK`]. Each begins with the thread's number. A timer's
/// thread that a login left behind may wake meanwhile: then strace writes the mark's own call in two lines, of which the
/// second is `<... statx resumed>`.
fn between_marks(list: &str) -> Result<usize, String> {
    let thread = |line: &str| line.split_whitespace().next().map(str::to_owned);
    let marks: Vec<_> = list.lines().enumerate().filter(|(_, line)| line.contains(MARK)).collect();
    match marks[..] {
        [(begin, mark), (end, other)] if thread(mark) == thread(other) => {
            let between = list.lines().take(end).skip(begin + 1);
            let mut calls = between.filter(|line| thread(line) == thread(mark)).peekable();
            if mark.contains("<unfinished") {
                calls.next_if(|line| line.contains(" resumed>"));
            }
            Ok(calls.count())
        }
        _ => Err(format!("{} marks in the list of system calls", marks.len())),
    }
}

/// What the process under strace does: it sets the read up, marks, reads, marks.
pub(crate) fn child(name: &str) {
    let mut prepared = Prepared::of(name, CALLS);
    let absent = |path: &str| assert!(!Path::new(path).exists());
    let mark = || absent(MARK);
    // The first question of this kind makes std find out what the kernel can, by a call of its own.
    absent("planguard-bench-warm-up");
    mark();
    prepared.run();
    mark();
}
