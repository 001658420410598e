//! The endpoint as an owner runs it, over each database.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

#[path = "../common/mod.rs"]
mod common;

mod callers;
mod commands;
mod contract;
mod documents;
mod events;
mod guard;
mod lost;
mod metrics;
mod operation;
mod page;
mod process;
mod program;
mod readme;
mod try_notices;
