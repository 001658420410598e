//! Models of what waits and is woken, under shuttle: planguard itself, whose tasks take turns at every await and before
//! every lock, in orders drawn from a fixed number.
//!
//! What tokio and arc-swap do inside themselves is one step here. `PLANGUARD_MODEL_ORDERS` asks for more orders than CI
//! tries, `PLANGUARD_MODEL_SEED` for others.

#![allow(clippy::unwrap_used, reason = "a model fails by panicking")]

mod logins;
mod plan;
mod reservations;
mod standby;
mod world;
