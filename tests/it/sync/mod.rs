//! Syncing with a billing endpoint: every status and header of the contract, and every way it can fail.

mod catalogs;
mod concurrency;
mod endpoint;
mod failing_store;
mod freshness;
mod guard;
mod healing;
mod intermediaries;
mod mocked;
mod outbox;
mod played;
mod processes;
mod rig;
mod scripted;
mod secrets;
mod signed;
mod statuses;
mod versions;
mod waits;
mod wrong_dates;
