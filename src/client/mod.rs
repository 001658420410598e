//! The imperative shell. Every operation reads the same way: clock, snapshot, decide, persist, notify.
//!
//! [`Planguard`] is the handle that apps hold; [`Builder`] opens it, [`login`] is its login guard. [`Link`],
//! [`Syncer`] and [`Outbox`] are its dealings with the billing endpoint, for hosts that need nothing else.

mod builder;
mod config;
mod core;
mod draw;
mod entitled;
mod events;
mod forecast;
mod foreign;
mod guard;
mod limits;
mod link;
pub mod login;
mod online;
mod outbox;
mod pace;
mod permit;
mod rejections;
mod room;
mod sync;

pub use builder::Builder;
pub use config::OpenError;
pub use events::{Event, EventStream, Events, Lagged};
pub use forecast::{ForecastError, MonthForecast};
pub use guard::Planguard;
pub use link::{Link, LinkParts, LinkTimeouts};
pub use outbox::{Flushed, OUTBOX_CAPACITY, Outbox, UsageEvent};
pub use permit::{Committed, Permit, Reservation};
pub use sync::{HeldDocument, SyncError, SyncOutcome, Syncer};

pub use crate::decide::freshness::{AppPhase, FetchPolicy, Staleness};
