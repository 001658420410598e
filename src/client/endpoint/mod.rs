//! The billing endpoint's side of the guard: asking for entitlements, delivering usage events.
//!
//! `link` carries a request (credential, deadline, redirects, pauses by `pace`); `fetch` makes one fetch with it,
//! `syncer` decides when; `outbox` delivers batches of `usage_event`.

mod error;
mod fetch;
mod held;
mod lesson;
mod link;
mod outbox;
mod outcome;
mod pace;
mod syncer;
mod usage_event;

pub use error::{Older, SyncError};
pub use held::HeldDocument;
pub use link::{Link, LinkParts, LinkTimeouts};
pub use outbox::{Flushed, OUTBOX_CAPACITY, Outbox};
pub use outcome::SyncOutcome;
pub use syncer::Syncer;
pub use usage_event::UsageEvent;
