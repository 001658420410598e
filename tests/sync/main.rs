//! Syncing with a billing endpoint: every status and header of the contract, and every way it can fail.
#![cfg(feature = "http")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod concurrency;
mod endpoint;
mod freshness;
mod guard;
mod intermediaries;
mod mocked;
mod outbox;
mod rig;
mod scripted;
mod statuses;
mod versions;
mod waits;
