//! The imperative shell. Every operation reads the same way: clock, snapshot, decide, persist, notify.

mod bounded;
mod core;
mod draw;
mod events;
mod link;
mod outbox;
mod pace;
mod sync;

pub use events::{Event, EventStream, Events, Lagged};
pub use link::{Link, LinkParts, LinkTimeouts};
pub use outbox::{Flushed, OUTBOX_CAPACITY, Outbox, UsageEvent};
pub use sync::{HeldDocument, SyncError, SyncOutcome, Syncer};
