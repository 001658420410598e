//! Models of what is read without a lock, under loom: every order in which threads can act, and everything that the
//! memory model lets a load see, within a bound of preemptions.
//!
//! The files of planguard are compiled here once more, with loom's atomics in place of `std`'s. Nothing about a model is
//! in them. A model is a function, which `tests/` calls.

// The tests beside the code that is compiled here once more are for `std`, and run where it lies.
#![cfg(not(test))]
#![allow(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a model fails by panicking")]

mod lockless;

#[allow(dead_code, reason = "a model uses a part of it")]
#[path = "../../src/paged/mod.rs"]
mod paged;

mod client;

#[path = "../../src/store/aliases.rs"]
mod aliases_source;

mod model {
    /// What `store/aliases.rs` keeps.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct Pseudonym(pub(crate) [u8; 16]);
}

pub mod aliases;
pub mod gate;
pub mod line;
pub mod pages;

pub use client::table::{filed, held};

/// Runs a model in every order with at most so many preemptions; prints how many orders there were.
fn orders(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 50_000;
    builder.check(model);
}
