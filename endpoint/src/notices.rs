//! Notices: an outgoing webhook, once each time a threshold is crossed.
//!
//! [`check`] belongs to the transaction that changed a figure: the row that says what was crossed is kept with what
//! crossed it, or neither is. [`Courier`] sends what waits, each receiver by itself.

mod body;
mod check;
mod config;
mod courier;
mod fact;
mod queue;
mod rules;
mod signature;
mod words;

pub use body::Body;
pub use check::check;
pub use config::{NoticesConfig, Receiver};
pub use courier::{Courier, Turn, try_out};
pub use queue::{Pending, Told, give_up, pending, prune, recent};
pub use rules::Figures;
pub use signature::{BadSecret, Secret};
