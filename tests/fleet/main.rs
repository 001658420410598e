//! Stores that the processes of a fleet share, on real servers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

mod contract;
