//! Usage events, forwarded to an endpoint that takes `CloudEvents`, such as that of `OpenMeter`.
//!
//! [`queue`] belongs to the transaction that takes the events, so that each is forwarded once it is taken. [`Forwarder`]
//! sends them in order, in batches. A receiver deduplicates by source and id, which stay the same in every try.
//!
//! The backlog is bounded. Beyond the bound new events are not queued, and their number is kept: what was taken first is
//! forwarded first, and neither the database nor the taking of events suffers from a receiver that is gone.

mod batch;
mod config;
mod forwarder;
mod queue;

pub use config::{ForwardConfig, Header};
pub use forwarder::{Forwarder, Turn};
pub use queue::{State, queue, state};
