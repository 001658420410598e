//! The `simulate` example, tested through its own modules.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../examples/simulate/intent.rs"]
mod intent;
#[path = "../../examples/simulate/lines.rs"]
mod lines;
#[path = "../../examples/simulate/log.rs"]
mod log;
#[path = "../../examples/simulate/warnings.rs"]
mod warnings;

mod reading;
