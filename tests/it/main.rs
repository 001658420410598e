//! planguard from the outside: every test that can share a process with the others.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod cases;
mod catalog;
mod clocks;
mod decisions;
mod docs;
mod drawn;
#[cfg(feature = "ffi")]
mod ffi;
mod guard;
mod histories;
mod layers;
mod login;
mod middleboxes;
mod model;
mod money;
mod net;
mod store;
mod sync;
mod vectors;
