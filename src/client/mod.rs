//! The imperative shell. Every operation reads the same way: clock, snapshot, decide, persist, notify.

mod core;
mod draw;
mod events;

pub use events::{Event, EventStream, Events, Lagged};
