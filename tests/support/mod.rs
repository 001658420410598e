//! What planguard's integration tests share: a clock turned by hand, ids, documents, guards, the billing endpoint, a
//! chat SDK that answers when told to, a transport that answers what it is told, processes that are told what to do, and
//! what was logged.
//!
//! One module tree, compiled once; a test takes it with `use support::{…}`.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test that cannot be set up fails")]

mod documents;
mod endpoint;
mod guards;
mod ids;
mod logs;
mod process;
mod repository;
mod tasks;
mod time;
mod transport;
mod upstream;

pub use documents::{
    OWN_CATALOG, document, grant, home, own_catalog, resolve_at, seed_catalogs, seed_editions,
};
pub use endpoint::{endpoint_clock, start_endpoint};
pub use guards::{builder, device, enforcing, open, strict};
pub use ids::{APP, ada, add_friend, app, bob, group, request, user, with};
pub use logs::{Log, logged};
pub use process::{Process, say, wait_for_word};
pub use repository::root;
pub use tasks::{local, settle};
pub use time::{DAY, HOUR, MINUTE, Patient, SECOND, at, clock, clock_at};
pub use transport::{Reply, Scripted};
pub use upstream::{Answer, Outcome, Upstream, error, never, now, spawn};
