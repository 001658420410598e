//! The billing endpoint's side of the guard: asking for entitlements, delivering usage events.
//!
//! `link` carries a request (credential, deadline, redirects, pauses by `pace`); `fetch` makes one fetch with it,
//! `lists` the price lists that a document names, `syncer` decides when; `outbox` delivers batches of `usage_event`;
//! `active` asks about one user.

mod active;
mod answer_time;
mod error;
mod fetch;
mod held;
mod link;
mod lists;
mod outbox;
mod outcome;
mod pace;
mod side;
mod syncer;
pub(crate) mod usage_event;

pub use error::{Older, SyncError};
pub use link::LinkTimeouts;
pub use outbox::Flushed;
pub(super) use outbox::OUTBOX_CAPACITY;
pub use outcome::SyncOutcome;
pub use usage_event::UsageEvent;

pub(crate) use held::{AtOpen, HeldDocument};
pub(crate) use side::Endpoint;
