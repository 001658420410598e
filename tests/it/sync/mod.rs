//! Syncing with a billing endpoint: every status and header of the contract, and every way it can fail.

mod concurrency;
mod endpoint;
mod freshness;
mod guard;
mod intermediaries;
mod mocked;
mod outbox;
mod rig;
mod scripted;
mod secrets;
mod statuses;
mod versions;
mod waits;
