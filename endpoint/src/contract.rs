//! The routes of the contract in `docs/openapi.yaml`, over a port.
//!
//! They share no code with planguard, so that each can be checked against the other. Whoever implements [`Port`] serves
//! them: the endpoint that owners run, over a database, and the one with fault switches, over its memory.

mod content;
mod event;
mod port;
mod routes;
mod rules;
mod signing;
mod strict;

#[cfg(feature = "server")]
mod from_database;

pub use content::{Content, Prepared};
pub use event::{BATCH, EventFault, UsageEvent, without_bom};
pub use port::{Port, Receipt};
pub use routes::{Named, app_id, body_problem, catalog_id, keys_router, router, token};
pub use signing::{KeyError, Signing, SigningKey};
