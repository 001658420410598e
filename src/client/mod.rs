//! The imperative shell. Every operation reads the same way: clock, snapshot, decide, persist, notify.
//!
//! [`Planguard`] is the handle that apps hold; [`Builder`] opens it, [`login`] is its login guard, `endpoint` deals with
//! the billing endpoint.

mod builder;
mod config;
mod core;
mod draw;
#[cfg_attr(
    not(feature = "testing"),
    allow(unreachable_pub, reason = "what only tests need is exported with the feature `testing`")
)]
mod endpoint;
mod entitled;
mod events;
mod foreign;
mod guard;
mod limits;
pub mod login;
mod month;
mod online;
mod permit;
mod rejections;
mod room;

pub use builder::Builder;
pub use config::OpenError;
pub use endpoint::{Flushed, HeldDocument, LinkTimeouts, OUTBOX_CAPACITY, Older, SyncError, SyncOutcome};
#[cfg(feature = "testing")]
pub use endpoint::{Link, LinkParts, Outbox, Syncer, UsageEvent};
pub use events::{Event, EventStream, Events, Lagged};
pub use guard::Planguard;
pub use month::{ForecastError, MonthForecast};
pub use permit::{Committed, Permit, Reservation};

pub use crate::decide::fetch::freshness::{FetchPolicy, Staleness};
pub use crate::model::AppPhase;
