//! Models of what is read without a lock, under loom: every order in which threads can act, and everything that the
//! memory model lets a load see, within a bound of preemptions.
//!
//! The files of planguard are compiled here once more, with loom's atomics in place of `std`'s. Nothing about a model is
//! in them. A model is a function, which `tests/` calls.

// The tests beside the code that is compiled here once more are for `std`, and run where it lies.
#![cfg(not(test))]
#![allow(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a model fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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

/// A model whose threads meet anywhere has more orders than this.
const FEWEST: usize = 5;

/// Runs a model in every order with at most so many preemptions.
///
/// A model has its writer on the thread that it begins on, and spawns those that read. Loom runs the first thread first and
/// learns from the others' accesses where to change places; of a location it knows the last access only. Where a writer
/// that was spawned loads what it then stores, as most do, its load hides that of a reader before it, and one order would
/// pass for all.
fn orders(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let tried = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&tried);
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 50_000;
    builder.check(move || {
        count.fetch_add(1, Ordering::Relaxed);
        model();
    });
    let tried = tried.load(Ordering::Relaxed);
    assert!(tried >= FEWEST, "only {tried} orders were tried: loom saw no race between the threads");
}
