//! The imperative shell. Every operation reads the same way: clock, snapshot, decide, persist, notify.
//!
//! [`Planguard`] is the handle that apps hold; [`Builder`] opens it.
//!
//! | Wing | Holds |
//! | --- | --- |
//! | `open`, `builder`, `config` | opening a guard |
//! | `core`, `follow`, `memory`, `tx`, `events`, `upkeep` | what every operation stands on |
//! | `table`, `gate`, `line` | counters, users and plan as reads find them: in place, without a lock |
//! | `usage` | checks, counts, warnings, permits |
//! | `plan` | entitlements in force, adopting documents, the provider's rejections |
//! | `login` | the login guard |
//! | `endpoint`, `sync` | the billing endpoint |
//! | `forecast` | what the running month costs |

mod builder;
mod by_line;
mod config;
mod core;
mod endpoint;
mod events;
#[cfg(feature = "ffi")]
mod face;
mod follow;
mod forecast;
mod gate;
mod guard;
mod host_call;
mod keep_fresh;
mod line;
pub mod login;
mod memory;
mod open;
mod others;
mod plan;
mod random;
mod sync;
mod table;
mod trust;
mod turn;
mod tx;
mod upkeep;
mod usage;
mod user;

pub use builder::Builder;
pub use config::OpenError;
pub use endpoint::{Flushed, LinkTimeouts, Older, SyncError, SyncOutcome, UsageEvent};
pub use events::{Event, EventStream, Lagged};
pub use guard::Planguard;
pub use usage::finish::{Committed, Done};
pub use usage::perform::Refused;
pub use usage::permit::{Permit, Reservation};
pub use user::User;

#[cfg(feature = "ffi")]
pub(crate) use config::thresholds;
#[cfg(feature = "ffi")]
pub(crate) use host_call::{NoReturn, call};

pub use crate::decide::fetch::freshness::{FetchPolicy, Staleness};
