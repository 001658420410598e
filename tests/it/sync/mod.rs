//! Syncing with a billing endpoint: every status and header of the contract, and every way it can fail.

mod accounts;
mod active;
mod catalogs;
mod concurrency;
mod endpoint;
mod failing_store;
mod freshness;
mod guard;
mod healing;
mod intermediaries;
mod kept_events;
mod mocked;
mod noted_revision;
mod outbox;
pub(crate) mod played;
mod processes;
pub(crate) mod rig;
pub(crate) mod scripted;
mod secrets;
mod signed;
mod statuses;
mod versions;
mod waits;
mod wrong_dates;
