//! `simulate`, tested through its own modules.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../src/assumptions.rs"]
mod assumptions;
#[path = "../src/chart.rs"]
mod chart;
#[path = "../src/cost.rs"]
mod cost;
#[path = "../src/gate.rs"]
mod gate;
#[path = "../src/intent.rs"]
mod intent;
#[path = "../src/lines.rs"]
mod lines;
#[path = "../src/log.rs"]
mod log;
#[path = "../src/plan.rs"]
mod plan;
#[path = "../src/replay.rs"]
mod replay;
#[path = "../src/run.rs"]
mod run;
#[path = "../src/summary.rs"]
mod summary;
#[path = "../src/table.rs"]
mod table;
#[path = "../src/warnings.rs"]
mod warnings;

mod bounded;
mod college;
mod crosscheck;
mod reading;
mod replaying;
mod showing;
