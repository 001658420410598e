//! What of `src/client/table/` is modelled, and the models of it.

#[allow(dead_code, reason = "a model uses a part of it")]
#[path = "../../../../src/client/table/index.rs"]
mod index;
#[allow(dead_code, reason = "a model uses a part of it")]
#[path = "../../../../src/client/table/rows.rs"]
mod rows;

pub mod filed;
pub mod held;
