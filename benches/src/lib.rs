//! What the measuring programs share: guards as an app opens them, users, filled stores, and the operations that
//! have a budget.
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    clippy::disallowed_methods,
    reason = "a benchmark fails by panicking, and measures real time"
)]

pub mod app;
pub mod cli;
pub mod fill;
pub mod operation;
pub mod poll;
pub mod process;
pub mod report;
