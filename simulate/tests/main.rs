//! `simulate`, tested through its own modules.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../src/assumptions.rs"]
mod assumptions;
#[path = "../src/chart.rs"]
mod chart;
#[path = "../src/cost.rs"]
mod cost;
#[path = "../src/drawing.rs"]
mod drawing;
#[path = "../src/encoding.rs"]
mod encoding;
#[path = "../src/fields.rs"]
mod fields;
#[path = "../src/gate.rs"]
mod gate;
#[path = "../src/header.rs"]
mod header;
#[path = "../src/headline.rs"]
mod headline;
#[path = "../src/intent.rs"]
mod intent;
#[path = "../src/lines.rs"]
mod lines;
#[path = "../src/log.rs"]
mod log;
#[path = "../src/members.rs"]
mod members;
#[path = "../src/panel.rs"]
mod panel;
#[path = "../src/plan.rs"]
mod plan;
#[path = "../src/progress.rs"]
mod progress;
#[path = "../../examples/shared/readme.rs"]
mod readme;
#[path = "../src/replay.rs"]
mod replay;
#[path = "../src/run.rs"]
mod run;
#[path = "../../examples/shared/sheet.rs"]
mod sheet;
#[path = "../src/sorted.rs"]
mod sorted;
#[path = "../src/summary.rs"]
mod summary;
#[path = "../src/survey.rs"]
mod survey;
#[path = "../src/table.rs"]
mod table;
#[path = "../src/warnings.rs"]
mod warnings;
#[path = "../src/words.rs"]
mod words;

mod bounded;
mod college;
mod crosscheck;
mod disorder;
mod formats;
mod headlines;
mod reading;
mod replaying;
mod running;
mod showing;
