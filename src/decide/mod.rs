//! Decisions as pure functions: (state, request, now) in, decision out. No clock, no lock, no I/O.

pub mod backoff;
pub mod bill;
pub mod change;
pub mod delivery;
pub mod entitle;
pub mod feature;
pub mod forecast;
pub mod freshness;
pub mod lifecycle;
pub mod login;
pub mod quota;
pub mod refund;
pub mod rejection;
pub mod remedy;
pub mod sync_step;
pub mod threshold;
