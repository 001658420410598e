//! The `simulate` example, tested through its own modules.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../examples/simulate/assumptions.rs"]
mod assumptions;
#[path = "../../examples/simulate/chart.rs"]
mod chart;
#[path = "../../examples/simulate/cost.rs"]
mod cost;
#[path = "../../examples/simulate/gate.rs"]
mod gate;
#[path = "../../examples/simulate/intent.rs"]
mod intent;
#[path = "../../examples/simulate/lines.rs"]
mod lines;
#[path = "../../examples/simulate/log.rs"]
mod log;
#[path = "../../examples/simulate/plan.rs"]
mod plan;
#[path = "../../examples/simulate/replay.rs"]
mod replay;
#[path = "../../examples/simulate/run.rs"]
mod run;
#[path = "../../examples/simulate/summary.rs"]
mod summary;
#[path = "../../examples/simulate/table.rs"]
mod table;
#[path = "../../examples/simulate/warnings.rs"]
mod warnings;

mod bounded;
mod college;
mod crosscheck;
mod reading;
mod replaying;
mod showing;
