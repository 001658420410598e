//! Stores that the processes of a fleet share, on real servers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

mod backups;
mod contract;
mod crowd;
mod doubt;
mod guide;
mod machines;
mod outages;
mod refusals;
mod tls;
mod tools;

/// What a process does that this program started again; nothing in any other.
#[test]
fn child_process() {
    crowd::join();
    outages::count_until_killed();
}
