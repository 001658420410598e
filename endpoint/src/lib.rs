//! The billing endpoint of planguard: signed entitlements out, usage and the provider's webhooks in.
//!
//! Without the feature `server` it is the [routes of the contract](contract) alone, over a [port](contract::Port) that
//! whoever serves them implements. With it, the endpoint that owners run: a [`Service`](service::Service) over a
//! [database](db), and one [router](routes::router) for all of its routes.

pub mod clock;
pub mod contract;
pub mod problem;

#[cfg(feature = "server")]
pub mod accounts;
#[cfg(feature = "server")]
pub mod admin;
#[cfg(feature = "server")]
pub mod background;
#[cfg(feature = "server")]
pub mod catalogs;
#[cfg(feature = "server")]
pub mod config;
#[cfg(feature = "server")]
pub mod credentials;
#[cfg(feature = "server")]
pub mod db;
#[cfg(feature = "server")]
pub mod decisions;
#[cfg(feature = "server")]
pub mod documents;
#[cfg(feature = "server")]
pub mod drift;
#[cfg(feature = "server")]
pub mod export;
#[cfg(feature = "server")]
pub mod extract;
#[cfg(feature = "server")]
pub mod forward;
#[cfg(feature = "server")]
pub mod hooks;
#[cfg(feature = "server")]
pub mod keys;
#[cfg(feature = "server")]
pub mod ledger;
#[cfg(feature = "server")]
pub mod limits;
#[cfg(feature = "server")]
pub mod metrics;
#[cfg(feature = "server")]
pub mod notices;
#[cfg(feature = "server")]
mod numbers;
#[cfg(feature = "server")]
pub mod outgoing;
#[cfg(feature = "server")]
pub mod overview;
#[cfg(feature = "server")]
mod owner;
#[cfg(feature = "server")]
pub mod page;
#[cfg(feature = "server")]
mod peer;
#[cfg(feature = "server")]
pub mod plan_view;
#[cfg(feature = "server")]
pub mod provider;
#[cfg(feature = "server")]
mod random;
#[cfg(feature = "server")]
pub mod routes;
#[cfg(feature = "server")]
pub mod secret;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "server")]
pub mod service;
#[cfg(feature = "server")]
mod sign_ins;
#[cfg(feature = "server")]
pub mod upkeep;
